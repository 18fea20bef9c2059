//! `/_fake/…`: what tests in other processes set and see.

use std::sync::Arc;

use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::state::Site;
use crate::drives::DriveFault;

type Shared = Extract<Arc<Site>>;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/_fake/files", get(files).post(put).delete(remove))
        .route("/_fake/traffic", get(traffic))
        .route("/_fake/fault", post(fault))
}

/// `{"files": {path: size}}`
async fn files(Extract(site): Shared) -> Response {
    let sizes = |(path, bytes): (String, Vec<u8>)| (path, json!(bytes.len()));
    let files: serde_json::Map<String, Value> = site.files().into_iter().map(sizes).collect();
    Json(json!({ "files": files })).into_response()
}

/// `{"path", "text"}`: the person puts a file.
async fn put(Extract(site): Shared, Json(body): Json<Value>) -> Response {
    let (Some(path), Some(text)) = (body["path"].as_str(), body["text"].as_str()) else { return wrong() };
    site.put_by_hand(path, text.as_bytes());
    done()
}

/// `?path=…`: the person removes a file or folder.
async fn remove(Extract(site): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let Some((_, path)) = query.iter().find(|(name, _)| name == "path") else { return wrong() };
    site.remove_by_hand(path);
    done()
}

async fn traffic(Extract(site): Shared) -> Response {
    let traffic = site.gate.traffic();
    let (bytes_in, bytes_out) = (traffic.bytes_in, traffic.bytes_out);
    Json(json!({ "calls": traffic.calls, "bytesIn": bytes_in, "bytesOut": bytes_out })).into_response()
}

/// `{"fault", "times"?, "seconds"?}`
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
    site.state().fail(fault, usize::try_from(times).unwrap_or(usize::MAX));
    done()
}

fn done() -> Response {
    Json(json!({})).into_response()
}

fn wrong() -> Response {
    StatusCode::UNPROCESSABLE_ENTITY.into_response()
}
