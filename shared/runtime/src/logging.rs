//! JSON log lines on standard output, where Lambda collects them.

use std::error::Error;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Env;

/// Starts logging at `LOG_LEVEL` (`error`, `warn`, `info`, `debug` or `trace`; `info` unless told).
pub(crate) fn start(env: &Env) {
    let level = env.optional("LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false);
    // A second start in one process (as in tests) keeps the first.
    let _already_started = tracing_subscriber::registry().with(level).with(lines).try_init();
}

/// An error with all its causes, for a log line.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
