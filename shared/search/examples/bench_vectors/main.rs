//! What a search by meaning costs, and what it misses:
//! `cargo run --release -p app-search --example bench_vectors -- 10000 100000 --python python3`.
//!
//! Vectors lie in clusters, as those of memories do. Times are of the CPU, of one thread, without what other processes take.
//! With a Python that has numpy and usearch, the same vectors are searched there too, in the same run.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a program for people, which may stop at any fault"
)]

#[path = "../bench/arguments.rs"]
mod arguments;
#[path = "../bench/clock.rs"]
mod clock;
mod exact;
#[path = "../bench/made.rs"]
mod made;
mod peer;
#[path = "../bench/report.rs"]
mod report;

use app_search::EntityId;
use app_search::vectors::VectorSet;
use serde_json::Value;

use self::arguments::Arguments;
use self::clock::{Times, cpu_ms};
use self::made::Made;
use self::report::{Column, Report};

const QUERIES: usize = 200;
const WANTED: usize = 10;
/// As the built-in model has them, and as large models do.
const DIMENSIONS: [usize; 2] = [256, 1536];

/// What memories are like: each different in its details, some topics narrow, some wide.
const MEMORIES: fn(f32) -> f32 = |unit| 0.3 + unit;
/// They hardly differ.
const RECEIPTS: fn(f32) -> f32 = |_| 0.1;

const COLUMNS: &[Column] = &[
    ("vectors", "vectors"),
    ("dimensions", "dimensions"),
    ("what", "what"),
    ("p50Ms", "p50 ms"),
    ("p99Ms", "p99 ms"),
    ("recallAt10", "recall@10"),
    ("bytesPerVector", "bytes held a vector"),
    ("storedBytesPerVector", "stored"),
    ("buildMicrosPerVector", "µs to build a vector"),
    ("openMicrosPerVector", "to open"),
];

fn main() {
    let arguments = Arguments::read("vectors");
    let mut report = Report::new(arguments.file);
    for &dimensions in &DIMENSIONS {
        for &vectors in &arguments.sizes {
            let made = Made::new(MEMORIES, vectors, dimensions, QUERIES);
            let exact: Vec<_> = made.queries().map(|query| made.nearest(query, WANTED)).collect();
            report.table("Nearest ten", COLUMNS);
            ours(&made, &exact, &mut report);
            exact_scan(&made, &exact, &mut report);
            peer::measure(&arguments.python, &made, &exact, &mut report);
        }
    }
    let most = arguments.sizes.iter().copied().max().unwrap_or_default();
    let made = Made::new(RECEIPTS, most, DIMENSIONS[0], QUERIES);
    let exact: Vec<_> = made.queries().map(|query| made.nearest(query, WANTED)).collect();
    report.table("Hundreds of each that hardly differ", COLUMNS);
    ours(&made, &exact, &mut report);
    report.write();
}

/// One way to find the nearest, measured.
pub(crate) struct Row<'a> {
    made: &'a Made,
    what: &'a str,
    times: Times,
    recall: f64,
    bytes: f64,
    stored_bytes: Option<f64>,
    build_ms: Option<f64>,
    open_ms: Option<f64>,
}

impl<'a> Row<'a> {
    /// Of which only the vectors and the bytes are known.
    pub(crate) fn new(made: &'a Made, bytes: f64) -> Self {
        let times = Times { p50: 0.0, p99: 0.0 };
        Self { made, what: "", times, recall: 0.0, bytes, stored_bytes: None, build_ms: None, open_ms: None }
    }

    pub(crate) fn add_to(&self, report: &mut Report) {
        let micros = |ms: Option<f64>| Value::from(ms.map(|ms| ms * 1e3 / self.made.len() as f64));
        report.row([
            self.made.len().into(),
            self.made.dimensions.into(),
            self.what.into(),
            self.times.p50.into(),
            self.times.p99.into(),
            self.recall.into(),
            self.bytes.into(),
            self.stored_bytes.into(),
            micros(self.build_ms),
            micros(self.open_ms),
        ]);
    }
}

/// How many of the nearest were found.
pub(crate) fn recall(exact: &[Vec<usize>], found: &[Vec<usize>]) -> f64 {
    let hits =
        exact.iter().zip(found).map(|(exact, found)| found.iter().filter(|at| exact.contains(at)).count());
    hits.sum::<usize>() as f64 / exact.iter().map(Vec::len).sum::<usize>() as f64
}

fn number(id: EntityId) -> usize {
    id.as_uuid().as_u128() as usize
}

fn ours(made: &Made, exact: &[Vec<usize>], report: &mut Report) {
    let mut set = VectorSet::new("bench", made.dimensions).unwrap();
    let ((), build_ms) = cpu_ms(|| made.entries().for_each(|(id, vector)| set.insert(id, vector).unwrap()));
    let stored = set.to_bytes();
    drop(set);
    let (set, open_ms) = cpu_ms(|| VectorSet::from_bytes(&stored).unwrap());
    let each = |bytes: usize| bytes as f64 / made.len() as f64;
    let (stored, held) = (each(stored.len()), each(set.held_bytes()));

    let search = |allowed: fn(usize) -> bool| {
        let mut found = Vec::new();
        let times = made.queries().map(|query| {
            let (hits, ms) = cpu_ms(|| set.search(query, WANTED, |id| allowed(number(id))).unwrap());
            found.push(hits.iter().map(|hit| number(hit.id)).collect::<Vec<_>>());
            ms
        });
        (Times::of(times.collect()), found)
    };
    let (times, found) = search(|_| true);
    let (stored_bytes, build_ms, open_ms) = (Some(stored), Some(build_ms), Some(open_ms));
    let row = Row { what: "VectorSet", times, recall: recall(exact, &found), ..Row::new(made, held) };
    Row { stored_bytes, build_ms, open_ms, ..row }.add_to(report);

    let allowed = |at: usize| at.is_multiple_of(100);
    let (times, found) = search(allowed);
    let filtered: Vec<_> = made.queries().map(|query| made.nearest_of(query, WANTED, allowed)).collect();
    let what = "VectorSet, one in a hundred allowed";
    Row { what, times, recall: recall(&filtered, &found), ..Row::new(made, held) }.add_to(report);
}

/// The same without any thought: 32-bit floats, one after the other.
fn exact_scan(made: &Made, exact: &[Vec<usize>], report: &mut Report) {
    let mut found = Vec::new();
    let times = made.queries().map(|query| {
        let (nearest, ms) = cpu_ms(|| made.nearest(query, WANTED));
        found.push(nearest);
        ms
    });
    let times = Times::of(times.collect());
    let bytes = (4 * made.dimensions + EntityId::BYTES) as f64;
    Row { what: "f32, plain loop", times, recall: recall(exact, &found), ..Row::new(made, bytes) }
        .add_to(report);
}
