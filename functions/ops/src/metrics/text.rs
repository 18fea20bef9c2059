//! Metrics in the text format of Prometheus.

use app_runtime::{METRICS, Metric, Unit};
use prometheus::proto::{self, Counter, LabelPair, MetricFamily, MetricType, Quantile, Summary};
use prometheus::{Error, TextEncoder};

use super::{Numbers, QUANTILES, Reading};

/// What the text is called ("Exposition formats" in Prometheus' documentation).
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics with their series.
///
/// # Errors
/// If the encoder finds one that cannot be written.
pub(super) fn written(readings: &[Reading]) -> Result<String, Error> {
    let families: Vec<MetricFamily> = METRICS.iter().filter_map(|metric| family(metric, readings)).collect();
    TextEncoder::new().encode_to_string(&families)
}

/// A metric with its series. One that is not divided begins with nothing, so that its first time is an increase; of the others nobody knows which
/// series there will be, and those that have none are left out.
fn family(metric: &'static Metric, readings: &[Reading]) -> Option<MetricFamily> {
    let own = readings.iter().filter(|reading| reading.metric.name == metric.name);
    let mut series: Vec<proto::Metric> = own.map(one).collect();
    if series.is_empty() && metric.labels.is_empty() {
        let numbers = match metric.unit {
            Unit::Count => Numbers::Count(0.0),
            Unit::Seconds => {
                Numbers::Durations { count: 0.0, sum: 0.0, quantiles: [f64::NAN; QUANTILES.len()] }
            }
        };
        series.push(one(&Reading { metric, labels: Vec::new(), numbers }));
    }
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
    family.set_metric(series);
    Some(family)
}

fn one(reading: &Reading) -> proto::Metric {
    let labels = reading.metric.labels.iter().zip(&reading.labels).map(|(name, value)| {
        let mut label = LabelPair::default();
        label.set_name((*name).to_owned());
        label.set_value(value.clone());
        label
    });
    let mut metric = proto::Metric::from_label(labels.collect());
    match reading.numbers {
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
