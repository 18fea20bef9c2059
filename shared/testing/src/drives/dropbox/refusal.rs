//! The vendor's errors: tags in JSON, or a plain sentence where the call itself is wrong.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A call that is refused.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// 400: what was asked for makes no sense.
    Text(String),
    /// 401
    Token(Value),
    /// 409: what belongs to a route, in tags.
    Route(Value),
    /// 416
    Range,
    /// 429: with a wait, in JSON; without, in words.
    TooMany { reason: &'static str, wait: Option<u64> },
    /// 503
    Unavailable,
}

impl Refusal {
    pub(super) fn text(route: &str, why: impl std::fmt::Display) -> Self {
        Self::Text(format!("Error in call to API function \"{route}\": {why}"))
    }

    pub(super) fn token(tag: &str) -> Self {
        Self::Token(json!({ ".tag": tag }))
    }

    pub(super) fn scope(required: &str) -> Self {
        Self::Token(json!({ ".tag": "missing_scope", "required_scope": required }))
    }

    /// An error of a route by its tags, from the outermost on.
    pub(super) fn tags(tags: &[&str]) -> Self {
        Self::Route(union(tags))
    }

    pub(super) fn answer(self) -> Response {
        match self {
            Self::Text(text) => (StatusCode::BAD_REQUEST, text).into_response(),
            Self::Token(error) => told(StatusCode::UNAUTHORIZED, &error),
            Self::Route(error) => told(StatusCode::CONFLICT, &error),
            Self::Range => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "Requested range not satisfiable").into_response()
            }
            Self::TooMany { reason, wait: None } => (StatusCode::TOO_MANY_REQUESTS, reason).into_response(),
            Self::TooMany { reason, wait: Some(wait) } => {
                let error = json!({ "reason": { ".tag": reason }, "retry_after": wait });
                let body = json!({ "error_summary": format!("{reason}/.."), "error": error });
                let headers = [("retry-after", wait.to_string())];
                (StatusCode::TOO_MANY_REQUESTS, headers, Json(body)).into_response()
            }
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        }
    }
}

/// Tags within tags: each is the value of the one before.
pub(super) fn union(tags: &[&str]) -> Value {
    match tags {
        [] => json!({}),
        [tag] => json!({ ".tag": tag }),
        [tag, rest @ ..] => json!({ ".tag": tag, *tag: union(rest) }),
    }
}

fn told(status: StatusCode, error: &Value) -> Response {
    let mut summary = String::new();
    let mut at = error;
    while let Some(tag) = at[".tag"].as_str() {
        summary.push_str(tag);
        summary.push('/');
        at = if at[tag].is_object() { &at[tag] } else { &at["reason"] };
    }
    (status, Json(json!({ "error_summary": format!("{summary}.."), "error": error }))).into_response()
}
