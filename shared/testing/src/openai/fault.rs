//! How a request can fail that nothing is wrong with.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// How a good request fails.
#[derive(Debug, Clone)]
pub enum Fault {
    /// With status 429 and this header, if any.
    RateLimit(Option<(&'static str, String)>),
    /// With status 429, and no hope of better.
    NoFunds,
    /// With this status and the vendor's words for it.
    Status(u16),
    /// With this status, and a page that no program reads.
    Page(u16),
    /// With status 200 and this body.
    Body(String),
    /// With a redirect to this address.
    Redirect(String),
    /// The right answer, so much later.
    Late(Duration),
    /// There never is an answer.
    Silence,
    /// The answer ends in the middle.
    Truncated,
    /// The vectors are changed like this. Other answers are not.
    Changed(fn(&mut Vec<Value>)),
}

impl Fault {
    /// The vectors come the other way round. That is allowed.
    pub const BACKWARDS: Self = Self::Changed(|data| data.reverse());

    /// The last vector is missing.
    pub const MISSING: Self = Self::Changed(|data| drop(data.pop()));

    /// The first vector comes twice.
    pub const REPEATED: Self = Self::Changed(|data| data.push(data[0].clone()));

    /// The first vector belongs to a text that was not there.
    pub const WRONG_INDEX: Self = Self::Changed(|data| data[0]["index"] = json!(data.len()));

    /// The first vector has one number.
    pub const WRONG_DIMENSION: Self = Self::Changed(|data| data[0]["embedding"] = json!([1.0]));

    /// The first vector holds what is not a number, or none of 32 bits.
    pub const NOT_A_NUMBER: Self = Self::Changed(|data| match &mut data[0]["embedding"] {
        // The base64 of three NaN stands where that of the first three numbers was.
        Value::String(base64) => base64.replace_range(..16, "AADAfwAAwH8AAMB/"),
        numbers => numbers[0] = json!(1e39),
    });

    /// The first vector points nowhere.
    pub const NO_DIRECTION: Self = Self::Changed(|data| match &mut data[0]["embedding"] {
        Value::String(base64) => *base64 = base64.chars().map(|c| if c == '=' { c } else { 'A' }).collect(),
        numbers => numbers.as_array_mut().into_iter().flatten().for_each(|number| *number = json!(0)),
    });

    /// What is answered whatever the right answer is. What is left of the fault if it is about that answer.
    pub(super) async fn instead(self) -> Result<Response, Self> {
        Ok(match self {
            Self::RateLimit(header) => {
                let message = "Rate limit reached for requests".to_owned();
                let mut refusal =
                    Refusal::new(429, "requests", None, Some("rate_limit_exceeded"), message).into_response();
                if let Some((name, value)) = header {
                    let value = HeaderValue::from_str(&value).expect("a header");
                    refusal.headers_mut().insert(name, value);
                }
                refusal
            }
            Self::NoFunds => {
                let (kind, message) = ("insufficient_quota", "You exceeded your current quota".to_owned());
                Refusal::new(429, kind, None, Some(kind), message).into_response()
            }
            Self::Status(status) => {
                let (kind, code) = match status {
                    503 => ("service_unavailable_error", Some("server_is_overloaded")),
                    500.. => ("server_error", None),
                    _ => ("invalid_request_error", None),
                };
                Refusal::new(status, kind, None, code, "It did not work".to_owned()).into_response()
            }
            Self::Page(status) => {
                let status = StatusCode::from_u16(status).expect("a status");
                (status, "<html>Bad gateway</html>").into_response()
            }
            Self::Body(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Self::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
            Self::Late(by) => {
                tokio::time::sleep(by).await;
                return Err(Self::Late(Duration::ZERO));
            }
            Self::Silence => std::future::pending().await,
            Self::Truncated | Self::Changed(_) => return Err(self),
        })
    }

    /// What is answered in place of these vectors and what stands beside them.
    pub(super) async fn answer(self, right: impl FnOnce() -> (Vec<Value>, Value)) -> Response {
        match self.instead().await {
            Ok(response) => response,
            Err(Self::Truncated) => {
                let (data, rest) = right();
                truncated(&body(data, rest))
            }
            Err(Self::Changed(change)) => {
                let (mut data, rest) = right();
                change(&mut data);
                listed(data, rest)
            }
            Err(_) => {
                let (data, rest) = right();
                listed(data, rest)
            }
        }
    }
}

/// The first half of an answer, and then the connection is gone.
pub(super) fn truncated(answer: &Value) -> Response {
    let whole = answer.to_string();
    let half = Ok(whole[..whole.floor_char_boundary(whole.len() / 2)].to_owned());
    let parts = [half, Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    let parts = stream::iter(parts).then(async |part| {
        // So that what was sent before is on its way.
        tokio::task::yield_now().await;
        part
    });
    let body = Body::from_stream(parts);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The answer as the vendor sends it.
pub(super) fn listed(data: Vec<Value>, rest: Value) -> Response {
    axum::Json(body(data, rest)).into_response()
}

fn body(data: Vec<Value>, mut rest: Value) -> Value {
    rest["object"] = json!("list");
    rest["data"] = json!(data);
    rest
}
