//! JSON log lines on standard output, where Lambda collects them.

use std::error::Error;

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::Layer;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Env;
use crate::metrics::WithMetrics;

/// Where metrics go that nobody gave a namespace.
const NAMESPACE: &str = "MemoryApp";

/// Starts logging at `LOG_LEVEL` (`error`, `warn`, `info`, `debug` or `trace`; `info` unless told).
pub(crate) fn start(env: &Env) {
    let level = env.optional("LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let lines = lines(&env.optional("METRICS_NAMESPACE").unwrap_or_else(|| NAMESPACE.to_owned()));
    // A second start in one process (as in tests) keeps the first.
    let _already_started = tracing_subscriber::registry().with(level).with(lines).try_init();
}

/// Lines as functions write them: flat objects of JSON, those that have metrics with what CloudWatch has to know to keep them in `namespace`.
pub fn lines<S>(namespace: &str) -> Layer<S, JsonFields, WithMetrics<Format<Json>>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .map_event_format(|lines| WithMetrics::new(lines, namespace))
}

/// An error with all its causes, for a log line.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
