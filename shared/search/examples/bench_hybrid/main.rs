//! What a search by words and meaning together costs, but for embedding the query:
//! `cargo run --release -p app-search --example bench_hybrid -- 10000 100000`.
//!
//! Each query is searched for by its words, a vector by a scan of all vectors, and both rankings are brought together. Times
//! are of the CPU, of one thread.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

#[path = "../bench/arguments.rs"]
mod arguments;
#[path = "../bench/clock.rs"]
mod clock;
#[path = "../bench/corpus.rs"]
mod corpus;
#[path = "../bench/made.rs"]
mod made;
#[path = "../bench/queries.rs"]
#[expect(dead_code, reason = "there is no peer here")]
mod queries;
#[path = "../bench/report.rs"]
mod report;

use std::hint::black_box;
use std::sync::Arc;

use app_domain::Timestamp;
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use app_search::vectors::VectorSet;
use app_search::{EntityId, Fusion};
use arguments::Arguments;
use clock::{Times, cpu_ms};
use corpus::{Dice, Language};
use made::Made;
use queries::{QUERIES, queries};
use report::{Column, Report};

/// How far down the rankings are read, as the functions do.
const BY_WORDS: usize = 1_000;
const BY_MEANING: usize = 100;
const DIMENSIONS: usize = 256;
/// What people search for. The other kinds are as hard as a query can be.
const EVERYDAY: [&str; 5] = ["one word", "three words", "phrase", "prefix of 3", "typo"];

const COLUMNS: &[Column] = &[
    ("memories", "memories"),
    ("kind", "kind"),
    ("queries", "queries"),
    ("p50Ms", "p50 ms"),
    ("p99Ms", "p99 ms"),
    ("wordsP50Ms", "words p50 ms"),
    ("meaningP50Ms", "meaning p50 ms"),
    ("fusionP50Ms", "fusion p50 ms"),
];

/// How long the parts of a search took.
#[derive(Clone, Copy)]
struct Parts {
    words_ms: f64,
    meaning_ms: f64,
    fusion_ms: f64,
}

fn main() {
    let arguments = Arguments::read("hybrid");
    let mut report = Report::new(arguments.file);
    let mut dice = Dice::new(7);
    let language = Language::new(&mut dice);
    for count in arguments.sizes {
        let documents: Vec<Document> = (0..count).map(|number| language.memory(number, &mut dice)).collect();
        let held = Held::new(&documents);
        report.table("Words, meaning and fusion", COLUMNS);
        let mut all = Vec::new();
        for kind in queries(&documents, &mut dice).iter().filter(|kind| EVERYDAY.contains(&kind.name)) {
            let texts = kind.ours.iter().zip(held.made.queries());
            let parts: Vec<Parts> = texts.map(|(text, vector)| held.search(text, vector)).collect();
            add(&mut report, count, kind.name, &parts);
            all.extend(parts);
        }
        add(&mut report, count, "all", &all);
    }
    report.write();
}

/// What is searched.
struct Held {
    corpus: Corpus,
    vectors: VectorSet,
    made: Made,
    now: Timestamp,
}

impl Held {
    fn new(documents: &[Document]) -> Self {
        let segment = Segment::open(Segment::build(documents, [])).expect("a segment");
        let made = Made::new(|unit| 0.3 + unit, documents.len(), DIMENSIONS, QUERIES);
        let mut vectors = VectorSet::new("bench", DIMENSIONS).expect("a set");
        for (document, (_, vector)) in documents.iter().zip(made.entries()) {
            vectors.insert(document.id, vector).expect("a vector");
        }
        let now = documents.iter().map(|document| document.created_at).max().expect("a memory");
        Self { corpus: Corpus::new([Arc::new(segment)]), vectors, made, now }
    }

    fn search(&self, text: &str, vector: &[f32]) -> Parts {
        let (words, words_ms) = cpu_ms(|| {
            let hits = self.corpus.search(&Query::parse(text), &Filter::default(), BY_WORDS);
            hits.iter().map(|hit| hit.id).collect::<Vec<EntityId>>()
        });
        let (near, meaning_ms) = cpu_ms(|| self.vectors.search(vector, BY_MEANING, |_| true).expect("hits"));
        let made_at = |id| self.corpus.made_at(id);
        let (_, fusion_ms) = cpu_ms(|| black_box(Fusion::default().fuse(&words, &near, made_at, self.now)));
        Parts { words_ms, meaning_ms, fusion_ms }
    }
}

fn add(report: &mut Report, memories: usize, kind: &str, parts: &[Parts]) {
    let times = |of: fn(&Parts) -> f64| Times::of(parts.iter().map(of).collect());
    let all = times(|parts| parts.words_ms + parts.meaning_ms + parts.fusion_ms);
    report.row([
        memories.into(),
        kind.into(),
        parts.len().into(),
        all.p50.into(),
        all.p99.into(),
        times(|parts| parts.words_ms).p50.into(),
        times(|parts| parts.meaning_ms).p50.into(),
        times(|parts| parts.fusion_ms).p50.into(),
    ]);
}
