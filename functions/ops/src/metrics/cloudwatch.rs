//! Reads our metrics from CloudWatch, in three calls for up to five hundred numbers: which there are, what they come to in a day, and how long things
//! took in the last five minutes.

use std::collections::HashMap;
use std::sync::Arc;

use app_domain::Timestamp;
use app_runtime::{METRICS, Metric, Unit};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{self, Dimension, MetricDataQuery, MetricStat, StatusCode};

use super::{Numbers, QUANTILES, Reading, Readings};

const DAY_S: i64 = 24 * 60 * 60;
/// So long after its end a day is told on. Most of what happens CloudWatch knows within two minutes.
const SETTLED_AFTER_S: i64 = 5 * 60;
/// Of how long quantiles are told.
const WINDOW_S: i64 = 5 * 60;
/// CloudWatch answers as many questions at once.
const QUERIES_AT_ONCE: usize = 500;

/// Our metrics in CloudWatch.
#[derive(Clone)]
pub struct CloudWatch {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    namespace: Arc<str>,
}

/// A time, and the whole of it as one number.
#[derive(Clone, Copy)]
struct Span {
    from_s: i64,
    length_s: i64,
}

/// A metric with one combination of its labels' values.
struct Series {
    metric: &'static Metric,
    labels: Vec<String>,
}

impl CloudWatch {
    /// Those of `namespace`; `client` is asked for when they are read.
    pub fn new(namespace: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), namespace: namespace.into() }
    }

    /// What there is at `now`.
    pub(crate) async fn read(&self, now: Timestamp) -> Readings {
        let series = self.series().await?;
        let (day, lately) = spans(now);
        let numbers = |span: Span, stats: fn(&Metric) -> Vec<String>| {
            let asked = series.iter().enumerate();
            let queries = asked.flat_map(move |(place, one)| {
                stats(one.metric)
                    .into_iter()
                    .enumerate()
                    .map(move |(stat_place, stat)| self.query(&id(place, stat_place), one, &stat, span))
            });
            self.numbers(queries.collect(), span)
        };
        let (whole, slowest) = tokio::try_join!(numbers(day, of_day), numbers(lately, of_lately))?;
        let readings = series.into_iter().enumerate().map(|(place, Series { metric, labels })| {
            // Where nothing happened CloudWatch has no number.
            let sum_of = |stat| whole.get(&id(place, stat)).copied().unwrap_or(0.0);
            let numbers = match metric.unit {
                Unit::Count => Numbers::Count(sum_of(0)),
                Unit::Seconds => Numbers::Durations {
                    sum: sum_of(0),
                    count: sum_of(1),
                    quantiles: std::array::from_fn(|stat| {
                        slowest.get(&id(place, stat)).copied().unwrap_or(f64::NAN)
                    }),
                },
            };
            Reading { metric, labels, numbers }
        });
        Ok(readings.collect())
    }

    /// The series that had a number within the last two weeks. A new one is known to CloudWatch after a quarter of an hour at most.
    async fn series(&self) -> Result<Vec<Series>, aws_sdk_cloudwatch::Error> {
        let request = (self.client)().list_metrics().namespace(&*self.namespace);
        let mut pages = request.into_paginator().send();
        let mut series = Vec::new();
        while let Some(page) = pages.next().await {
            series.extend(page?.metrics.unwrap_or_default().iter().filter_map(Series::of));
        }
        Ok(series)
    }

    fn query(&self, id: &str, series: &Series, stat: &str, span: Span) -> MetricDataQuery {
        let named = series.metric.labels.iter().zip(&series.labels);
        let dimensions = named.map(|(name, value)| Dimension::builder().name(*name).value(value).build());
        let metric = types::Metric::builder()
            .namespace(&*self.namespace)
            .metric_name(series.metric.name)
            .set_dimensions(Some(dimensions.collect()))
            .build();
        let period = i32::try_from(span.length_s).unwrap_or(i32::MAX);
        let stat = MetricStat::builder().metric(metric).period(period).stat(stat).build();
        MetricDataQuery::builder().id(id).metric_stat(stat).build()
    }

    async fn numbers(
        &self,
        queries: Vec<MetricDataQuery>,
        span: Span,
    ) -> Result<HashMap<String, f64>, Box<dyn std::error::Error + Send + Sync>> {
        let mut numbers = HashMap::new();
        for queries in queries.chunks(QUERIES_AT_ONCE) {
            let request = (self.client)()
                .get_metric_data()
                .set_metric_data_queries(Some(queries.to_vec()))
                .start_time(DateTime::from_secs(span.from_s))
                .end_time(DateTime::from_secs(span.from_s + span.length_s));
            let mut pages = request.into_paginator().send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(aws_sdk_cloudwatch::Error::from)?;
                for result in page.metric_data_results.unwrap_or_default() {
                    if let Some(status @ (StatusCode::InternalError | StatusCode::Forbidden)) =
                        &result.status_code
                    {
                        return Err(format!("CloudWatch has no number: {status}").into());
                    }
                    let value = result.values().first().copied();
                    numbers.extend(result.id.zip(value));
                }
            }
        }
        Ok(numbers)
    }
}

