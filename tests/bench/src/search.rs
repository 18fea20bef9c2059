//! Measures what search costs the functions, without AWS: `bench-index 10000 100000 --out target/bench`.
//!
//! The table is an emulator in a thread of its own, behind the real SDK, and S3 is played in memory. CPU is that of the thread
//! which searches or indexes: what the function does, with the SDK's share, but for encrypted connections.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

// The same memories and queries as `make bench-search` has.
#[path = "../../../shared/search/examples/bench/arguments.rs"]
mod arguments;
#[path = "../../../shared/search/examples/bench/clock.rs"]
mod clock;
#[path = "../../../shared/search/examples/bench/corpus.rs"]
mod corpus;
#[path = "../../../shared/search/examples/bench/queries.rs"]
#[expect(dead_code, reason = "there is no peer here")]
mod queries;
#[path = "../../../shared/search/examples/bench/report.rs"]
mod report;

mod calls;
mod changes;
mod documents;
mod sampled;
mod searches;
mod stage;

use std::time::Instant;

use anyhow::Context;
use app_domain::Timestamp;
use app_search::text::Document;
use app_testing::{metered_table, table};
use arguments::Arguments;
use changes::{AT_ONCE, BEHIND, SINGLE};
use corpus::{Dice, Language};
use queries::queries;
use report::Report;
use searches::SEARCHES;
use stage::{Stage, beside};

/// Up to so many memories are all saved: each takes the table in memory some milliseconds.
const WHOLE: usize = 10_000;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read("index");
    let mut report = Report::new(arguments.file);
    let mut dice = Dice::new(7);
    let language = Language::new(&mut dice);
    let now = Timestamp::from_millis(1_795_000_000_000).context("a time")?;
    for count in arguments.sizes {
        let all = count + SINGLE + AT_ONCE;
        let documents: Vec<Document> = (0..all).map(|number| language.memory(number, &mut dice)).collect();
        measure(count, &documents, now, &mut dice, &mut report)?;
    }
    let documents: Vec<Document> = (0..1_000).map(|number| language.memory(number, &mut dice)).collect();
    let (table, meter) = beside(metered_table)?;
    calls::count(&Stage::new(table)?, &meter, &documents, now, &mut report)?;
    report.write();
    Ok(())
}

fn measure(
    count: usize,
    documents: &[Document],
    now: Timestamp,
    dice: &mut Dice,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (old, new) = documents.split_at(count);
    let (single, together) = new.split_at(SINGLE);
    let stage = Stage::new(beside(table)?)?;
    let kinds = queries(old, dice);
    let started = Instant::now();
    if count <= WHOLE {
        stage.save(old)?;
        stage.index(old, now)?;
    } else {
        let shown: Vec<String> =
            kinds.iter().take(2).flat_map(|kind| &kind.ours[..SEARCHES]).cloned().collect();
        stage.index_shown(old, &shown, now)?;
    }
    println!("\n{count} memories, saved and indexed in {:.0} s", started.elapsed().as_secs_f64());
    println!("The smallest call of the table: {:.3} ms of CPU", calls::smallest(&stage)?);

    searches::warm(&stage, count, &kinds, now, report)?;
    searches::cold(&stage, count, &kinds, now, report)?;
    changes::one_by_one(&stage, count, single, now, report)?;
    let (some, rest) = together.split_at(BEHIND);
    stage.save(some)?;
    let queries = &kinds[0].ours[..SEARCHES / 4];
    searches::again(&stage, count, "one word, 400 changes behind", queries, now, report)?;
    stage.save(rest)?;
    changes::at_once(&stage, count, now, report)
}
