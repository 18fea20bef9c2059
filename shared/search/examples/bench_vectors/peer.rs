//! numpy, with the same vectors, in the same run.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::made::Made;
use crate::measure::{Times, at};
use crate::{QUERIES, Row, WANTED, recall};

const SCRIPT: &str = include_str!("peer.py");

/// Reads vectors and queries from us, answers with one line for each query: milliseconds, then what it found.
pub(crate) fn numpy(python: &str, made: &Made, exact: &[Vec<usize>]) {
    let sizes = [made.len(), made.dimensions(), QUERIES, WANTED].map(|size| size.to_string());
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .args(sizes)
        .env("OPENBLAS_NUM_THREADS", "1")
        .env("OMP_NUM_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = std::io::BufWriter::new(child.stdin.take().unwrap());
    made.bytes().for_each(|number| input.write_all(&number).unwrap());
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let mut parts = line.split(' ');
        times.push(parts.next().unwrap().parse::<f64>().unwrap());
        found.push(parts.map(|at| at.parse().unwrap()).collect::<Vec<usize>>());
    }
    times.sort_by(f64::total_cmp);
    let times = Times { p50: at(&times, 0.5), p99: at(&times, 0.99) };
    let (recalled, bytes) = (Some(recall(exact, &found)), 4.0 * made.dimensions() as f64);
    let note = "f32, one thread".to_owned();
    Row { made, what: "numpy", times, recall: recalled, bytes, note }.print();
}
