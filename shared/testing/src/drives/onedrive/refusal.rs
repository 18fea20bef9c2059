//! Microsoft Graph's errors.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

/// A call that is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    inner: Option<&'static str>,
    message: String,
    headers: Vec<(HeaderName, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).expect("a status");
        Self { status, code, inner: None, message: message.into(), headers: Vec::new() }
    }

    /// With the code that tells more.
    pub(super) fn inner(mut self, code: &'static str) -> Self {
        self.inner = Some(code);
        self
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalidRequest", message)
    }

    pub(super) fn name() -> Self {
        Self::invalid("The name in the provided resource name is incorrect.").inner("invalidResourceName")
    }

    pub(super) fn token(message: &str) -> Self {
        let told = "Bearer realm=\"\", error=\"invalid_token\"";
        Self::new(401, "InvalidAuthenticationToken", message).with(header::WWW_AUTHENTICATE, told)
    }

    pub(super) fn denied() -> Self {
        Self::new(403, "accessDenied", "Access denied")
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "itemNotFound", "The resource could not be found.")
    }

    pub(super) fn not_allowed() -> Self {
        Self::new(405, "notAllowed", "The HTTP method is not allowed for this resource.")
    }

    pub(super) fn exists() -> Self {
        Self::new(409, "nameAlreadyExists", "An item with the same name already exists under the parent.")
    }

    pub(super) fn changed() -> Self {
        Self::new(412, "resourceModified", "ETag does not match current item's value.")
    }

    pub(super) fn range(inner: &'static str) -> Self {
        Self::new(
            416,
            "invalidRange",
            "The uploaded fragment overlaps with data that has already been received.",
        )
        .inner(inner)
    }

    /// The cursor is too old: with where to begin anew.
    pub(super) fn resync(anew: String) -> Self {
        Self::new(410, "resyncRequired", "Resync required. Replace local items with the server's version.")
            .inner("resyncChangesApplyDifferences")
            .with(header::LOCATION, anew)
    }

    pub(super) fn throttled(seconds: Option<u64>) -> Self {
        let refusal = Self::new(429, "activityLimitReached", "The app or user has been throttled.");
        let refusal = refusal.inner("throttledRequest");
        match seconds {
            Some(seconds) => refusal.with(header::RETRY_AFTER, seconds.to_string()),
            None => refusal,
        }
    }

    pub(super) fn unavailable() -> Self {
        Self::new(503, "serviceNotAvailable", "The service is temporarily unavailable.")
    }

    pub(super) fn full() -> Self {
        Self::new(507, "quotaLimitReached", "Insufficient Space Available")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let id = Uuid::new_v4();
        let mut inner = json!({
            "date": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": id, "client-request-id": id,
        });
        if let Some(code) = self.inner {
            inner["code"] = json!(code);
        }
        let error = json!({ "code": self.code, "message": self.message, "innerError": inner });
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        for (name, value) in self.headers {
            response.headers_mut().insert(name, HeaderValue::from_str(&value).expect("a header"));
        }
        response
    }
}
