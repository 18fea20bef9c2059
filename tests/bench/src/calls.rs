//! Which calls of the table are made, and the capacity that it counts for them. Neither depends on how many memories there are.

use std::collections::BTreeMap;

use app_domain::{MemoryFilter, Timestamp};
use app_index::SearchMode;
use app_search::text::Document;
use app_testing::{Cost, Meter};
use serde_json::Value;

use crate::clock::Times;
use crate::report::{Column, Report};
use crate::searches::{request, search};
use crate::stage::Stage;

/// How many memories the person has.
const MEMORIES: usize = 300;

const COLUMNS: &[Column] = &[
    ("what", "what"),
    ("calls", "calls"),
    ("operations", "of these"),
    ("reads", "read units"),
    ("writes", "write units"),
];

/// Counts the calls of a save, of indexing it, and of searches; and measures what one call takes of a CPU.
pub(crate) fn count(
    stage: &Stage,
    meter: &Meter,
    documents: &[Document],
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (old, new) = documents.split_at(MEMORIES);
    stage.save(old)?;
    stage.index(old, now)?;
    meter.take();
    report.table("Calls of the table", COLUMNS);
    stage.save(&new[..1])?;
    row(report, "save a memory", &meter.take());
    stage.catch_up(now)?;
    row(report, "index it", &meter.take());
    let finder = stage.finder();
    let query = new[0].title.clone();
    for (what, mode) in [
        ("first search, hybrid", SearchMode::Hybrid),
        ("hybrid", SearchMode::Hybrid),
        ("text", SearchMode::Text),
        ("semantic", SearchMode::Semantic),
    ] {
        search(stage, &finder, &request(&query, mode, MemoryFilter::default(), now))?;
        row(report, what, &meter.take());
    }
    Ok(())
}

/// What the smallest call of the table takes of a CPU.
pub(crate) fn smallest(stage: &Stage) -> anyhow::Result<f64> {
    let took = (0..1_000).map(|_| Ok(stage.reach()?.cpu_ms)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Times::of(took).p50)
}

fn row(report: &mut Report, what: &str, cost: &Cost) {
    let mut operations: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &cost.calls {
        *operations.entry(call).or_default() += 1;
    }
    let operations: Vec<String> = operations.iter().map(|(name, count)| format!("{count} {name}")).collect();
    report.row([
        what.into(),
        cost.calls.len().into(),
        operations.join(", ").into(),
        Value::from(cost.reads),
        Value::from(cost.writes),
    ]);
}
