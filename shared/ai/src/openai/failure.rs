//! Why a request did not succeed, by what is to be done about it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::ModelError;

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("a request to a model failed")]
pub(super) enum Failure {
    /// Trying again may help.
    Passing {
        reason: Reason,
        /// How long the server wants to be left alone.
        after: Option<Duration>,
    },
    /// Something in what was sent is refused, and would be again.
    Input(Reason),
    /// It was not even sent, because it would be refused.
    Unfit(&'static str),
    /// Whatever is sent is refused, until somebody changes the key, the account or the settings.
    Setup(Reason),
    /// The answer makes no sense.
    Corrupt(&'static str),
}

/// What a server said, in words of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Status(u16, Option<&'static str>),
    Unreachable,
    TimedOut,
    CutOff,
}

/// Codes and types of errors that may be repeated. A server could write anything there, a key among it.
const KNOWN: &[&str] = &[
    "billing_hard_limit_reached",
    "context_length_exceeded",
    "credit_balance_exhausted",
    "insufficient_quota",
    "invalid_api_key",
    "invalid_organization",
    "invalid_request_error",
    "invalid_value",
    "model_not_found",
    "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "project_spend_limit_exceeded",
    "rate_limit_error",
    "rate_limit_exceeded",
    "server_error",
    "server_is_overloaded",
    "service_unavailable_error",
    "slow_down",
    "unsupported_country_region_territory",
];

/// Those that no waiting helps against, although they come with a status that says otherwise.
const OUT_OF_FUNDS: &[&str] = &[
    "billing_hard_limit_reached",
    "credit_balance_exhausted",
    "insufficient_quota",
    "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "project_spend_limit_exceeded",
];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: Details,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    // Servers that are only compatible put numbers and other things there.
    code: Value,
    #[serde(rename = "type")]
    kind: Value,
    param: Value,
}

impl Failure {
    /// The answer ended before its end.
    pub(super) const CUT_OFF: Self = Self::Passing { reason: Reason::CutOff, after: None };
    /// Nothing came in time.
    pub(super) const TIMED_OUT: Self = Self::Passing { reason: Reason::TimedOut, after: None };

    /// The answer is longer than any that makes sense.
    pub(super) const TOO_MUCH: Self = Self::Corrupt("it is far too long");

    /// What an answer without success means.
    pub(super) fn of(status: u16, body: &[u8], after: Option<Duration>) -> Self {
        serde_json::from_slice::<Body>(body).unwrap_or_default().error.failure(status, after)
    }

    /// What an error means that stands in an answer which began with success.
    pub(super) fn within(error: Value) -> Self {
        let details: Details = serde_json::from_value(error).unwrap_or_default();
        let number = details.code.as_u64().filter(|code| (400..600).contains(code));
        let status = match (number, details.known()) {
            (Some(status), _) => status as u16,
            (None, Some(code)) if OUT_OF_FUNDS.contains(&code) => 429,
            (None, Some("rate_limit_error" | "rate_limit_exceeded" | "slow_down")) => 429,
            (None, Some("context_length_exceeded" | "invalid_request_error" | "invalid_value")) => 400,
            (None, Some("invalid_api_key" | "invalid_organization")) => 401,
            (None, Some("unsupported_country_region_territory")) => 403,
            (None, Some("model_not_found")) => 404,
            _ => 500,
        };
        details.failure(status, None)
    }

    /// As the port says it.
    pub(super) fn to_error(&self) -> ModelError {
        match self {
            Self::Passing { reason: Reason::Status(429, _), .. } => ModelError::Throttled,
            Self::Passing { reason, .. } => ModelError::Unavailable(reason.to_string()),
            // It may work again without the text being any different.
            Self::Setup(reason) => ModelError::Unavailable(format!("it refuses every request, {reason}")),
            Self::Input(reason) => ModelError::Rejected(reason.to_string()),
            Self::Unfit(why) => ModelError::Rejected((*why).to_owned()),
            Self::Corrupt(what) => ModelError::Corrupt((*what).to_owned()),
        }
    }

    /// The same where whoever asked can ask for less.
    pub(super) fn to_error_or_too_long(&self) -> ModelError {
        match self {
            Self::Input(Reason::Status(413, _) | Reason::Status(_, Some("context_length_exceeded"))) => {
                ModelError::TooLong
            }
            _ => self.to_error(),
        }
    }
}

