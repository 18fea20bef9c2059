//! Measures search by words beside SQLite's FTS5:
//! `cargo run --release -p app-search --example bench_text -- 10000 100000`.
//!
//! Times are of the CPU, of one thread. What FTS5 has nothing like is not asked of it.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

#[path = "../bench/arguments.rs"]
mod arguments;
#[path = "../bench/clock.rs"]
mod clock;
#[path = "../bench/corpus.rs"]
mod corpus;
mod peer;
#[path = "../bench/queries.rs"]
mod queries;
#[path = "../bench/report.rs"]
mod report;

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Arc;

use app_search::text::{Corpus, Document, Filter, Query, Segment};
use arguments::Arguments;
use clock::{Times, cpu_ms};
use corpus::{Dice, Language};
use peer::Peer;
use queries::{Kind, queries};
use report::{Column, Report};
use serde_json::Value;

const HITS: usize = 20;

const COSTS: &[Column] = &[
    ("memories", "memories"),
    ("what", "what"),
    ("ms", "ms"),
    ("microsPerMemory", "µs a memory"),
    ("bytesPerMemory", "bytes a memory"),
];
const SEARCHES: &[Column] = &[
    ("memories", "memories"),
    ("kind", "kind"),
    ("found", "found"),
    ("p50Ms", "p50 ms"),
    ("p99Ms", "p99 ms"),
    ("peerP50Ms", "FTS5 p50 ms"),
    ("peerP99Ms", "FTS5 p99 ms"),
    ("p50OfPeer", "p50 of FTS5's"),
];

fn main() {
    let arguments = Arguments::read("text");
    let mut report = Report::new(arguments.file);
    let mut dice = Dice::new(7);
    let language = Language::new(&mut dice);
    for count in arguments.sizes {
        let documents: Vec<Document> = (0..count).map(|number| language.memory(number, &mut dice)).collect();
        let queries = queries(&documents, &mut dice);
        let peer = peer::fts5(&arguments.python, &documents, &queries);
        report.table("Indexing and holding", COSTS);
        let corpus = build(&documents, peer.as_ref(), &mut report);
        report.table("Searching", SEARCHES);
        for kind in &queries {
            search(&corpus, kind, peer.as_ref(), &mut report);
        }
    }
    report.write();
}

/// Builds what is searched, and measures what that costs.
fn build(documents: &[Document], peer: Option<&Peer>, report: &mut Report) -> Corpus {
    let count = documents.len();
    let mut add = |what: &str, ms: Option<f64>, bytes: Option<usize>| {
        let each = |value: f64| Value::from(value / count as f64);
        let (micros, bytes) = (ms.map(|ms| each(ms * 1e3)), bytes.map(|bytes| each(bytes as f64)));
        report.row([count.into(), what.into(), ms.into(), micros.into(), bytes.into()]);
    };
    let (bytes, ms) = cpu_ms(|| Segment::build(documents, []));
    add("build a segment", Some(ms), Some(bytes.len()));
    let opened = (0..20).map(|_| {
        let copy = bytes.clone();
        cpu_ms(|| black_box(Segment::open(copy).expect("a segment"))).1
    });
    add("open it", Some(Times::of(opened.collect()).p50), None);
    let segment = Arc::new(Segment::open(bytes).expect("a segment"));
    let (base, ms) = cpu_ms(|| Corpus::new([segment.clone()]));
    add("count its words, and hold it", Some(ms), Some(base.held_bytes()));

    let (older, newer) = documents.split_at(count / 2);
    let halves = [older, newer].map(|half| Segment::open(Segment::build(half, [])).expect("a segment"));
    let (merged, ms) = cpu_ms(|| Segment::merge(&[&halves[0], &halves[1]], true, |_| true));
    add("merge two halves", Some(ms), Some(merged.len()));

    let changed = &documents[count - 10..];
    let with_delta = || {
        let delta = Segment::open(Segment::build(changed, [])).expect("a segment");
        base.with(Arc::new(delta), &HashSet::new())
    };
    let times = Times::of((0..50).map(|_| cpu_ms(|| black_box(with_delta())).1).collect());
    add("index ten changed ones for one search", Some(times.p50), None);
    if let Some(peer) = peer {
        add(&peer.name, Some(peer.build_ms), Some(peer.bytes));
    }
    with_delta()
}

fn search(corpus: &Corpus, kind: &Kind, peer: Option<&Peer>, report: &mut Report) {
    let category = [vec!["category:3".to_owned()]];
    let filter = Filter { any_of: if kind.name == "filter" { &category } else { &[] }, ..Filter::default() };
    let (mut times, mut found) = (Vec::new(), 0);
    for text in &kind.ours {
        let (hits, ms) = cpu_ms(|| corpus.search(&Query::parse(text), &filter, HITS));
        times.push(ms);
        found += usize::from(!black_box(hits).is_empty());
    }
    let times = Times::of(times);
    let theirs = peer.and_then(|peer| peer.searches.get(kind.name).copied());
    report.row([
        corpus.document_count().into(),
        kind.name.into(),
        format!("{found} of {}", kind.ours.len()).into(),
        times.p50.into(),
        times.p99.into(),
        theirs.map(|theirs| theirs.p50).into(),
        theirs.map(|theirs| theirs.p99).into(),
        theirs.map(|theirs| times.p50 / theirs.p50).into(),
    ]);
}
