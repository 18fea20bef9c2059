//! Forms as token endpoints take them, and the errors with which they refuse them (RFC 6749, section 5.2).

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The fields of a form, each given once.
pub(crate) struct Form(HashMap<String, String>);

/// An OAuth error.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

impl Refused {
    /// Status 400.
    pub(crate) fn new(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        (self.status, Json(body)).into_response()
    }
}

impl Form {
    /// Reads a body that is declared as a form and has no field twice.
    pub(crate) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, Refused> {
        let malformed = |description| Refused::new("invalid_request", description);
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(malformed("The body is not declared as a form."));
        }
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(body).into_owned() {
            if fields.insert(name, value).is_some() {
                return Err(malformed("A parameter is given twice."));
            }
        }
        Ok(Self(fields))
    }

    /// A field that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refused> {
        self.optional(name).ok_or(Refused::new("invalid_request", "A required parameter is missing."))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}
