//! The line that ends each request, and the metrics in it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::Role;
use app_http::{AccessAi, ApiError, Caller, Known, Untimed, service};
use app_testing::emf::metrics_of;
use app_testing::{Call, Log, authenticator, caller};
use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};

fn app() -> Router {
    let router = Router::new()
        .route("/memories/{id}", get(async |_: Caller<Known>| "a memory"))
        .route("/ai/chat", post(async |_: Caller<AccessAi>, _: Untimed| "an answer"))
        .route("/ai/models", get(async |_: Caller<AccessAi>| "no model is asked"))
        .route("/down", get(async || ApiError::unavailable("10.0.0.1 refused")))
        .with_state::<()>(authenticator());
    service(router, "*")
}

/// The one line of a request, and its metrics by name.
async fn line_of(call: Call) -> (Value, Vec<(String, Value)>) {
    Log::keep();
    let log = Log::start();
    call.send(&app()).await;
    let [line] = &log.lines()[..] else { panic!("one line: {}", log.text()) };
    let kept = metrics_of(line).unwrap();
    (line.clone(), kept.into_iter().map(|datum| (datum.name, json!(datum.dimensions))).collect())
}

#[tokio::test]
async fn a_request_is_counted_by_status_and_measured_in_seconds() {
    let (_, token) = caller(Role::User);
    let (line, metrics) = line_of(Call::get("/memories/0190-secret").as_caller(&token)).await;
    let expected = [
        ("http_requests_total".to_owned(), json!({"status_code": "200"})),
        ("http_request_duration_seconds".to_owned(), json!({})),
    ];
    assert_eq!(metrics, expected);
    assert_eq!((&line["method"], &line["route"]), (&json!("GET"), &json!("/memories/{id}")));
    let (ms, seconds) =
        (line["durationMs"].as_f64().unwrap(), line["http_request_duration_seconds"].as_f64().unwrap());
    assert!((ms - seconds * 1e3).abs() < 1e-3, "{line}");
    assert!(!line.to_string().contains("0190-secret"), "{line}");
}

#[tokio::test]
async fn what_fails_is_counted_as_well() {
    let statuses = async |call| line_of(call).await.1[0].1["status_code"].clone();
    assert_eq!(statuses(Call::get("/down")).await, "503");
    assert_eq!(statuses(Call::get("/memories/1")).await, "401");
    assert_eq!(statuses(Call::get("/nowhere")).await, "404");
    let (line, _) = line_of(Call::get("/nowhere/0190-secret")).await;
    assert_eq!(line["route"], "none");
}

#[tokio::test]
async fn how_long_a_model_takes_is_not_held_against_the_service() {
    let (_, token) = caller(Role::Premium);
    let (line, metrics) = line_of(Call::post("/ai/chat", &json!({})).as_caller(&token)).await;
    let names: Vec<&str> = metrics.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["http_requests_total"]);
    assert!(line["durationMs"].is_number(), "{line}");
    let (_, metrics) = line_of(Call::get("/ai/models").as_caller(&token)).await;
    assert_eq!(metrics.len(), 2);
}
