//! The operation, with CloudWatch played.

use std::sync::atomic::{AtomicUsize, Ordering};

use app_domain::Role;
use app_runtime::METRICS;
use app_testing::{Call, Reply, authenticator, aws, caller, event};
use axum::http::Response;

use super::*;
use crate::{App, Check, Checks, Health, router};

async fn asked(metrics: &Metrics, token: Option<&str>) -> Reply {
    let health = Health::new(Checks::all(&Check::new(async || Ok(()))));
    let app = App { health, metrics: metrics.clone(), authenticator: authenticator() };
    // Whose key the event's is, no test needs to know: a token says who asks.
    let mut event = event("ops/metrics.json");
    event["headers"] = serde_json::json!({});
    let call = Call::of_event(&event);
    token.into_iter().fold(call, |call, token| call.as_caller(token)).send(&router(app, "*")).await
}

fn administrator() -> String {
    caller(Role::Admin).1
}

fn reading(name: &str, labels: &[&str], numbers: Numbers) -> Reading {
    let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
    Reading { metric, labels: labels.iter().map(|&label| label.to_owned()).collect(), numbers }
}

fn some() -> Vec<Reading> {
    let slow = Numbers::Durations { count: 12.0, sum: 0.6, quantiles: [0.02, 0.15, f64::NAN] };
    vec![
        reading("http_requests_total", &["200"], Numbers::Count(1027.0)),
        reading("http_requests_total", &["503"], Numbers::Count(3.0)),
        reading("http_request_duration_seconds", &[], slow),
        reading("ai_requests_total", &["a \"model\"\\\n", "done"], Numbers::Count(4.0)),
        reading("jobs_failed_total", &["mail"], Numbers::Count(1.0)),
    ]
}

#[tokio::test]
async fn an_administrator_is_told_in_prometheus_words() {
    let metrics = Metrics::of(async |_| Ok(some()));
    let reply = asked(&metrics, Some(&administrator())).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(reply.headers["cache-control"], "no-store");
    insta::assert_snapshot!(reply.text, @r#"
    # HELP http_requests_total HTTP requests that a function has answered.
    # TYPE http_requests_total counter
    http_requests_total{status_code="200"} 1027
    http_requests_total{status_code="500"} 0
    http_requests_total{status_code="503"} 3
    # HELP http_request_duration_seconds How long HTTP requests took in the functions, those that wait for a model left out.
    # TYPE http_request_duration_seconds summary
    http_request_duration_seconds{quantile="0.5"} 0.02
    http_request_duration_seconds{quantile="0.95"} 0.15
    http_request_duration_seconds{quantile="0.99"} NaN
    http_request_duration_seconds_sum 0.6
    http_request_duration_seconds_count 12
    # HELP ai_requests_total Calls of models, and those that a budget did not allow.
    # TYPE ai_requests_total counter
    ai_requests_total{model="a \"model\"\\\n",status="done"} 4
    # HELP ai_budget_refusals_total Calls of models that were not made, because the person's budget of the day is used up.
    # TYPE ai_budget_refusals_total counter
    ai_budget_refusals_total 0
    # HELP jobs_failed_total Messages of queues, and changes of a person, that a worker could not deal with.
    # TYPE jobs_failed_total counter
    jobs_failed_total{work="changes"} 0
    jobs_failed_total{work="chore"} 0
    jobs_failed_total{work="drive"} 0
    jobs_failed_total{work="export"} 0
    jobs_failed_total{work="import"} 0
    jobs_failed_total{work="job"} 0
    jobs_failed_total{work="mail"} 1
    jobs_failed_total{work="media"} 0
    jobs_failed_total{work="message"} 0
    jobs_failed_total{work="outgoing"} 0
    # HELP drive_tokens_dead_total Connections to drives whose tokens the provider does not take any more.
    # TYPE drive_tokens_dead_total counter
    drive_tokens_dead_total 0
    # HELP rate_limiter_failures_total Requests and attempts that could not be counted towards a limit.
    # TYPE rate_limiter_failures_total counter
    rate_limiter_failures_total 0
    "#);
}

#[tokio::test]
async fn nobody_else_is_told_anything() {
    let metrics = Metrics::of(async |_| -> Readings { panic!("nobody may ask") });
    assert_eq!(asked(&metrics, None).await.status, 401);
    for role in [Role::User, Role::Premium] {
        let reply = asked(&metrics, Some(&caller(role).1)).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (403, "PermissionDenied".into()));
    }
}

#[tokio::test]
async fn a_minute_is_one_reading() {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let metrics = Metrics::of(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Ok(some()) }
    });
    let first = asked(&metrics, Some(&administrator())).await;
    assert_eq!(asked(&metrics, Some(&administrator())).await.text, first.text);
    assert_eq!(read.load(Ordering::Relaxed), 1);
    let before = Instant::now().checked_sub(KEPT_FOR).unwrap();
    metrics.told.lock().unwrap().as_mut().unwrap().0 = before;
    asked(&metrics, Some(&administrator())).await;
    assert_eq!(read.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn without_cloudwatch_there_is_an_error_and_no_empty_page() {
    let config = aws(|_| Response::builder().status(500).body("10.0.0.1 is down").unwrap());
    let cloudwatch = CloudWatch::new("MemoryApp/tests", move || aws_sdk_cloudwatch::Client::new(&config));
    let silent = Metrics { patience: Duration::from_millis(20), ..Metrics::of(|_| std::future::pending()) };
    for metrics in [Metrics::new(cloudwatch), silent] {
        let reply = asked(&metrics, Some(&administrator())).await;
        assert_eq!(
            (reply.status.as_u16(), reply.error_type()),
            (503, "Unavailable".into()),
            "{}",
            reply.text
        );
        assert!(!reply.text.contains("10.0.0.1"), "{}", reply.text);
        assert!(metrics.told_lately().is_none(), "what failed is not told again");
    }
}
