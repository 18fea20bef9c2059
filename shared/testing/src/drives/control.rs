//! `/_fake/…`: what tests in other processes do and see.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{DriveFault, PlayedSite};

/// To be merged with what the provider has at the same address, and not behind the gate: what tests do is no traffic.
pub(super) fn router<S: PlayedSite + 'static>() -> Router<Arc<S>> {
    Router::new()
        .route("/_fake/files", get(files::<S>).post(put::<S>).delete(remove::<S>))
        .route("/_fake/traffic", get(traffic::<S>))
        .route("/_fake/fault", post(fault::<S>))
        .layer(DefaultBodyLimit::disable())
}

/// The files in our folder by path, each with its text or nothing if it is none.
async fn files<S: PlayedSite>(State(site): State<Arc<S>>) -> Json<Value> {
    let shown = site.files().into_iter().map(|(path, bytes)| {
        let size_bytes = bytes.len();
        json!({ "path": path, "sizeBytes": size_bytes, "text": String::from_utf8(bytes).ok() })
    });
    Json(json!({ "items": shown.collect::<Vec<_>>() }))
}

/// `{"path", "text"}`: the person adds or edits a file.
async fn put<S: PlayedSite>(State(site): State<Arc<S>>, Json(body): Json<Value>) -> StatusCode {
    let (Some(path), Some(text)) = (body["path"].as_str(), body["text"].as_str()) else {
        return StatusCode::UNPROCESSABLE_ENTITY;
    };
    site.put_by_hand(path, text.as_bytes());
    StatusCode::NO_CONTENT
}

/// `?path=…`: the person removes a file, or a folder with all that is in it.
async fn remove<S: PlayedSite>(
    State(site): State<Arc<S>>,
    Query(query): Query<HashMap<String, String>>,
) -> StatusCode {
    let Some(path) = query.get("path") else { return StatusCode::UNPROCESSABLE_ENTITY };
    let is_it = |file: &String| file == path || file.starts_with(&format!("{path}/"));
    if !site.files().keys().any(is_it) {
        return StatusCode::NOT_FOUND;
    }
    site.remove_by_hand(path);
    StatusCode::NO_CONTENT
}

async fn traffic<S: PlayedSite>(State(site): State<Arc<S>>) -> Json<Value> {
    let traffic = site.gate().traffic();
    Json(json!({ "calls": traffic.calls, "bytesIn": traffic.bytes_in, "bytesOut": traffic.bytes_out }))
}

/// `{"fault", "times"?, "seconds"?}`
async fn fault<S: PlayedSite>(State(site): State<Arc<S>>, Json(body): Json<Value>) -> StatusCode {
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
        _ => return StatusCode::UNPROCESSABLE_ENTITY,
    };
    let times = body["times"].as_u64().unwrap_or(1);
    site.gate().fail(fault, usize::try_from(times).unwrap_or(usize::MAX));
    StatusCode::NO_CONTENT
}
