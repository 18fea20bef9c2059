//! The vendor's errors.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A call that is refused. Like the vendor, it likes to quote what it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) reason: &'static str,
    message: String,
    /// What of the request is wrong: whether a parameter or a header, and its name.
    location: Option<(&'static str, String)>,
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    pub(super) fn of(status: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { status, reason, message: message.into(), location: None, retry_after_seconds: None }
    }

    /// What is asked for makes no sense.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::of(400, "badRequest", message)
    }

    /// The value of a parameter is wrong.
    pub(super) fn parameter(name: &str, message: impl Into<String>) -> Self {
        let location = Some(("parameter", name.to_owned()));
        Self { location, ..Self::of(400, "invalidParameter", message) }
    }

    /// The value of a parameter cannot be read at all.
    pub(super) fn invalid(name: &str) -> Self {
        Self { location: Some(("parameter", name.to_owned())), ..Self::of(400, "invalid", "Invalid Value") }
    }

    /// There is no such file, or the app may not see it.
    pub(super) fn no_file(id: &str) -> Self {
        let location = Some(("parameter", "fileId".to_owned()));
        Self { location, ..Self::of(404, "notFound", format!("File not found: {id}.")) }
    }

    /// The token is wrong, or too old.
    pub(super) fn token() -> Self {
        let location = Some(("header", "Authorization".to_owned()));
        Self { location, ..Self::of(401, "authError", "Invalid Credentials") }
    }

    /// There is no token.
    pub(super) fn no_token() -> Self {
        let location = Some(("header", "Authorization".to_owned()));
        Self { location, ..Self::of(401, "required", "Login Required.") }
    }

    /// The token is not for this.
    pub(super) fn scope() -> Self {
        Self::of(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    }

    /// There is no room.
    pub(super) fn full() -> Self {
        Self::of(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
    }

    /// Too much was asked: with a wait as a 429, without as a 403.
    pub(super) fn throttled(seconds: Option<u64>) -> Self {
        let (status, reason, message) = match seconds {
            Some(_) => (429, "rateLimitExceeded", "Rate Limit Exceeded"),
            None => (403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
        };
        Self { retry_after_seconds: seconds, ..Self::of(status, reason, message) }
    }

    /// The vendor fails.
    pub(super) fn unavailable() -> Self {
        Self::of(503, "backendError", "Transient failure, please try again later.")
    }

    fn domain(&self) -> &'static str {
        match self.reason {
            "userRateLimitExceeded" | "rateLimitExceeded" | "storageQuotaExceeded" => "usageLimits",
            _ => "global",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut item = json!({ "message": self.message, "domain": self.domain(), "reason": self.reason });
        if let Some((kind, name)) = &self.location {
            item["location"] = json!(name);
            item["locationType"] = json!(kind);
        }
        let mut error = json!({ "code": self.status, "message": self.message, "errors": [item] });
        if self.reason == "insufficientPermissions" {
            error["status"] = json!("PERMISSION_DENIED");
            error["details"] = json!([{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com",
            }]);
        }
        let status = StatusCode::from_u16(self.status).expect("a status of the vendor");
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == 401 {
            let realm = r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#;
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(realm));
        }
        response
    }
}
