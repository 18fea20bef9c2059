//! Metrics in the text format of Prometheus.

use std::collections::BTreeMap;

use app_runtime::{METRICS, Metric, Unit};
use prometheus::proto::{self, Counter, LabelPair, MetricFamily, MetricType, Quantile, Summary};
use prometheus::{Error, TextEncoder};

use super::{Numbers, QUANTILES, Reading};

/// What the text is called ("Exposition formats" in Prometheus' documentation).
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The values of a label that are known before anything has happened, by the metric that it divides: the statuses of failures that functions answer
/// with, and what workers' errors call the work. `infra/observability/check.py` compares the latter with the workers.
const KNOWN: [(&str, &[&str]); 2] = [
    ("http_requests_total", &["500", "503"]),
    (
        "jobs_failed_total",
        &["changes", "chore", "drive", "export", "import", "job", "mail", "media", "message", "outgoing"],
    ),
];

/// All metrics with their series.
///
/// # Errors
/// If the encoder finds one that cannot be written.
pub(super) fn written(readings: &[Reading]) -> Result<String, Error> {
    let families: Vec<MetricFamily> = METRICS.iter().filter_map(|metric| family(metric, readings)).collect();
    TextEncoder::new().encode_to_string(&families)
}

/// A metric with its series, in the order of their labels. Those that are known beforehand begin with nothing, so that their first time is an
/// increase; of the others nobody knows which there will be, and a metric that has none is left out.
fn family(metric: &'static Metric, readings: &[Reading]) -> Option<MetricFamily> {
    let nothing = known(metric).into_iter().map(|labels| (labels, nothing_of(metric.unit)));
    let own = readings.iter().filter(|reading| reading.metric.name == metric.name);
    let own = own.map(|reading| (reading.labels.clone(), reading.numbers));
    let series: BTreeMap<Vec<String>, Numbers> = nothing.chain(own).collect();
    if series.is_empty() {
        return None;
    }
    let mut family = MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(match metric.unit {
        Unit::Count => MetricType::COUNTER,
        Unit::Seconds => MetricType::SUMMARY,
    });
    family.set_metric(series.into_iter().map(|(labels, numbers)| one(metric, labels, numbers)).collect());
    Some(family)
}

/// The labels of the series that a metric is sure to have: the one and only, if it is not divided.
fn known(metric: &Metric) -> Vec<Vec<String>> {
    if metric.labels.is_empty() {
        return vec![Vec::new()];
    }
    let values = KNOWN.iter().filter(|(name, _)| *name == metric.name).flat_map(|(_, values)| *values);
    values.map(|&value| vec![value.to_owned()]).collect()
}

fn nothing_of(unit: Unit) -> Numbers {
    match unit {
        Unit::Count => Numbers::Count(0.0),
        Unit::Seconds => Numbers::Durations { count: 0.0, sum: 0.0, quantiles: [f64::NAN; QUANTILES.len()] },
    }
}

fn one(metric: &Metric, labels: Vec<String>, numbers: Numbers) -> proto::Metric {
    let labels = metric.labels.iter().zip(labels).map(|(name, value)| {
        let mut label = LabelPair::default();
        label.set_name((*name).to_owned());
        label.set_value(value);
        label
    });
    let mut metric = proto::Metric::from_label(labels.collect());
    match numbers {
        Numbers::Count(count) => {
            let mut counter = Counter::default();
            counter.set_value(count);
            metric.set_counter(counter);
        }
        Numbers::Durations { count, sum, quantiles } => {
            let told = QUANTILES.iter().zip(quantiles).map(|(share, seconds)| {
                let mut quantile = Quantile::default();
                quantile.set_quantile(*share);
                quantile.set_value(seconds);
                quantile
            });
            let mut summary = Summary::default();
            summary.set_sample_count(count as u64);
            summary.set_sample_sum(sum);
            summary.set_quantile(told.collect());
            metric.set_summary(summary);
        }
    }
    metric
}
