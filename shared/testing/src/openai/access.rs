//! Who may ask, and what every answer carries.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::FakeOpenAi;
use super::refusal::Refusal;
use super::rules::{KeyHeader, Rules};

/// Refuses whoever has not the key, or sends it where it does not belong.
pub(super) fn may_ask(headers: &HeaderMap, rules: &Rules) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (authorization, api_key) = (text("authorization"), text("api-key"));
    let (sent, unexpected) = match rules.key_header {
        KeyHeader::Authorization => (authorization.strip_prefix("Bearer ").unwrap_or_default(), api_key),
        KeyHeader::ApiKey => (api_key, authorization),
        KeyHeader::None => (FakeOpenAi::KEY, if api_key.is_empty() { authorization } else { api_key }),
    };
    let is_known = sent == FakeOpenAi::KEY || rules.further_keys.iter().any(|key| key == sent);
    if is_known && unexpected.is_empty() { Ok(()) } else { Err(Refusal::wrong_key(sent)) }
}

/// The answer with the headers that all have.
pub(super) fn marked(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-request-id", HeaderValue::from_static("req_0123456789abcdef"));
    headers.insert("openai-version", HeaderValue::from_static("2020-10-01"));
    headers.insert("openai-processing-ms", HeaderValue::from_static("1"));
    response
}
