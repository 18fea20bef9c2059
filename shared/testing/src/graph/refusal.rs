//! The vendor's errors.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A call that is refused. Like the vendor, it likes to quote what it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    code: i64,
    subcode: Option<i64>,
    details: String,
}

impl Refusal {
    pub(super) fn of(code: i64, details: impl Into<String>) -> Self {
        Self { code, subcode: None, details: details.into() }
    }

    /// The token is wrong, or too old.
    pub(super) fn token(details: impl Into<String>) -> Self {
        Self::of(190, details)
    }

    /// A field that does not belong there, or a call that makes no sense.
    pub(super) fn invalid(details: impl Into<String>) -> Self {
        Self::of(100, details)
    }

    /// What is needed is not there.
    pub(super) fn missing(name: &str) -> Self {
        Self::of(131_008, format!("The parameter {name} is required."))
    }

    /// What is there is of the wrong kind.
    pub(super) fn value(name: &str, why: impl std::fmt::Display) -> Self {
        Self::of(131_009, format!("The parameter {name} is not valid: {why}."))
    }

    /// There is no such thing, or not for this token.
    pub(super) fn no_object(id: &str) -> Self {
        let details = format!(
            "Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
        );
        Self { subcode: Some(33), ..Self::invalid(details) }
    }

    pub(super) fn unknown_path() -> Self {
        Self::of(2500, "Unknown path components")
    }

    pub(super) fn answer(self) -> Response {
        self.into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { code, subcode, details } = self;
        let mut error = json!({
            "message": format!("(#{code}) {details}"), "type": "OAuthException", "code": code,
            "error_data": { "messaging_product": "whatsapp", "details": details },
            "fbtrace_id": "A1b2C3d4E5f6G7h8I9j0",
        });
        if let Some(subcode) = subcode {
            error["error_subcode"] = json!(subcode);
        }
        (status_of(code), Json(json!({ "error": error }))).into_response()
    }
}

/// The status that a code comes with.
fn status_of(code: i64) -> StatusCode {
    match code {
        0 | 190 => StatusCode::UNAUTHORIZED,
        10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => StatusCode::FORBIDDEN,
        132_001 => StatusCode::NOT_FOUND,
        3 | 131_000 | 131_016 | 131_045 | 131_057 | 133_000 => StatusCode::INTERNAL_SERVER_ERROR,
        2 | 133_004 => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
