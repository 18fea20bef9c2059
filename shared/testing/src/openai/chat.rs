//! `POST /v1/chat/completions`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::access::{marked, may_ask};
use super::chat_rules;
use super::echo::echo;
use super::fault::{Fault, truncated};
use super::script::Script;
use super::step::Step;
use super::stream::{streamed, usage};
use super::{Seen, Site};

/// A request that is taken.
pub(super) struct Request {
    pub(super) model: &'static str,
    pub(super) messages: Vec<Value>,
    /// The shape of the answer, if it has one.
    pub(super) schema: Option<Value>,
    pub(super) max_answer_tokens: Option<usize>,
    pub(super) is_streamed: bool,
    pub(super) includes_usage: bool,
    pub(super) prompt_tokens: usize,
    pub(super) token_bytes: usize,
}

impl Request {
    pub(super) fn tokens(&self, text: &str) -> usize {
        text.len().div_ceil(self.token_bytes)
    }
}

pub(super) async fn answer(
    State(site): State<Arc<Site>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Option<Value> = serde_json::from_slice(&body).ok();
    let (rules, fault) = {
        let mut state = site.state();
        state.seen.push(Seen { path: "chat/completions", query, body: body.clone().unwrap_or_default() });
        (state.rules.clone(), state.faults.pop_front())
    };
    let request = may_ask(&headers, &rules).and_then(|()| chat_rules::read(&headers, body, &rules));
    let request = match request {
        Ok(request) => request,
        Err(refusal) if rules.explains => return marked(refusal.into_response()),
        Err(refusal) => return marked(refusal.unexplained().into_response()),
    };
    let fault = match fault {
        None => None,
        Some(fault) => match fault.instead().await {
            Ok(response) => return marked(response),
            Err(rest) => Some(rest),
        },
    };
    let scripted = site.state().scripts.pop_front();
    let mut script = scripted.unwrap_or_else(|| echo(&request));
    if request.is_streamed {
        if matches!(fault, Some(Fault::Truncated)) {
            script.steps.truncate(script.steps.len() / 2);
            script.steps.push(Step::Cut);
        }
        return marked(streamed(&script, &request, site));
    }
    let whole = whole(&script, &request);
    marked(match fault {
        Some(Fault::Truncated) => truncated(&whole),
        _ => axum::Json(whole).into_response(),
    })
}

/// The answer in one piece.
fn whole(script: &Script, request: &Request) -> Value {
    let mut calls: Vec<Value> = Vec::new();
    for step in &script.steps {
        let Step::Calls(pieces) = step else { continue };
        for piece in pieces.as_array().into_iter().flatten() {
            match calls.iter_mut().find(|call| call["index"] == piece["index"]) {
                None => calls.push(piece.clone()),
                Some(call) => {
                    let text =
                        |call: &Value| call["function"]["arguments"].as_str().unwrap_or_default().to_owned();
                    call["function"]["arguments"] = json!(text(call) + &text(piece));
                }
            }
        }
    }
    calls.iter_mut().filter_map(Value::as_object_mut).for_each(|call| drop(call.remove("index")));
    let refused: String = script
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Refusal(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let mut message = Map::new();
    message.insert("role".to_owned(), json!("assistant"));
    let said = script.words();
    message.insert(
        "content".to_owned(),
        if refused.is_empty() && !said.is_empty() { json!(said) } else { Value::Null },
    );
    message.insert("refusal".to_owned(), if refused.is_empty() { Value::Null } else { json!(refused) });
    if !calls.is_empty() {
        message.insert("tool_calls".to_owned(), json!(calls));
    }
    json!({
        "id": "chatcmpl-t1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": request.model,
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": script.finish }],
        "usage": usage(script, request),
        "service_tier": "default",
    })
}
