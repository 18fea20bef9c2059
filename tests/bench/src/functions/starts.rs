//! Cold starts: from the start of a process to its first poll, and to its first answer.

use anyhow::Context;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::events;
use crate::lambda::{Host, Program};

/// The middle of what was measured.
pub(crate) struct Polled {
    pub(crate) ms: f64,
    pub(crate) rss_mb: f64,
}

/// The middle and nearly the worst of what was measured, and what was called for it.
pub(crate) struct Answered {
    pub(crate) ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) status: Value,
    pub(crate) calls: usize,
    pub(crate) connections: usize,
}

/// Starts every program so often, by turns, so that all have the same machine. The first time, which reads it from the disk, is not counted.
pub(crate) fn polls(host: &Host, programs: &[Program], rounds: usize) -> anyhow::Result<Vec<Polled>> {
    let mut times = vec![Vec::new(); programs.len()];
    let mut rss = vec![Vec::new(); programs.len()];
    for round in 0..=rounds {
        for (place, program) in programs.iter().enumerate() {
            let lambda = host.start(program)?;
            let poll = lambda.first_poll()?;
            if round > 0 {
                times[place].push(poll.as_secs_f64() * 1e3);
                rss[place].push(lambda.process().rss_mb()?);
            }
        }
    }
    let both = times.into_iter().zip(rss);
    Ok(both.map(|(times, rss)| Polled { ms: middle(times), rss_mb: middle(rss) }).collect())
}

/// The same to the first answer: each program gets its event at its first poll.
pub(crate) fn answers(
    host: &Host,
    cloud: &Cloud,
    given: &[(Program, Value)],
    rounds: usize,
) -> anyhow::Result<Vec<Answered>> {
    let mut times = vec![Vec::new(); given.len()];
    let mut seen = vec![(Value::Null, 0, 0); given.len()];
    for round in 0..=rounds {
        for (place, (program, event)) in given.iter().enumerate() {
            cloud.take_counts();
            let lambda = host.start(program)?;
            lambda.give(event)?;
            let answered = lambda.first_answer()?;
            let (calls, connections) = cloud.take_counts();
            // What a worker answers has none.
            let status = events::is_request(event).then(|| answered.status()).transpose();
            let status = status.with_context(|| program.name.clone())?;
            seen[place] = (Value::from(status), calls, connections);
            if round > 0 {
                times[place].push(answered.took.as_secs_f64() * 1e3);
            }
        }
    }
    let both = times.into_iter().zip(seen);
    Ok(both
        .map(|(times, (status, calls, connections))| Answered {
            ms: middle(times.clone()),
            p99_ms: percentile(times, 0.99),
            status,
            calls,
            connections,
        })
        .collect())
}

/// The median.
pub(crate) fn middle(values: Vec<f64>) -> f64 {
    percentile(values, 0.5)
}

/// What this share of the values is not above.
pub(crate) fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
