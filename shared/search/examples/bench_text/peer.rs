//! The same memories and queries in FTS5, of the SQLite that Python has.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};

use app_search::text::Document;
use serde::Deserialize;

use crate::clock::Times;
use crate::queries::Kind;

const SCRIPT: &str = include_str!("peer.py");

/// What FTS5 costs.
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) build_ms: f64,
    pub(crate) bytes: usize,
    /// By the name of the kind.
    pub(crate) searches: HashMap<String, Times>,
}

/// What the script prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    name: String,
    build_ms: f64,
    bytes: usize,
    searches_ms: HashMap<String, Vec<f64>>,
}

/// Measures it, if there is a Python.
pub(crate) fn fts5(python: &str, documents: &[Document], queries: &[Kind]) -> Option<Peer> {
    let child =
        Command::new(python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.ok()?;
    let mut input = BufWriter::new(child.stdin.take().expect("a pipe"));
    for document in documents {
        let tags = document.tags.join(" ");
        writeln!(input, "{}\t{tags}\t{}", document.title, document.body).expect("the peer reads");
    }
    writeln!(input).expect("the peer reads");
    for kind in queries.iter().filter(|kind| !kind.theirs.is_empty()) {
        writeln!(input, "{}\t{}", kind.name, kind.theirs.join("\t")).expect("the peer reads");
    }
    drop(input);
    let output = child.wait_with_output().expect("the peer ends").stdout;
    let answer: Answer = serde_json::from_slice(&output).expect("the peer answers");
    let searches = answer.searches_ms.into_iter().map(|(kind, times)| (kind, Times::of(times)));
    Some(Peer {
        name: answer.name,
        build_ms: answer.build_ms,
        bytes: answer.bytes,
        searches: searches.collect(),
    })
}
