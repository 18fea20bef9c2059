//! Metrics in lines of the log.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_runtime::METRICS;
use app_testing::emf::{Datum, metrics_of};
use app_testing::{Log, METRICS as NAMESPACE};
use serde_json::{Value, json};

/// The line that `say` writes, and what CloudWatch makes of it.
fn said(say: impl FnOnce()) -> (Value, Vec<Datum>) {
    Log::keep();
    let log = Log::start();
    say();
    let [line] = &log.lines()[..] else { panic!("one line: {}", log.text()) };
    (line.clone(), metrics_of(line).unwrap())
}

/// Names and values of metrics, and what they are divided by.
fn numbers(kept: &[Datum]) -> Value {
    kept.iter().map(|datum| json!([datum.name, datum.unit, datum.value, datum.dimensions])).collect()
}

#[test]
fn a_field_with_the_name_of_a_metric_is_one() {
    let (line, kept) = said(|| {
        tracing::info!(
            method = "GET",
            status_code = "200",
            http_requests_total = 1,
            http_request_duration_seconds = 0.012,
            "request"
        );
    });
    let expected = json!([
        ["http_requests_total", "Count", 1.0, {"status_code": "200"}],
        ["http_request_duration_seconds", "Seconds", 0.012, {}],
    ]);
    assert_eq!(
        (numbers(&kept), &line["message"], &line["method"]),
        (expected, &json!("request"), &json!("GET"))
    );
    assert!(kept.iter().all(|datum| datum.namespace == NAMESPACE), "{line}");
}

#[test]
fn a_field_that_has_no_value_is_none() {
    let (_, kept) = said(|| {
        tracing::info!(
            status_code = "200",
            http_requests_total = 1,
            http_request_duration_seconds = None::<f64>,
            "request"
        );
    });
    assert_eq!(numbers(&kept), json!([["http_requests_total", "Count", 1.0, {"status_code": "200"}]]));
}

#[test]
fn what_a_worker_could_not_do_is_counted_by_what_it_was() {
    for outcome in ["failed", "rejected", "token refused", "unreadable"] {
        // A mail's own kind is none of the metric's business.
        let (line, kept) = said(|| {
            tracing::error!(messageId = "m-1", kind = "verifyEmail", outcome, causes = "a \"b\"", "mail")
        });
        assert_eq!(numbers(&kept), json!([["jobs_failed_total", "Count", 1.0, {"work": "mail"}]]));
        assert_eq!((&line["outcome"], &line["causes"]), (&json!(outcome), &json!("a \"b\"")));
    }
}

#[test]
fn other_lines_stay_as_they_are() {
    let lines: [fn(); 6] = [
        || tracing::info!(outcome = "done", "mail"),
        // An archive that nobody can read has been dealt with.
        || tracing::info!(outcome = "failed", "import"),
        || tracing::error!("the function cannot start"),
        || tracing::info!("the client went away"),
        // Without a label that it is divided by, or as no number, CloudWatch would not take it.
        || tracing::info!(http_requests_total = 1, "request"),
        || tracing::info!(status_code = "200", http_requests_total = "many", "request"),
    ];
    for say in lines {
        let (line, kept) = said(say);
        assert!(kept.is_empty() && line.get("_aws").is_none(), "{line}");
    }
}

#[test]
fn names_are_as_prometheus_wants_them() {
    for metric in &METRICS {
        let suffix = match metric.unit {
            app_runtime::Unit::Count => "_total",
            app_runtime::Unit::Seconds => "_seconds",
        };
        assert!(metric.name.ends_with(suffix), "{}", metric.name);
        assert!(metric.labels.is_sorted() && metric.help.ends_with('.'), "{}", metric.name);
    }
}
