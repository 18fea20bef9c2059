//! `POST /v1/embeddings`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::access::{marked, may_ask};
use super::fault::listed;
use super::refusal::Refusal;
use super::rules::{Model, Rules};
use super::space::vector;
use super::{Seen, Site};

const FIELDS: &[&str] = &["model", "input", "dimensions", "encoding_format", "user"];

/// A request that is taken.
struct Request {
    model: Model,
    inputs: Vec<String>,
    dimensions: usize,
    as_base64: bool,
    tokens: usize,
}

pub(super) async fn answer(
    State(site): State<Arc<Site>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = serde_json::from_slice(&body).ok();
    let (rules, fault) = {
        let mut state = site.state();
        let body = body.clone().unwrap_or_default();
        state.seen.push(Seen { path: "embeddings", query, body });
        (state.rules.clone(), state.faults.pop_front())
    };
    let request = may_ask(&headers, &rules).and_then(|()| read(&headers, body, &rules));
    let response = match (request, fault) {
        (Err(refusal), _) if rules.explains => refusal.into_response(),
        (Err(refusal), _) => refusal.unexplained().into_response(),
        (Ok(request), Some(fault)) => fault.answer(|| right(&request)).await,
        (Ok(request), None) => {
            let (data, rest) = right(&request);
            listed(data, rest)
        }
    };
    marked(response)
}

/// The right answer: its vectors, and what stands beside them.
fn right(request: &Request) -> (Vec<Value>, Value) {
    let Request { model, inputs, dimensions, .. } = request;
    let data = inputs.iter().enumerate().map(|(index, text)| {
        let vector = vector(text, model.id, model.dimensions, *dimensions);
        let embedding = if request.as_base64 {
            json!(STANDARD.encode(vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>()))
        } else {
            json!(vector)
        };
        json!({ "object": "embedding", "index": index, "embedding": embedding })
    });
    let usage = json!({ "prompt_tokens": request.tokens, "total_tokens": request.tokens });
    (data.collect(), json!({ "model": model.id, "usage": usage }))
}

fn read(headers: &HeaderMap, body: Option<Value>, rules: &Rules) -> Result<Request, Refusal> {
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let Some(Value::Object(body)) = body.filter(|_| is_json) else {
        return Err(Refusal::invalid(None, None, "We could not parse the JSON body of your request."));
    };
    if let Some(unknown) = body.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        return Err(Refusal::unknown_field(unknown));
    }
    let Some(model) = body.get("model").and_then(Value::as_str) else {
        return Err(Refusal::invalid(Some("model"), None, "you must provide a model parameter"));
    };
    let known = rules.models.iter().find(|known| known.id == model);
    let model = *known.ok_or_else(|| Refusal::unknown_model(model))?;
    let as_base64 = match body.get("encoding_format") {
        None => false,
        Some(format) if format == "float" => false,
        Some(format) if format == "base64" && rules.takes_base64 => true,
        Some(format) => {
            let message = format!("Invalid value for 'encoding_format' = {format}.");
            return Err(Refusal::invalid(Some("encoding_format"), Some("invalid_value"), message));
        }
    };
    let dimensions = dimensions(body.get("dimensions"), model)?;
    let inputs = inputs(body.get("input"), rules)?;
    let tokens = inputs.iter().map(|text| rules.tokens(text)).sum();
    if tokens > rules.max_request_tokens {
        let message =
            format!("Requested {tokens} tokens, max {} tokens per request", rules.max_request_tokens);
        return Err(Refusal::new(
            400,
            "max_tokens_per_request",
            None,
            Some("max_tokens_per_request"),
            message,
        ));
    }
    Ok(Request { model, inputs, dimensions, as_base64, tokens })
}

fn dimensions(asked: Option<&Value>, model: Model) -> Result<usize, Refusal> {
    let Some(asked) = asked else { return Ok(model.dimensions) };
    let invalid = |message: String| Refusal::invalid(Some("dimensions"), None, message);
    if !model.takes_dimensions {
        return Err(invalid("This model does not support specifying dimensions.".to_owned()));
    }
    let fitting = asked.as_u64().filter(|&asked| (1..=model.dimensions as u64).contains(&asked));
    fitting
        .map(|asked| asked as usize)
        .ok_or_else(|| invalid(format!("Invalid value for 'dimensions' = {asked}.")))
}

fn inputs(input: Option<&Value>, rules: &Rules) -> Result<Vec<String>, Refusal> {
    let invalid = |message: String| Refusal::invalid(Some("input"), None, message);
    let texts: Option<Vec<String>> = match input {
        Some(Value::String(text)) => Some(vec![text.clone()]),
        Some(Value::Array(texts)) => texts.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    // Lists of tokens are allowed too. Nobody here sends them.
    let texts = texts.ok_or_else(|| invalid("'$.input' is invalid.".to_owned()))?;
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err(invalid("'$.input' is invalid.".to_owned()));
    }
    if texts.len() > rules.max_inputs {
        return Err(invalid(format!("'input' array must be at most {} items", rules.max_inputs)));
    }
    let (most, max) = (texts.iter().map(|text| rules.tokens(text)).max(), rules.max_input_tokens);
    if let Some(tokens) = most.filter(|&tokens| tokens > max) {
        return Err(Refusal::too_long(None, max, tokens));
    }
    let refused = rules.refused_text.as_ref();
    if let Some(text) = texts.iter().find(|text| refused.is_some_and(|refused| text.contains(refused))) {
        return Err(invalid(format!("'$.input' is invalid: {text}")));
    }
    Ok(texts)
}