impl Details {
    /// Its code or else its type, if that may be repeated.
    fn known(&self) -> Option<&'static str> {
        let known = |value: &Value| KNOWN.iter().find(|known| value.as_str() == Some(known)).copied();
        known(&self.code).or_else(|| known(&self.kind))
    }

    fn failure(&self, status: u16, after: Option<Duration>) -> Failure {
        let reason = Reason::Status(status, self.known());
        let is_out_of_funds = [&self.code, &self.kind]
            .iter()
            .any(|value| value.as_str().is_some_and(|text| OUT_OF_FUNDS.contains(&text)));
        match status {
            429 if is_out_of_funds => Failure::Setup(reason),
            408 | 409 | 429 | 500..=599 => Failure::Passing { reason, after },
            // These fields are the same in every request.
            400 | 422 if matches!(self.param.as_str(), Some("model" | "dimensions")) => {
                Failure::Setup(reason)
            }
            400 | 413 | 422 => Failure::Input(reason),
            _ => Failure::Setup(reason),
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status, None) => write!(f, "status {status}"),
            Self::Status(status, Some(code)) => write!(f, "status {status}, {code}"),
            Self::Unreachable => f.write_str("it could not be reached"),
            Self::TimedOut => f.write_str("it took too long"),
            Self::CutOff => f.write_str("the answer was cut off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, body: &str) -> Failure {
        Failure::of(status, body.as_bytes(), None)
    }

    #[test]
    fn what_is_to_be_done_follows_from_status_and_code() {
        let quota = r#"{"error":{"type":"insufficient_quota","code":"credit_balance_exhausted"}}"#;
        let rate = r#"{"error":{"type":"requests","code":"rate_limit_exceeded"}}"#;
        assert!(matches!(failure(429, rate), Failure::Passing { .. }));
        assert!(matches!(failure(429, ""), Failure::Passing { .. }));
        assert!(matches!(failure(429, quota), Failure::Setup(_)));
        for status in [408, 409, 500, 502, 503, 504, 529] {
            assert!(matches!(failure(status, "<html>"), Failure::Passing { .. }), "{status}");
        }
        for status in [301, 401, 403, 404, 405, 418] {
            assert!(matches!(failure(status, "{}"), Failure::Setup(_)), "{status}");
        }
        for status in [400, 413, 422] {
            assert!(matches!(failure(status, r#"{"error":"text"}"#), Failure::Input(_)), "{status}");
        }
        let field = r#"{"error":{"param":"dimensions","code":null}}"#;
        assert!(matches!(failure(400, field), Failure::Setup(_)));
        assert!(matches!(failure(400, r#"{"error":{"code":400,"param":7}}"#), Failure::Input(_)));
    }

    #[test]
    fn what_a_server_says_is_repeated_only_if_it_is_known() {
        let body = r#"{"error":{"message":"bad key sk-secret","type":"sk-secret","code":"sk-secret","param":"sk-secret"}}"#;
        for status in [400, 401, 429, 500] {
            let failure = failure(status, body);
            assert!(!format!("{failure:?} {:?}", failure.to_error()).contains("secret"));
        }
        let known = failure(400, r#"{"error":{"code":"context_length_exceeded"}}"#).to_error();
        assert_eq!(known, ModelError::Rejected("status 400, context_length_exceeded".to_owned()));
    }

    #[test]
    fn an_error_inside_an_answer_means_what_it_means_outside() {
        let within =
            |error: &str| Failure::within(serde_json::from_str(error).unwrap()).to_error_or_too_long();
        let unavailable = |why: &str| ModelError::Unavailable(why.to_owned());
        let quota = unavailable("it refuses every request, status 429, insufficient_quota");
        for (error, meant) in [
            (r#"{"type":"server_error","code":null}"#, unavailable("status 500, server_error")),
            (r#"{"code":"rate_limit_exceeded"}"#, ModelError::Throttled),
            (r#"{"code":429,"type":"TooMany"}"#, ModelError::Throttled),
            (r#"{"type":"insufficient_quota"}"#, quota),
            (r#"{"type":"invalid_request_error","code":"context_length_exceeded"}"#, ModelError::TooLong),
            (r#"{"code":7,"message":"sk-secret"}"#, unavailable("status 500")),
            (r#""sk-secret""#, unavailable("status 500")),
        ] {
            assert_eq!(within(error), meant, "{error}");
        }
    }
}
