//! What others find among the same vectors, in the same run.

use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::clock::Times;
use crate::made::Made;
use crate::report::Report;
use crate::{QUERIES, Row, WANTED, recall};

const SCRIPT: &str = include_str!("peer.py");

/// A line that the script prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    what: String,
    times_ms: Vec<f64>,
    found: Vec<Vec<usize>>,
    build_ms: Option<f64>,
    bytes_per_vector: f64,
}

/// Measures whatever there is of them.
pub(crate) fn measure(python: &str, made: &Made, exact: &[Vec<usize>], report: &mut Report) {
    let sizes = [made.len(), made.dimensions, QUERIES, WANTED].map(|size| size.to_string());
    let child = Command::new(python)
        .args(["-c", SCRIPT])
        .args(sizes)
        .env("OPENBLAS_NUM_THREADS", "1")
        .env("OMP_NUM_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return };
    let mut input = BufWriter::new(child.stdin.take().unwrap());
    // Whoever has no numpy does not read.
    let is_read = made.bytes().try_for_each(|number| input.write_all(&number)).is_ok();
    drop(input);
    let output = child.wait_with_output().unwrap().stdout;
    for line in String::from_utf8(output).unwrap().lines().filter(|_| is_read) {
        let answer: Answer = serde_json::from_str(line).unwrap();
        let times = Times::of(answer.times_ms);
        let (what, recall, build_ms) = (&answer.what, recall(exact, &answer.found), answer.build_ms);
        let row = Row { what, times, recall, build_ms, ..Row::new(made, answer.bytes_per_vector) };
        row.add_to(report);
    }
}
