//! Measures search by words beside SQLite's FTS5: `cargo run --release -p app-search --example bench_text -- 10000 100000`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

mod corpus;

use std::collections::HashSet;
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use app_search::text::{Corpus, Document, Filter, Query, Segment};
use corpus::{Dice, Language};

/// Queries of each kind.
const QUERIES: usize = 300;
const HITS: usize = 20;
const PEER: &str = include_str!("peer.py");

fn main() {
    let counts: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let mut dice = Dice::new(7);
    let language = Language::new(&mut dice);
    for count in if counts.is_empty() { vec![10_000, 100_000] } else { counts } {
        let documents: Vec<Document> = (0..count).map(|number| language.memory(number, &mut dice)).collect();
        println!("\n## {count} memories");
        let queries = queries(&documents, &mut dice);
        measure(&documents, &queries);
        measure_peer(&documents, &queries);
    }
}

/// Queries of one kind, in our syntax and in that of FTS5.
struct Kind {
    name: &'static str,
    ours: Vec<String>,
    theirs: Vec<String>,
}

fn queries(documents: &[Document], dice: &mut Dice) -> Vec<Kind> {
    let mut samples: Vec<Vec<&str>> = Vec::new();
    while samples.len() < QUERIES {
        let words: Vec<&str> = documents[dice.below(documents.len())].body.split(' ').collect();
        let from = dice.below(words.len());
        let sample: Vec<&str> =
            words[from..].iter().copied().filter(|word| word.len() > 4 && word.is_ascii()).take(3).collect();
        if sample.len() == 3 && sample.iter().all(|word| word.chars().all(char::is_alphabetic)) {
            samples.push(sample);
        }
    }
    let phrases: Vec<String> = (0..QUERIES)
        .map(|_| {
            let words: Vec<&str> = documents[dice.below(documents.len())].body.split(' ').collect();
            let from = dice.below(words.len() - 1);
            words[from..from + 2].join(" ")
        })
        .collect();
    let swapped = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.swap(1, 2);
        String::from_iter(letters)
    };
    let each = |make: &dyn Fn(&[&str]) -> String| samples.iter().map(|words| make(words)).collect::<Vec<_>>();
    let one = each(&|words| format!("{} ", words[0]));
    let quoted = |words: &[&str]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
    vec![
        Kind { name: "one word", ours: one.clone(), theirs: each(&|words| quoted(&words[..1]).join("")) },
        Kind {
            name: "three words",
            ours: each(&|words| format!("{} ", words.join(" "))),
            theirs: each(&|words| quoted(words).join(" OR ")),
        },
        Kind {
            name: "phrase",
            ours: phrases.iter().map(|phrase| format!("\"{phrase}\"")).collect(),
            theirs: phrases.iter().map(|phrase| format!("\"{phrase}\"")).collect(),
        },
        Kind {
            name: "prefix of 3",
            ours: each(&|words| words[0][..3].to_owned()),
            theirs: each(&|words| format!("\"{}\" *", &words[0][..3])),
        },
        Kind { name: "prefix of 1", ours: each(&|words| words[0][..1].to_owned()), theirs: Vec::new() },
        Kind { name: "typo", ours: each(&|words| format!("{} ", swapped(words[0]))), theirs: Vec::new() },
        Kind { name: "filter", ours: one, theirs: Vec::new() },
        Kind {
            name: "24 typos",
            ours: samples.chunks_exact(8).map(|of| misspelt(of)).collect(),
            theirs: Vec::new(),
        },
        Kind { name: "8 phrases", ours: vec![phrases_of_grammar(); 20], theirs: Vec::new() },
    ]
}

/// Long words, none spelt rightly: as much work as a query can make.
fn misspelt(samples: &[Vec<&str>]) -> String {
    let words = samples.iter().flatten().map(|word| format!("x{word}{word}q ")).collect::<Vec<_>>();
    words.concat()
}

/// Phrases of the most frequent words, as many as are read.
fn phrases_of_grammar() -> String {
    "\"the and to of a in is it that for on the with as at be\" ".repeat(8)
}

fn measure(documents: &[Document], queries: &[Kind]) {
    let started = Instant::now();
    let bytes = Segment::build(documents, []);
    println!("build: {:.0} ms, {} bytes", millis(started), bytes.len());

    let opened: Vec<f64> = (0..20)
        .map(|_| {
            let copy = bytes.clone();
            let started = Instant::now();
            black_box(Segment::open(copy).expect("a segment"));
            millis(started)
        })
        .collect();
    let segment = Arc::new(Segment::open(bytes).expect("a segment"));
    let started = Instant::now();
    let base = Corpus::new([segment.clone()]);
    println!(
        "open: {} ms, count: {:.2} ms, held: {} bytes",
        spread(opened),
        millis(started),
        base.held_bytes()
    );

    let started = Instant::now();
    let merged = Segment::merge(&[&segment, &segment], true, |_| true);
    println!("merge with itself: {:.0} ms, {} bytes", millis(started), merged.len());

    let changed = &documents[documents.len() - 10..];
    let mut deltas = Vec::new();
    let mut corpus = base.clone();
    for _ in 0..50 {
        let started = Instant::now();
        let delta = Segment::open(Segment::build(changed, [])).expect("a segment");
        corpus = base.with(Arc::new(delta), &HashSet::new());
        deltas.push(millis(started));
    }
    println!("delta of 10 memories: {} ms", spread(deltas));

    let category = [vec!["category:3".to_owned()]];
    for kind in queries {
        let filter =
            Filter { any_of: if kind.name == "filter" { &category } else { &[] }, ..Filter::default() };
        let (mut times, mut found) = (Vec::new(), 0);
        let cpu = cpu_millis();
        for text in &kind.ours {
            let started = Instant::now();
            let hits = corpus.search(&Query::parse(text), &filter, HITS);
            times.push(millis(started));
            found += usize::from(!black_box(hits).is_empty());
        }
        let cpu = (cpu_millis() - cpu) / kind.ours.len() as f64;
        println!(
            "{:12} {} ms, CPU {cpu:.3} ms, {found} of {} found",
            kind.name,
            spread(times),
            kind.ours.len()
        );
    }
}

/// The same memories and queries in FTS5, of the SQLite that Python has.
fn measure_peer(documents: &[Document], queries: &[Kind]) {
    let child = Command::new("python3").args(["-c", PEER]).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        println!("no python3: no peer");
        return;
    };
    let mut input = std::io::BufWriter::new(child.stdin.take().expect("a pipe"));
    for document in documents {
        let tags = document.tags.join(" ");
        writeln!(input, "{}\t{tags}\t{}", document.title, document.body).expect("the peer reads");
    }
    writeln!(input).expect("the peer reads");
    for kind in queries.iter().filter(|kind| !kind.theirs.is_empty()) {
        writeln!(input, "{}\t{}", kind.name, kind.theirs.join("\t")).expect("the peer reads");
    }
    drop(input);
    child.wait().expect("the peer ends");
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_unstable_by(f64::total_cmp);
    format!("p50 {:.3} p99 {:.3}", times[times.len() / 2], times[times.len() * 99 / 100])
}

/// The CPU time of this process so far, where the system tells.
fn cpu_millis() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e6
}