impl Series {
    /// One of ours, with the labels that it has today: what a version before divided by something else is left out.
    fn of(metric: &types::Metric) -> Option<Self> {
        let known = METRICS.iter().find(|known| metric.metric_name() == Some(known.name))?;
        let dimensions = metric.dimensions();
        let label = |name: &&str| {
            let dimension = dimensions.iter().find(|dimension| dimension.name() == Some(*name))?;
            dimension.value().map(str::to_owned)
        };
        let labels: Option<Vec<String>> = known.labels.iter().map(label).collect();
        let labels = labels.filter(|labels| labels.len() == dimensions.len())?;
        Some(Self { metric: known, labels })
    }
}

/// What is asked of a day.
fn of_day(metric: &Metric) -> Vec<String> {
    match metric.unit {
        Unit::Count => vec!["Sum".to_owned()],
        Unit::Seconds => vec!["Sum".to_owned(), "SampleCount".to_owned()],
    }
}

/// What is asked of the last minutes.
fn of_lately(metric: &Metric) -> Vec<String> {
    match metric.unit {
        Unit::Count => Vec::new(),
        Unit::Seconds => QUANTILES.iter().map(|share| format!("p{}", share * 100.0)).collect(),
    }
}

/// The day that is told, and the last five minutes that are over. Both begin where CloudWatch begins its own, so that each is one number.
fn spans(now: Timestamp) -> (Span, Span) {
    let now_s = now.as_seconds();
    let settled_s = now_s - SETTLED_AFTER_S;
    let midnight = settled_s - settled_s.rem_euclid(DAY_S);
    let until = now_s - now_s.rem_euclid(WINDOW_S);
    (Span { from_s: midnight, length_s: DAY_S }, Span { from_s: until - WINDOW_S, length_s: WINDOW_S })
}

fn id(series: usize, stat: usize) -> String {
    format!("m{series}_{stat}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, dimensions: &[(&str, &str)]) -> Option<(&'static str, Vec<String>)> {
        let dimensions =
            dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
        let metric =
            types::Metric::builder().metric_name(name).set_dimensions(Some(dimensions.collect())).build();
        Series::of(&metric).map(|series| (series.metric.name, series.labels))
    }

    fn seconds(at: &str) -> i64 {
        at.parse::<Timestamp>().unwrap().as_seconds()
    }

    #[test]
    fn series_of_ours_are_known_by_their_labels() {
        let mixed = [("status", "done"), ("model", "built-in")];
        let labels = vec!["built-in".to_owned(), "done".to_owned()];
        assert_eq!(listed("ai_requests_total", &mixed), Some(("ai_requests_total", labels)));
        assert_eq!(listed("drive_tokens_dead_total", &[]), Some(("drive_tokens_dead_total", vec![])));
        assert_eq!(listed("ai_requests_total", &[("status_code", "200")]), None);
        assert_eq!(listed("http_requests_total", &[("status_code", "200"), ("route", "/health")]), None);
        assert_eq!(listed("something_else", &[]), None);
    }

    #[test]
    fn a_day_is_told_until_its_last_minutes_are_known() {
        let told_at = [
            ("2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z"),
            ("2026-11-22T00:04:59Z", "2026-11-21T00:00:00Z"),
            ("2026-11-22T00:05:00Z", "2026-11-22T00:00:00Z"),
        ];
        for (now, midnight) in told_at {
            let (day, _) = spans(now.parse().unwrap());
            assert_eq!((day.from_s, day.length_s), (seconds(midnight), 86_400), "{now}");
        }
    }

    #[test]
    fn the_last_minutes_are_over() {
        let (_, lately) = spans("2026-11-22T00:03:59Z".parse().unwrap());
        assert_eq!((lately.from_s, lately.length_s), (seconds("2026-11-21T23:55:00Z"), 300));
    }

    #[test]
    fn percentiles_are_written_as_cloudwatch_writes_them() {
        let durations = METRICS.iter().find(|metric| metric.unit == Unit::Seconds).unwrap();
        assert_eq!(of_lately(durations), ["p50", "p95", "p99"]);
    }
}
