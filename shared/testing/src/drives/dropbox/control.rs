//! `/_fake/…`: what tests in other processes do and see.

use std::sync::Arc;

use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::DriveFault;
use super::state::Site;

type Shared = Extract<Arc<Site>>;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/_fake/files", get(files).post(put).delete(remove))
        .route("/_fake/traffic", get(traffic))
        .route("/_fake/fault", post(fault))
}

/// Sizes, and text where it is some, by path.
async fn files(Extract(site): Shared) -> Response {
    let state = site.state();
    let items: Vec<Value> = state
        .tree
        .files()
        .map(|(kept, file)| {
            let text = std::str::from_utf8(&file.bytes).ok();
            json!({ "path": kept.display.trim_start_matches('/'), "sizeBytes": file.bytes.len(), "text": text })
        })
        .collect();
    Json(json!({ "items": items })).into_response()
}

/// `{"path", "text"}`: the person puts or edits a file.
async fn put(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let (Some(path), Some(text)) = (body["path"].as_str(), body["text"].as_str()) else { return wrong() };
    site.put_by_hand(path, text.as_bytes());
    done()
}

/// `?path=…`
async fn remove(Extract(site): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let Some((_, path)) = query.iter().find(|(name, _)| name == "path") else { return wrong() };
    site.state().tree.remove(&format!("/{path}"));
    done()
}

async fn traffic(Extract(site): Shared) -> Response {
    let traffic = site.gate.traffic();
    let told = json!({
        "calls": traffic.calls, "bytesIn": traffic.bytes_in, "bytesOut": traffic.bytes_out,
    });
    Json(told).into_response()
}

/// `{"fault", "seconds"?, "times"?}`
async fn fault(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let fault = match body["fault"].as_str() {
        Some("throttled") => DriveFault::Throttled(body["seconds"].as_u64()),
        Some("unavailable") => DriveFault::Unavailable,
        Some("cut") => DriveFault::Cut,
        Some("unheard") => DriveFault::Unheard,
        Some("takenInPart") => DriveFault::TakenInPart,
        Some("uploadGone") => DriveFault::UploadGone,
        Some("garbled") => DriveFault::Garbled,
        Some("noHash") => DriveFault::NoHash,
        Some("reset") => DriveFault::Reset,
        Some("full") => DriveFault::Full,
        Some("tokenExpired") => DriveFault::TokenExpired,
        Some("deadGrant") => DriveFault::DeadGrant,
        Some("refreshFails") => DriveFault::RefreshFails,
        _ => return wrong(),
    };
    let times = body["times"].as_u64().unwrap_or(1);
    site.state().faults.extend((0..times).map(|_| fault));
    done()
}

fn done() -> Response {
    Json(json!({})).into_response()
}

fn wrong() -> Response {
    StatusCode::UNPROCESSABLE_ENTITY.into_response()
}
