//! What a change costs the indexer, and how long the index lags behind it.

use std::collections::BTreeSet;

use app_domain::Timestamp;
use app_search::text::Document;

use crate::clock::Times;
use crate::report::{Column, Report};
use crate::searches::times;
use crate::stage::{Stage, Took};

/// How many changes are indexed one by one.
pub(crate) const SINGLE: usize = 300;
/// How many are indexed at once.
pub(crate) const AT_ONCE: usize = 500;
/// How many of these are saved already when searches are measured that read what is not indexed yet.
pub(crate) const BEHIND: usize = 400;

const COLUMNS: &[Column] = &[
    ("memories", "memories"),
    ("changes", "changes at once"),
    ("cpuP50Ms", "CPU p50 ms"),
    ("cpuP99Ms", "CPU p99 ms"),
    ("wallP50Ms", "wall p50 ms"),
    ("wallP99Ms", "wall p99 ms"),
    ("writtenMeanBytes", "bytes written, mean"),
    ("writtenP50Bytes", "p50"),
    ("writtenMaxBytes", "largest"),
    ("readMeanBytes", "bytes read, mean"),
    ("puts", "puts"),
    ("gets", "gets"),
    ("deletes", "deletes"),
];

/// What it took to index what had changed.
struct Indexed {
    took: Took,
    written_bytes: u64,
    read_bytes: usize,
    puts: usize,
    gets: usize,
    deletes: usize,
}

/// Saves memories one by one, and indexes each.
pub(crate) fn one_by_one(
    stage: &Stage,
    count: usize,
    documents: &[Document],
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut all = Vec::with_capacity(documents.len());
    for document in documents {
        stage.save(std::slice::from_ref(document))?;
        all.push(index(stage, now)?);
    }
    report.table("Changes", COLUMNS);
    row(report, count, 1, &all);
    Ok(())
}

/// Indexes at once what was saved.
pub(crate) fn at_once(
    stage: &Stage,
    count: usize,
    now: Timestamp,
    report: &mut Report,
) -> anyhow::Result<()> {
    let indexed = index(stage, now)?;
    report.table("Changes", COLUMNS);
    row(report, count, AT_ONCE, &[indexed]);
    Ok(())
}

fn index(stage: &Stage, now: Timestamp) -> anyhow::Result<Indexed> {
    let sizes = |keys: &BTreeSet<String>| {
        let bytes = |key: &String| stage.bucket.get(key).map_or(0, |object| object.len());
        keys.iter().map(|key| (key.clone(), bytes(key))).collect::<Vec<_>>()
    };
    let before = BTreeSet::from_iter(stage.bucket.keys());
    let sizes = sizes(&before);
    stage.bucket.take_reads();
    let (progress, took) = stage.catch_up(now)?;
    let after = BTreeSet::from_iter(stage.bucket.keys());
    // What is merged into something new is read, and removed.
    let read = sizes.iter().filter(|(key, _)| !after.contains(key));
    Ok(Indexed {
        took,
        written_bytes: progress.written_bytes,
        read_bytes: read.map(|(_, bytes)| bytes).sum(),
        puts: after.difference(&before).count(),
        gets: stage.bucket.take_reads(),
        deletes: before.difference(&after).count(),
    })
}

fn row(report: &mut Report, count: usize, changes: usize, all: &[Indexed]) {
    let took: Vec<Took> = all.iter().map(|indexed| indexed.took).collect();
    let (cpu, wall) = times(&took);
    let mean = |of: fn(&Indexed) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
    let written: Vec<f64> = all.iter().map(|indexed| indexed.written_bytes as f64).collect();
    let largest = written.iter().copied().fold(0.0, f64::max);
    report.row([
        count.into(),
        changes.into(),
        cpu.p50.into(),
        cpu.p99.into(),
        wall.p50.into(),
        wall.p99.into(),
        mean(|indexed| indexed.written_bytes as f64).round().into(),
        Times::of(written).p50.into(),
        largest.into(),
        mean(|indexed| indexed.read_bytes as f64).round().into(),
        mean(|indexed| indexed.puts as f64).into(),
        mean(|indexed| indexed.gets as f64).into(),
        mean(|indexed| indexed.deletes as f64).into(),
    ]);
}
