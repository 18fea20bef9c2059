//! The one error that handlers return. What the client sees and what is logged are separate fields.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{NoRandomness, StoreError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limiter::Standing;

type Source = Box<dyn Error + Send + Sync>;

/// A failure of a request: status, machine-readable type, words for the client, and the cause for the log.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    kind: &'static str,
    message: Cow<'static, str>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    standing: Option<Box<Standing>>,
    source: Option<Source>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let (message, fields) = (message.into(), Vec::new());
        Self { status, kind, message, fields, retry_after: None, standing: None, source: None }
    }

    /// 400: the request cannot be read at all.
    pub fn malformed(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    /// 401: who calls is not proved.
    pub fn unauthenticated(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, kind, message)
    }

    /// 403: the caller is known but lacks a permission.
    pub fn forbidden(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, kind, message)
    }

    /// 404: no such thing, or not the caller's. `what` begins the sentence: "memory", "export".
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("There is no such {what}."))
    }

    /// 409: it contradicts what is there.
    pub fn conflict(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, kind, message)
    }

    /// 412: `If-Match` names an older version.
    pub fn stale() -> Self {
        let message =
            "It has changed since the version named in If-Match: read it again and repeat the change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "VersionMismatch", message)
    }

    /// 413: the body is larger than `max_bytes`.
    pub fn too_large(max_bytes: usize) -> Self {
        let message = format!("The body must be at most {} KiB.", max_bytes / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
    }

    /// 413: what the body is about is larger than the caller may have it.
    pub fn oversized(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, kind, message)
    }

    /// 415: the body is not of a type that can be read.
    pub fn unsupported_media_type() -> Self {
        let message = "Send the body as application/json, with that Content-Type.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 415: the body is no form.
    pub(crate) fn no_form() -> Self {
        let message = "Send the body as application/x-www-form-urlencoded, with that Content-Type.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 422: it can be read, and breaks rules, named field by field.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let error =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "ValidationFailed", "Some fields are not valid.");
        Self { fields, ..error }
    }

    /// 422: it can be read and every field is valid, but not what it asks for.
    pub fn unprocessable(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, kind, message)
    }

    /// 429: one request too many in this window.
    pub(crate) fn rate_limited(standing: Standing) -> Self {
        let wait = standing.reset();
        let message = format!("Too many requests. Try again in {} seconds.", wait.as_secs());
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "RateLimited", message);
        Self { retry_after: Some(wait), standing: Some(Box::new(standing)), ..error }
    }

    /// 429: so many attempts to sign in have failed that the next is looked at after `wait`.
    pub fn too_many_failures(wait: Duration) -> Self {
        let message = format!(
            "Too many attempts have failed. Try again in {} seconds, or reset your password.",
            wait.as_secs().max(1)
        );
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyAttempts", message);
        Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..error }
    }

    /// 429: an API key has used up its month.
    pub(crate) fn quota_used_up(wait: Duration) -> Self {
        let message = "This API key has used up its requests of this month.";
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "QuotaExceeded", message);
        Self { retry_after: Some(wait), ..error }
    }

    /// 429: the models of others are used up for the day.
    pub fn budget_used_up(wait: Duration) -> Self {
        let message =
            "You have used up what models of others can do for you today. The built-in model still answers.";
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "AiBudgetExceeded", message);
        Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..error }
    }

    /// 503: the model does not answer, or not in time.
    pub fn model_unavailable() -> Self {
        let message =
            "Memo cannot answer right now. Your question is kept: ask for another answer in a moment.";
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "ModelUnavailable", message);
        Self { retry_after: Some(Duration::from_secs(2)), ..error }
    }

    /// 503: the model has too much to do.
    pub fn model_throttled() -> Self {
        let message =
            "Memo has too much to do right now. Your question is kept: ask for another answer in a while.";
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "ModelThrottled", message);
        Self { retry_after: Some(Duration::from_secs(20)), ..error }
    }

    /// 503: something behind us does not answer; trying again is right.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        let message = "The service is busy. Try again in a moment.";
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", message);
        Self { retry_after: Some(Duration::from_secs(1)), source: Some(source.into()), ..error }
    }

    /// 500: a bug.
    pub fn internal(source: impl Into<Source>) -> Self {
        let message = "Something went wrong on our side.";
        let error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message);
        Self { source: Some(source.into()), ..error }
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "This path does not answer that method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path.")
    }

    /// The status that the client gets.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The machine-readable type that the client gets.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The whole chain of causes, for the log.
    pub(crate) fn causes(&self) -> Option<String> {
        let mut cause: Option<&dyn Error> = self.source.as_deref().map(|source| source as _);
        let mut chain = Vec::new();
        while let Some(error) = cause {
            chain.push(error.to_string());
            cause = error.source();
        }
        (!chain.is_empty()).then(|| chain.join(": "))
    }

    pub(crate) fn body(&self, request_id: &str) -> ErrorBody {
        ErrorBody { success: false, error: self.detail(request_id) }
    }

    fn detail(&self, request_id: &str) -> ErrorDetail {
        ErrorDetail {
            code: self.status.as_u16(),
            kind: self.kind.to_owned(),
            message: self.message.clone().into_owned(),
            details: self.fields.clone(),
            request_id: request_id.to_owned(),
        }
    }

    /// The error as a part of an answer that is a success in others. Its causes are logged here: nobody else sees it.
    pub fn into_detail(self, request_id: &str) -> ErrorDetail {
        if let Some(causes) = self.causes() {
            tracing::error!(request.id = request_id, error = %self, causes, "a part of the request failed");
        }
        self.detail(request_id)
    }
}

impl From<NoRandomness> for ApiError {
    fn from(error: NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.kind)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => {
                Self::conflict("Conflict", "It was changed by someone else at the same moment. Try again.")
            }
            StoreError::Throttled(_) | StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Corrupt(_) => Self::internal(error),
        }
    }
}

/// The envelope needs the request's id, which only [`crate::service`] knows: it finds the error in the extensions,
/// writes the body and logs the causes, once.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if let Some(standing) = &self.standing {
            standing.write(response.headers_mut());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// What every failure looks like to a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Always `false`.
    success: bool,
    /// What went wrong.
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetail {
    /// The HTTP status.
    #[schema(example = 422)]
    pub code: u16,
    /// The kind of failure, stable across versions.
    #[serde(rename = "type")]
    #[schema(example = "ValidationFailed")]
    kind: String,
    /// What to tell the person.
    message: String,
    /// The fields that broke a rule, if the failure is about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<FieldError>,
    /// Quote this when asking for help.
    request_id: String,
}

/// One field that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its path in the request, such as `email` or `tags[2]`.
    #[schema(example = "email")]
    pub field: String,
    /// The rule, in words.
    #[schema(example = "must be an e-mail address such as name@example.com")]
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stay_out_of_the_body() {
        let error = ApiError::from(StoreError::Unavailable("connection to 10.0.0.1 refused".into()));
        let body = serde_json::to_string(&error.body("r-1")).unwrap();
        assert!(!body.contains("10.0.0.1"));
        assert_eq!(error.causes().unwrap(), "the store did not do its work: connection to 10.0.0.1 refused");
    }

    #[test]
    fn a_lost_race_is_a_conflict_and_a_bad_item_a_bug() {
        assert_eq!(ApiError::from(StoreError::Conflict).status(), StatusCode::CONFLICT);
        let corrupt = StoreError::Corrupt("no title".into());
        assert_eq!(ApiError::from(corrupt).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
