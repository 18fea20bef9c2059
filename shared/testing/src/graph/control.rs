//! `/_fake/…`: what tests in other processes set and see.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::FakeGraph;
use super::calls::GraphCall;
use super::control_input::{fault, media, timestamp, token};
use super::state::{Site, Window};

type Shared = Extract<Arc<Site>>;
type Named = Query<Vec<(String, String)>>;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/_fake/reset", post(reset))
        .route("/_fake/outbox", get(outbox))
        .route("/_fake/reads", get(reads))
        .route("/_fake/media", post(put_media))
        .route("/_fake/inbound", post(inbound))
        .route("/_fake/window", post(window))
        .route("/_fake/fault", post(put_fault))
        .route("/_fake/clock", post(clock))
        .route("/_fake/token", post(put_token))
        .route("/_fake/statuses", post(statuses))
}

/// Forgets all, except how windows begin.
async fn reset(Extract(site): Shared) -> Response {
    let (is_window_strict, app_secret) = {
        let rules = &site.state().rules;
        (rules.is_window_strict, rules.app_secret.clone())
    };
    site.reset();
    let rules = &mut site.state().rules;
    (rules.is_window_strict, rules.app_secret) = (is_window_strict, app_secret);
    done()
}

/// `?to=…&after=…`: what was accepted for a phone or a user id, after a place in the row.
async fn outbox(Extract(site): Shared, Query(query): Named) -> Response {
    let said = |name: &str| query.iter().find(|(said, _)| said == name).map(|(_, value)| value.trim());
    let after = said("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let to = said("to").map(|to| to.trim_start_matches('+'));
    let state = site.state();
    let meant = state.outbox.iter().filter(|sent| sent.number > after);
    let meant = meant.filter(|sent| to.is_none_or(|to| sent.to.trim_start_matches('+') == to));
    let items: Vec<Value> = meant.map(|sent| sent.shown()).collect();
    Json(json!({ "items": items })).into_response()
}

async fn reads(Extract(site): Shared) -> Response {
    let items: Vec<Value> = site.state().reads.iter().map(|read| read.shown()).collect();
    Json(json!({ "items": items })).into_response()
}

/// `{"id"?, "number"?, "contentType", "base64", "fault"?}`
async fn put_media(
    Extract(site): Shared,
    headers: axum::http::HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let Some(media) = media(&body) else { return wrong() };
    let sha256 = media.sha256();
    let host = headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut state = site.state();
    let id = state.put_media(media);
    // Media whose first address is too old keep that for whoever asks.
    let url = (body["fault"] != "expiredOnce").then(|| state.media_url(&id, host));
    Json(json!({ "id": id, "sha256": sha256, "url": url })).into_response()
}

/// `{"from", "number"?}`: a person wrote.
async fn inbound(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let Some(from) = body["from"].as_str() else { return wrong() };
    let mut state = site.state();
    let now = state.now();
    state.set_window(number(&body), from, Window::Since(now));
    done()
}

/// `{"phone", "open", "number"?}`
async fn window(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let (Some(phone), Some(open)) = (body["phone"].as_str(), body["open"].as_bool()) else { return wrong() };
    let mut state = site.state();
    let window = if open { Window::Since(state.now()) } else { Window::Closed };
    state.set_window(number(&body), phone, window);
    done()
}

/// `{"call", "fault", "code"?, "status"?, "to"?, "ms"?, "times"?, "afterCalls"?}`
async fn put_fault(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let call = body["call"].as_str().and_then(GraphCall::parse);
    let (Some(call), Some(fault)) = (call, fault(&body)) else { return wrong() };
    let mut state = site.state();
    let row = state.faults.entry(call).or_default();
    let good = body["afterCalls"].as_u64().unwrap_or(0);
    row.extend((0..good).map(|_| super::Fault::Nothing));
    row.extend((0..body["times"].as_u64().unwrap_or(1)).map(|_| fault.clone()));
    done()
}

/// `{"at"}` in RFC 3339, or `{"passSeconds"}`. Answers with the time.
async fn clock(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let mut state = site.state();
    if let Some(at) = body.get("at") {
        let Some(at) = timestamp(at) else { return wrong() };
        state.set_time(at);
    }
    state.pass(Duration::from_secs(body["passSeconds"].as_u64().unwrap_or(0)));
    Json(json!({ "now": state.now() })).into_response()
}

/// `{"token", "account"?, "isValid"?, "expiresAt"?}`: a token that is known from now on, or not good any more.
async fn put_token(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let Some(token) = token(&body) else { return wrong() };
    let rules = &mut site.state().rules;
    rules.tokens.retain(|known| known.text != token.text);
    rules.tokens.push(token);
    done()
}

/// `{"wamid" or "key", "status", "code"?}`. Answers with the webhook.
async fn statuses(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let of = body["wamid"].as_str().or_else(|| body["key"].as_str());
    let (Some(of), Some(status)) = (of, body["status"].as_str()) else { return wrong() };
    match site.state().webhook(of, status, body["code"].as_i64()) {
        Some(webhook) => Json(webhook).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn number(body: &Value) -> &str {
    body["number"].as_str().unwrap_or(FakeGraph::NUMBER)
}

fn done() -> Response {
    Json(json!({})).into_response()
}

fn wrong() -> Response {
    StatusCode::UNPROCESSABLE_ENTITY.into_response()
}
