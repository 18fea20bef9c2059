//! Metrics on the deployed stack: what the functions log, and what Prometheus is told. The local cloud does not look for metrics in logs, so that
//! a test does what CloudWatch would.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app_testing::emf::{Datum, metrics_of};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use e2e::{Person, Stack, eventually, repository};
use serde_json::{Value, json};

crate::trials!(every_metric_that_is_logged_is_one_that_cloudwatch_takes, prometheus_reads_what_was_counted);

/// What CloudWatch would find in the log so far, line by line.
fn logged(stack: &Stack) -> Vec<(Value, Vec<Datum>)> {
    let logs = stack.logs().unwrap();
    let lines = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .map(|line| (line.clone(), metrics_of(&line).unwrap_or_else(|rule| panic!("{rule}: {line}"))))
        .collect()
}

async fn every_metric_that_is_logged_is_one_that_cloudwatch_takes(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    assert_eq!(ada.post("/ai/chat", &json!({"message": "Where do I live?"})).await.status, 200);
    let names = |kept: &[Datum]| kept.iter().map(|datum| datum.name.clone()).collect::<Vec<_>>();
    let lines = eventually("the call of a model in the log", || async {
        let lines = logged(&stack);
        lines
            .iter()
            .any(|(_, kept)| names(kept).contains(&"ai_request_duration_seconds".to_owned()))
            .then_some(lines)
    })
    .await;
    let namespace = "MemoryApp/memory-app";
    for (line, kept) in &lines {
        assert!(kept.iter().all(|datum| datum.namespace == namespace), "{line}");
        if line["message"] == "request" {
            assert_eq!(kept[0].name, "http_requests_total", "{line}");
            assert_eq!(kept[0].dimensions["status_code"], line["status"].to_string(), "{line}");
            assert!(line["method"].is_string() && line["route"].is_string(), "{line}");
        }
    }
}

/// Gives the local cloud what is in the log, as happening now. How long things took is given as five minutes old, too, so that it is in the
/// last five minutes that are over, whenever these end. Says whether there was nothing before.
async fn keep(stack: &Stack, kept: &[Datum]) -> bool {
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&stack.aws());
    let before = cloudwatch.list_metrics().namespace(&kept[0].namespace).send().await.unwrap();
    let now_s = jiff::Timestamp::now().as_second();
    let datum = |datum: &Datum, at_s: i64| {
        let dimensions = datum.dimensions.iter();
        let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
        MetricDatum::builder()
            .metric_name(&datum.name)
            .set_dimensions(Some(dimensions.collect()))
            .timestamp(DateTime::from_secs(at_s))
            .unit(StandardUnit::from(datum.unit.as_str()))
            .value(datum.value)
            .build()
    };
    let earlier = kept.iter().filter(|one| one.unit == "Seconds").map(|one| datum(one, now_s - 300));
    let data: Vec<MetricDatum> = kept.iter().map(|one| datum(one, now_s)).chain(earlier).collect();
    for data in data.chunks(1000) {
        let put = cloudwatch.put_metric_data().namespace(&kept[0].namespace);
        put.set_metric_data(Some(data.to_vec())).send().await.unwrap();
    }
    before.metrics().is_empty()
}

/// Waits while a new day is near or has just begun: what is put then would be of two days, and a day is told only five minutes after it has begun.
async fn well_within_a_day() {
    let (before_s, after_s) = (2 * 60, 6 * 60);
    let since_s = (jiff::Timestamp::now().as_second() + before_s).rem_euclid(24 * 60 * 60);
    let wait_s = u64::try_from(before_s + after_s - since_s).unwrap_or(0);
    tokio::time::sleep(Duration::from_secs(wait_s)).await;
}

/// The samples of a page by name and labels.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

async fn prometheus_reads_what_was_counted(stack: Arc<Stack>) {
    well_within_a_day().await;
    let admin = Person::administrator(&stack).await;
    let key = admin.new_api_key(&["read:metrics"]).await["key"].as_str().unwrap().to_owned();
    assert_eq!(admin.post("/ai/chat", &json!({"message": "Where do I live?"})).await.status, 200);
    assert_eq!(Person::stranger(&stack).get("/metrics").await.status, 401);
    assert_eq!(admin.with_api_key(&key).get("/memories").await.status, 403, "the key may do nothing else");
    let kept: Vec<Datum> = logged(&stack).into_iter().flat_map(|(_, kept)| kept).collect();
    let is_new = keep(&stack, &kept).await;

    let answered = kept.iter().filter(|one| one.name == "http_requests_total");
    let well = answered.filter(|one| one.dimensions["status_code"] == "200").count() as f64;
    // As Prometheus sends it. What a stack was asked a moment ago, it tells for a minute.
    let page = eventually("the numbers of now", || async {
        let page = admin.with_token(&key).get("/metrics").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let told = samples(page.body.as_str().unwrap());
        let told = told.get("http_requests_total{status_code=\"200\"}").copied().unwrap_or_default();
        assert!(!is_new || told <= well, "{}", page.body);
        (told >= well).then_some(page)
    })
    .await;
    assert_eq!(page.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = page.body.as_str().unwrap();
    assert_eq!(admin.with_api_key(&key).get("/metrics").await.body, text, "in the header of its own");

    let samples = samples(text);
    let durations: Vec<f64> =
        kept.iter().filter(|one| one.name == "http_request_duration_seconds").map(|one| one.value).collect();
    // On a stack where this test ran before there is more.
    let agrees = |name: &str, given: f64| {
        let told = samples[name];
        assert!(told == given || (!is_new && told > given), "{name} is not {given}: {text}");
    };
    // Each was given twice.
    agrees("http_request_duration_seconds_count", 2.0 * durations.len() as f64);
    let uncounted = kept.iter().filter(|one| one.name == "rate_limiter_failures_total").count();
    agrees("rate_limiter_failures_total", uncounted as f64);
    let slowest = durations.iter().copied().fold(0.0, f64::max);
    let p99 = samples["http_request_duration_seconds{quantile=\"0.99\"}"];
    assert!((0.0..=slowest).contains(&p99), "{text}");
    assert!(text.contains("ai_requests_total{model=\"built-in\",status=\"done\"}"), "{text}");
    // Before one has failed, too.
    for work in ["changes", "drive", "mail"] {
        assert!(samples.contains_key(&format!("jobs_failed_total{{work=\"{work}\"}}")), "{work}: {text}");
    }
    assert!(!text.contains(admin.id()), "{text}");
    approved_by_promtool(text);
}

/// Prometheus' own tool reads a page as Prometheus does, and says what is unusual about it.
fn approved_by_promtool(page: &str) {
    let ours = repository().join(".local/tools/bin/promtool");
    let promtool = if ours.exists() { ours } else { PathBuf::from("promtool") };
    let mut tool = Command::new(promtool);
    let tool =
        tool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let tool = tool.spawn();
    let mut tool =
        tool.unwrap_or_else(|error| panic!("promtool: {error}. python3 infra/observability/promtool.py"));
    tool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let said = tool.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
    assert!(said.status.success() && words.is_empty(), "{words}\n{page}");
}
