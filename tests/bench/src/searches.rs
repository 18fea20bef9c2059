//! What searches cost a function that has searched before, and one that has just started.

use anyhow::{Context, ensure};
use app_domain::{MemoryFilter, Tags, Timestamp};
use app_index::{Finder, SearchMode, SearchRequest, Subject};
use serde_json::Value;

use crate::clock::Times;
use crate::documents::{TAG, tag_of};
use crate::queries::Kind;
use crate::report::{Column, Report};
use crate::stage::{Stage, Took};

/// How many searches of each kind are measured.
pub(crate) const SEARCHES: usize = 100;
/// How many functions are started.
const STARTS: usize = 10;
/// How many groups a page has.
pub(crate) const LIMIT: usize = 20;

const WARM: &[Column] = &[
    ("memories", "memories"),
    ("mode", "mode"),
    ("kind", "query"),
    ("cpuP50Ms", "CPU p50 ms"),
    ("cpuP99Ms", "CPU p99 ms"),
    ("wallP50Ms", "wall p50 ms"),
    ("wallP99Ms", "wall p99 ms"),
];
const COLD: &[Column] = &[
    ("memories", "memories"),
    ("objects", "objects read"),
    ("bytes", "their bytes"),
    ("cpuP50Ms", "CPU p50 ms"),
    ("wallP50Ms", "wall p50 ms"),
];

/// What the function may take of a CPU for a search by words and meaning: memories, p50, p99.
const BUDGETS: [(usize, f64, Option<f64>); 2] = [(10_000, 3.0, Some(15.0)), (100_000, 15.0, None)];

/// Searches with their times.
struct Row<'a> {
    mode: SearchMode,
    kind: &'a str,
    queries: &'a [String],
    filter: MemoryFilter,
}

/// Measures searches of a function that is warm.
pub(crate) fn warm(
    stage: &Stage,
    count: usize,
    kinds: &[Kind],
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let of = |name: &str| kinds.iter().find(|kind| kind.name == name).context("queries of a kind");
    let one = &of("one word")?.ours[..SEARCHES];
    let three = &of("three words")?.ours[..SEARCHES];
    let open = MemoryFilter::default;
    let tags = tag_of(TAG).map(|tag| Tags::parse(&[tag])).transpose();
    let tags = tags.map_err(|invalid| anyhow::anyhow!("{invalid}"))?.unwrap_or_default();
    let tagged = MemoryFilter { tags, ..open() };
    let unarchived = MemoryFilter { is_archived: Some(false), ..open() };

    let finder = stage.finder();
    for query in &of("typo")?.ours[..50] {
        search(stage, &finder, &request(query, SearchMode::Hybrid, open(), now))?;
    }
    report.table("Searches, warm", WARM);
    let mut hybrid = Vec::new();
    for mode in [SearchMode::Hybrid, SearchMode::Text, SearchMode::Semantic] {
        for (kind, queries) in [("one word", one), ("three words", three)] {
            let row = Row { mode, kind, queries, filter: open() };
            let took = measure(stage, &finder, count, &row, now, report)?;
            if mode == SearchMode::Hybrid {
                hybrid.extend(took);
            }
        }
    }
    for (kind, filter) in [("one word, a tag", tagged), ("one word, not archived", unarchived)] {
        let row = Row { mode: SearchMode::Hybrid, kind, queries: one, filter };
        measure(stage, &finder, count, &row, now, report)?;
    }
    let cpu = Times::of(hybrid.iter().map(|took| took.cpu_ms).collect());
    for (_, p50, p99) in BUDGETS.iter().filter(|(memories, ..)| *memories == count) {
        let is_kept = cpu.p50 <= *p50 && p99.is_none_or(|p99| cpu.p99 <= p99);
        let verdict = if is_kept { "kept" } else { "missed" };
        let wanted = p99.map_or_else(String::new, |p99| format!(" and p99 of {p99} ms"));
        println!("\nBudget, p50 of {p50} ms{wanted}: {verdict}, with {:.2} and {:.2} ms", cpu.p50, cpu.p99);
    }
    Ok(())
}

/// Measures the first search of functions that have just started.
pub(crate) fn cold(
    stage: &Stage,
    count: usize,
    kinds: &[Kind],
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let queries = &kinds.first().context("queries")?.ours;
    let mut took = Vec::new();
    stage.bucket.take_reads();
    for query in &queries[..STARTS] {
        took.push(search(
            stage,
            &stage.finder(),
            &request(query, SearchMode::Hybrid, MemoryFilter::default(), now),
        )?);
    }
    let objects = stage.bucket.take_reads() / STARTS;
    let keys = stage.bucket.keys();
    let bytes: usize = keys.iter().filter_map(|key| stage.bucket.get(key)).map(|object| object.len()).sum();
    report.table("Searches, cold", COLD);
    let (cpu, wall) = times(&took);
    report.row([count.into(), objects.into(), bytes.into(), cpu.p50.into(), wall.p50.into()]);
    Ok(())
}

/// Measures searches of one kind by a function that has searched before.
pub(crate) fn again(
    stage: &Stage,
    count: usize,
    kind: &str,
    queries: &[String],
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let finder = stage.finder();
    let row = Row { mode: SearchMode::Hybrid, kind, queries, filter: MemoryFilter::default() };
    search(stage, &finder, &request("warm", SearchMode::Hybrid, MemoryFilter::default(), now))?;
    report.table("Searches, warm", WARM);
    measure(stage, &finder, count, &row, now, report).map(drop)
}

fn measure(
    stage: &Stage,
    finder: &Finder,
    count: usize,
    row: &Row<'_>,
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<Vec<Took>> {
    let searches = row
        .queries
        .iter()
        .map(|query| search(stage, finder, &request(query, row.mode, row.filter.clone(), now)));
    let took: Vec<Took> = searches.collect::<anyhow::Result<_>>()?;
    let mode = match row.mode {
        SearchMode::Hybrid => "hybrid",
        SearchMode::Text => "text",
        SearchMode::Semantic => "semantic",
    };
    let (cpu, wall) = times(&took);
    let times = [cpu.p50, cpu.p99, wall.p50, wall.p99].map(Value::from);
    let [cpu_p50, cpu_p99, wall_p50, wall_p99] = times;
    report.row([count.into(), mode.into(), row.kind.into(), cpu_p50, cpu_p99, wall_p50, wall_p99]);
    Ok(took)
}

pub(crate) fn times(took: &[Took]) -> (Times, Times) {
    let of = |part: fn(&Took) -> f64| Times::of(took.iter().map(part).collect());
    (of(|took| took.cpu_ms), of(|took| took.wall_ms))
}

pub(crate) fn search(stage: &Stage, finder: &Finder, request: &SearchRequest) -> anyhow::Result<Took> {
    let (found, took) = stage.measured(finder.find(stage.owner, request));
    let found = found?;
    ensure!(!found.is_degraded && found.repair.is_none(), "not all was searched: {:?}", found.how);
    Ok(took)
}

pub(crate) fn request(query: &str, mode: SearchMode, filter: MemoryFilter, now: Timestamp) -> SearchRequest {
    let subject = Subject::Words(query.to_owned());
    SearchRequest { subject, mode, filter, key: 0, limit: LIMIT, after: None, now }
}
