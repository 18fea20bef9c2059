//! What a search by meaning costs, and what it misses.
//!
//! `cargo run --release -p app-search --example bench_vectors -- [python]`
//!
//! Vectors lie in clusters, as those of memories do. Times are of the CPU, of one thread, without what other processes take.
//! With a Python that has numpy, the same vectors are searched there too, in the same run. Prints a table, then one line of
//! JSON for each row.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people, which may stop at any fault"
)]

mod made;
mod measure;
mod peer;

use app_search::EntityId;
use app_search::vectors::VectorSet;

use self::made::{Like, Made};
use self::measure::{Times, cpu_ms};

const QUERIES: usize = 200;
const WANTED: usize = 10;

fn main() {
    let python = std::env::args().nth(1);
    println!("| vectors | dimensions | what | p50 ms | p99 ms | recall@10 | bytes a vector | note |");
    println!("|--:|--:|---|--:|--:|--:|--:|---|");
    for (vectors, dimensions) in [(10_000, 256), (100_000, 256), (10_000, 1536), (100_000, 1536)] {
        let made = Made::new(Like::Memories, vectors, dimensions, QUERIES);
        let exact: Vec<_> = made.queries().map(|query| made.nearest(query, WANTED)).collect();
        ours(&made, &exact);
        exact_scan(&made, &exact);
        if let Some(python) = &python {
            peer::numpy(python, &made, &exact);
        }
    }
    let made = Made::new(Like::Receipts, 100_000, 256, QUERIES);
    let exact: Vec<_> = made.queries().map(|query| made.nearest(query, WANTED)).collect();
    println!("Hundreds of each that hardly differ:");
    ours(&made, &exact);
}

/// One row of the table.
pub(crate) struct Row<'a> {
    made: &'a Made,
    what: &'a str,
    times: Times,
    recall: Option<f64>,
    bytes: f64,
    note: String,
}

impl Row<'_> {
    pub(crate) fn print(&self) {
        let (vectors, dimensions, times) = (self.made.len(), self.made.dimensions(), &self.times);
        let recall = self.recall.map_or("–".to_owned(), |recall| format!("{recall:.4}"));
        println!(
            "| {vectors} | {dimensions} | {} | {:.2} | {:.2} | {recall} | {:.0} | {} |",
            self.what, times.p50, times.p99, self.bytes, self.note
        );
        let recall = self.recall.map_or("null".to_owned(), |recall| recall.to_string());
        println!(
            r#"{{"vectors":{vectors},"dimensions":{dimensions},"what":"{}","p50Ms":{},"p99Ms":{},"recallAt10":{recall},"bytesPerVector":{}}}"#,
            self.what, times.p50, times.p99, self.bytes
        );
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

fn ours(made: &Made, exact: &[Vec<usize>]) {
    let mut set = VectorSet::new("bench", made.dimensions()).unwrap();
    let ((), build_ms) = cpu_ms(|| made.entries().for_each(|(id, vector)| set.insert(id, vector).unwrap()));
    let (bytes, write_ms) = cpu_ms(|| set.to_bytes());
    drop(set);
    let (set, open_ms) = cpu_ms(|| VectorSet::from_bytes(&bytes).unwrap());
    let held = set.held_bytes() as f64 / made.len() as f64;
    let note = format!(
        "built in {build_ms:.0} ms, written in {write_ms:.1}, opened in {open_ms:.1}; {:.1} MB as bytes",
        bytes.len() as f64 / 1e6
    );
    drop(bytes);

    let search = |allowed: fn(usize) -> bool| {
        let mut found = Vec::new();
        let times = Times::of(made.queries(), |query| {
            let hits = set.search(query, WANTED, |id| allowed(number(id))).unwrap();
            found.push(hits.iter().map(|hit| number(hit.id)).collect::<Vec<_>>());
        });
        (times, found)
    };
    let (times, found) = search(|_| true);
    let recalled = Some(recall(exact, &found));
    Row { made, what: "VectorSet", times, recall: recalled, bytes: held, note }.print();

    let allowed = |at: usize| at.is_multiple_of(100);
    let (times, found) = search(allowed);
    let filtered: Vec<_> = made.queries().map(|query| made.nearest_of(query, WANTED, allowed)).collect();
    let recalled = Some(recall(&filtered, &found));
    let note = "a filter lets one in a hundred through".to_owned();
    Row { made, what: "VectorSet, filtered", times, recall: recalled, bytes: held, note }.print();
}

/// The same without any thought: 32-bit floats, one after the other.
fn exact_scan(made: &Made, exact: &[Vec<usize>]) {
    let mut found = Vec::new();
    let times = Times::of(made.queries(), |query| found.push(made.nearest(query, WANTED)));
    let recalled = Some(recall(exact, &found));
    let bytes = (4 * made.dimensions() + EntityId::BYTES) as f64;
    Row { made, what: "f32, plain loop", times, recall: recalled, bytes, note: String::new() }.print();
}
