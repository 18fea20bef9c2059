//! `/_fake/…`: what tests in other processes set and see.

use std::sync::Arc;

use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::state::Site;
use crate::drives::DriveFault;

type Shared = Extract<Arc<Site>>;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/_fake/files", get(files).post(put_file).delete(remove))
        .route("/_fake/traffic", get(traffic))
        .route("/_fake/fault", post(fault))
}

/// The files in our folder by path, each with its text or nothing if it is none.
async fn files(Extract(site): Shared) -> Json<Value> {
    let files = site.state().files();
    let shown = files.into_iter().map(|(path, bytes)| {
        let size_bytes = bytes.len();
        json!({ "path": path, "sizeBytes": size_bytes, "text": String::from_utf8(bytes).ok() })
    });
    Json(json!({ "items": shown.collect::<Vec<_>>() }))
}

/// `{"path", "text"}`: the person adds or edits a file.
async fn put_file(Extract(site): Shared, Json(body): Json<Value>) -> StatusCode {
    let (Some(path), Some(text)) = (body["path"].as_str(), body["text"].as_str()) else {
        return StatusCode::UNPROCESSABLE_ENTITY;
    };
    site.state().put_by_hand(path, text.as_bytes());
    StatusCode::NO_CONTENT
}

/// `?path=…`: the person removes a file.
async fn remove(Extract(site): Shared, Query(query): Query<Vec<(String, String)>>) -> StatusCode {
    let Some((_, path)) = query.iter().find(|(name, _)| name == "path") else {
        return StatusCode::UNPROCESSABLE_ENTITY;
    };
    let mut state = site.state();
    if !state.files().contains_key(path) {
        return StatusCode::NOT_FOUND;
    }
    state.remove_by_hand(path);
    StatusCode::NO_CONTENT
}

async fn traffic(Extract(site): Shared) -> Json<Value> {
    let traffic = site.gate.traffic();
    Json(json!({ "calls": traffic.calls, "bytesIn": traffic.bytes_in, "bytesOut": traffic.bytes_out }))
}

/// `{"fault", "times"?, "seconds"?}`
async fn fault(Extract(site): Shared, Json(body): Json<Value>) -> StatusCode {
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
    site.state().faults.extend((0..times).map(|_| fault));
    StatusCode::NO_CONTENT
}
