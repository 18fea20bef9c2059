//! Metrics in CloudWatch's embedded metric format: a line of the log says under `_aws` which of its fields are numbers to keep, and CloudWatch
//! keeps them. No line is written for a metric's sake: one that is written anyway has a field of the metric's name, or is an error that says with
//! its `outcome` what came of a worker's message. The rules are in "Specification: Embedded metric format" of CloudWatch's user guide.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Something that is counted or measured.
#[derive(Debug)]
pub struct Metric {
    /// Its name, for CloudWatch and for Prometheus alike.
    pub name: &'static str,
    /// What its numbers are.
    pub unit: Unit,
    /// The fields by whose values it is divided: each combination of values is a metric that is paid for.
    pub labels: &'static [&'static str],
    /// What it says, in words.
    pub help: &'static str,
}

/// What the numbers of a metric are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How often something happened.
    Count,
    /// How long something took.
    Seconds,
}

/// Every metric that a line can have. Method and route are fields of the same lines and no labels: there are hundreds of them.
pub static METRICS: [Metric; 8] = [
    Metric {
        name: "http_requests_total",
        unit: Unit::Count,
        labels: &["status_code"],
        help: "HTTP requests that a function has answered.",
    },
    Metric {
        name: "http_request_duration_seconds",
        unit: Unit::Seconds,
        labels: &[],
        help: "How long HTTP requests took in the functions, those that wait for a model left out.",
    },
    Metric {
        name: "ai_requests_total",
        unit: Unit::Count,
        labels: &["model", "status"],
        help: "Calls of models, and those that a budget did not allow.",
    },
    Metric {
        name: "ai_request_duration_seconds",
        unit: Unit::Seconds,
        labels: &["model"],
        help: "How long calls of models took.",
    },
    Metric {
        name: "ai_budget_refusals_total",
        unit: Unit::Count,
        labels: &[],
        help: "Calls of models that were not made, because the person's budget of the day is used up.",
    },
    Metric {
        name: JOBS_FAILED,
        unit: Unit::Count,
        labels: &["work"],
        help: "Messages of queues, and changes of a person, that a worker could not deal with.",
    },
    Metric {
        name: "drive_tokens_dead_total",
        unit: Unit::Count,
        labels: &[],
        help: "Connections to drives whose tokens the provider does not take any more.",
    },
    Metric {
        name: "rate_limiter_failures_total",
        unit: Unit::Count,
        labels: &[],
        help: "Requests and attempts that could not be counted towards a limit.",
    },
];

/// Its `work` is what the line calls the message: mail, chore, drive and so on.
const JOBS_FAILED: &str = "jobs_failed_total";

/// Writes lines as `F` does, those that have metrics with what CloudWatch has to know of them.
#[derive(Debug)]
pub struct WithMetrics<F> {
    lines: F,
    namespace: String,
}

impl<F> WithMetrics<F> {
    pub(crate) fn new(lines: F, namespace: &str) -> Self {
        Self { lines, namespace: namespace.to_owned() }
    }
}

impl<S, N, F> FormatEvent<S, N> for WithMetrics<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let added = fields.added(*event.metadata().level());
        let measured: Vec<&Metric> = METRICS.iter().filter(|metric| fields.has(metric, &added)).collect();
        if measured.is_empty() {
            return self.lines.format_event(ctx, writer, event);
        }
        let mut line = String::new();
        self.lines.format_event(ctx, Writer::new(&mut line), event)?;
        // The formatter below writes one object and a line break; what it may write instead one day has no metrics, and is written all the same.
        let Some(object) = line.strip_suffix("}\n") else { return writer.write_str(&line) };
        writer.write_str(object)?;
        for (name, value) in &added {
            write!(writer, ",\"{name}\":{value}")?;
        }
        writeln!(writer, ",\"_aws\":{}}}", self.declared(&measured))
    }
}

impl<F> WithMetrics<F> {
    fn declared(&self, measured: &[&Metric]) -> Value {
        let directive = |metric: &&Metric| {
            let unit = match metric.unit {
                Unit::Count => "Count",
                Unit::Seconds => "Seconds",
            };
            json!({
                "Namespace": self.namespace,
                "Dimensions": [metric.labels],
                "Metrics": [{"Name": metric.name, "Unit": unit}],
            })
        };
        let directives: Vec<Value> = measured.iter().map(directive).collect();
        json!({"Timestamp": jiff::Timestamp::now().as_millisecond(), "CloudWatchMetrics": directives})
    }
}

/// Those fields of a line that metrics can be made of.
#[derive(Default)]
struct Fields {
    numbers: Vec<&'static str>,
    words: BTreeMap<&'static str, String>,
}

impl Fields {
    /// What the line gets besides its own fields.
    fn added(&self, level: Level) -> BTreeMap<&'static str, Value> {
        match self.words.get("message") {
            Some(work) if level == Level::ERROR && self.words.contains_key("outcome") => {
                BTreeMap::from([(JOBS_FAILED, json!(1)), ("work", json!(work))])
            }
            _ => BTreeMap::new(),
        }
    }

    /// Whether the line has the metric's number and all its labels: without one of them CloudWatch would take none of the line's metrics.
    fn has(&self, metric: &Metric, added: &BTreeMap<&'static str, Value>) -> bool {
        let number = self.numbers.contains(&metric.name) || added.contains_key(metric.name);
        let named = |label: &&str| {
            let added = added.get(*label).and_then(Value::as_str);
            let word = self.words.get(*label).map(String::as_str).or(added);
            word.is_some_and(|word| !word.is_empty())
        };
        number && metric.labels.iter().all(named)
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.words.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.words.insert(field.name(), format!("{value:?}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // What is no number in JSON is null there.
        if value.is_finite() {
            self.numbers.push(field.name());
        }
    }

    fn record_i64(&mut self, field: &Field, _: i64) {
        self.numbers.push(field.name());
    }

    fn record_u64(&mut self, field: &Field, _: u64) {
        self.numbers.push(field.name());
    }

    // Neither number nor word.
    fn record_bool(&mut self, _: &Field, _: bool) {}
}
