//! `GET /v1/models`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::access::{marked, may_ask};
use super::{Seen, Site};

pub(super) async fn answer(
    State(site): State<Arc<Site>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (rules, fault) = {
        let mut state = site.state();
        state.seen.push(Seen { path: "models", query, body: Value::Null });
        (state.rules.clone(), state.faults.pop_front())
    };
    if let Err(refusal) = may_ask(&headers, &rules) {
        return marked(refusal.into_response());
    }
    if let Some(fault) = fault
        && let Ok(response) = fault.instead().await
    {
        return marked(response);
    }
    let embedding = rules.models.iter().map(|model| model.id);
    let chat = rules.chat_models.iter().map(|model| model.id);
    let all = embedding.chain(chat).chain(rules.transcription_models.iter().copied());
    let model = |id| {
        json!({ "id": id, "object": "model", "created": 1_795_000_000, "owned_by": "openai",
            "shutdown_date": null })
    };
    let data: Vec<_> = all.map(model).collect();
    marked(axum::Json(json!({ "object": "list", "data": data })).into_response())
}
