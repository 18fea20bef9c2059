//! The vendor's errors.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that is not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    /// Nothing if this server explains nothing.
    error: Option<Value>,
}

impl Refusal {
    /// With one of the vendor's types and codes. Like the vendor, it likes to quote what it was sent.
    pub(super) fn new(
        status: u16,
        kind: &str,
        param: Option<&str>,
        code: Option<&str>,
        message: String,
    ) -> Self {
        let error = json!({ "message": message, "type": kind, "param": param, "code": code });
        let status = StatusCode::from_u16(status).expect("a status");
        Self { status, error: Some(error) }
    }

    pub(super) fn invalid(param: Option<&str>, code: Option<&str>, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", param, code, message.into())
    }

    pub(super) fn wrong_key(sent: &str) -> Self {
        let message = format!("Incorrect API key provided: {sent}.");
        Self::new(401, "invalid_request_error", None, Some("invalid_api_key"), message)
    }

    pub(super) fn unknown_url() -> Self {
        Self::new(404, "invalid_request_error", None, None, "Invalid URL".to_owned())
    }

    pub(super) fn wrong_method() -> Self {
        let message = "Not allowed on this URL".to_owned();
        Self::new(405, "invalid_request_error", None, Some("method_not_supported"), message)
    }

    pub(super) fn unknown_model(model: &str) -> Self {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        Self::new(404, "invalid_request_error", None, Some("model_not_found"), message)
    }

    /// A field that the vendor does not know.
    pub(super) fn unknown_field(name: &str) -> Self {
        Self::invalid(Some(name), None, format!("Unrecognized request argument supplied: {name}"))
    }

    /// More than a model reads and writes.
    pub(super) fn too_long(param: Option<&str>, max: usize, tokens: usize) -> Self {
        let message = format!("This model's maximum context length is {max} tokens, you requested {tokens}.");
        Self::invalid(param, Some("context_length_exceeded"), message)
    }

    pub(super) fn unexplained(self) -> Self {
        Self { error: None, ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.error {
            Some(error) => (self.status, Json(json!({ "error": error }))).into_response(),
            None => self.status.into_response(),
        }
    }
}
