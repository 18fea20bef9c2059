//! Why a call did not succeed, by what is to be done about it.

use std::fmt;

use serde::Deserialize;

use super::codes::class_of;

/// A call that did not succeed. Holds nothing of what was sent or answered but the code and the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphError {
    /// What is to be done about it.
    pub class: ErrorClass,
    /// Meta's code, if there is one.
    pub code: Option<i64>,
    /// The status of the answer, if there is one.
    pub status: Option<u16>,
}

/// What is to be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The token is wrong or too old: it has to be renewed.
    Token,
    /// The token is not for this.
    Permission,
    /// Too much is asked: wait, longer each time.
    Throttled,
    /// Too much is sent to one person: wait some seconds.
    PairRate,
    /// Something is wrong with the account or the number, until somebody does something about it.
    Account,
    /// Meta failed. Nothing has happened; it may work later.
    Transient,
    /// The person has not written for a day: only templates are taken.
    WindowClosed,
    /// It cannot be brought to this person.
    Undeliverable,
    /// What was asked for is wrong, and would be again.
    Request,
    /// There is no such thing, or not any more.
    NotFound,
    /// It is larger than it may be.
    TooLarge,
    /// Nobody could be reached: nothing was sent.
    Unreachable,
    /// It was sent, and no whole answer came: it may have happened.
    Uncertain,
}

/// `{"error": {…}}`
#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    code: i64,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
}

/// Beside code 100: what the address names is not there, or not for this token.
const NO_SUCH_OBJECT: i64 = 33;

impl GraphError {
    /// What is asked for cannot be asked.
    pub(super) const UNFIT: Self = Self::new(ErrorClass::Request, None);
    pub(super) const UNREACHABLE: Self = Self::new(ErrorClass::Unreachable, None);
    pub(super) const UNCERTAIN: Self = Self::new(ErrorClass::Uncertain, None);
    pub(super) const TOO_LARGE: Self = Self::new(ErrorClass::TooLarge, None);

    /// An error of this class, with Meta's code if there is one.
    pub const fn new(class: ErrorClass, code: Option<i64>) -> Self {
        Self { class, code, status: None }
    }

    /// What an answer without success means.
    pub(super) fn of(status: u16, body: &[u8]) -> Self {
        let said = Self::said(status, body);
        said.unwrap_or(Self { class: by_status(status, false), code: None, status: Some(status) })
    }

    /// What an answer says of an error, if it is Meta's.
    pub(super) fn said(status: u16, body: &[u8]) -> Option<Self> {
        let Details { code, error_subcode, is_transient } = serde_json::from_slice::<Body>(body).ok()?.error;
        let class = match (class_of(code), code, error_subcode) {
            (_, 100, Some(NO_SUCH_OBJECT)) => ErrorClass::NotFound,
            (Some(class), ..) => class,
            _ if is_transient => ErrorClass::Transient,
            _ => by_status(status, true),
        };
        Some(Self { class, code: Some(code), status: Some(status) })
    }
}

/// What a status means by itself. A server that fails without a word of Meta's may have done what was asked before.
fn by_status(status: u16, is_explained: bool) -> ErrorClass {
    match status {
        401 => ErrorClass::Token,
        403 => ErrorClass::Permission,
        404 | 410 => ErrorClass::NotFound,
        413 => ErrorClass::TooLarge,
        429 => ErrorClass::Throttled,
        500.. if is_explained => ErrorClass::Transient,
        408 | 500.. | ..300 => ErrorClass::Uncertain,
        _ => ErrorClass::Request,
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.class, self.code, self.status) {
            (_, Some(code), _) => write!(f, "Graph refused ({code})"),
            (ErrorClass::Unreachable, ..) => f.write_str("Graph could not be reached"),
            (ErrorClass::Uncertain, ..) => f.write_str("Graph did not answer"),
            (ErrorClass::TooLarge, _, None) => f.write_str("it is larger than it may be"),
            (.., Some(status)) => write!(f, "Graph refused (status {status})"),
            _ => f.write_str("Graph was not asked: it would refuse"),
        }
    }
}

impl std::error::Error for GraphError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(status: u16, body: &str) -> ErrorClass {
        GraphError::of(status, body.as_bytes()).class
    }

    #[test]
    fn codes_decide_and_unknown_ones_leave_it_to_the_status() {
        let with = |code: i64| format!(r#"{{"error":{{"message":"m","code":{code},"fbtrace_id":"A1"}}}}"#);
        assert_eq!(class(400, &with(131_056)), ErrorClass::PairRate);
        assert_eq!(class(500, &with(131_000)), ErrorClass::Transient);
        for (status, meant) in [
            (400, ErrorClass::Request),
            (401, ErrorClass::Token),
            (403, ErrorClass::Permission),
            (404, ErrorClass::NotFound),
            (413, ErrorClass::TooLarge),
            (429, ErrorClass::Throttled),
            (500, ErrorClass::Transient),
        ] {
            assert_eq!(class(status, &with(987_654)), meant, "{status}");
        }
        assert_eq!(class(400, r#"{"error":{"code":987654,"is_transient":true}}"#), ErrorClass::Transient);
        assert_eq!(class(400, r#"{"error":{"code":100,"error_subcode":33}}"#), ErrorClass::NotFound);
    }

    #[test]
    fn who_fails_without_a_word_may_have_done_it() {
        for body in ["", "<html>", "{}", r#"{"error":"text"}"#, r#"{"error":{"code":"131000"}}"#] {
            for status in [500, 502, 503, 504, 408] {
                assert_eq!(class(status, body), ErrorClass::Uncertain, "{status} {body}");
            }
            assert_eq!(class(401, body), ErrorClass::Token);
            assert_eq!(class(302, body), ErrorClass::Request);
        }
    }

    #[test]
    fn nothing_that_is_said_is_shown() {
        let body = br#"{"error":{"message":"bad token EAAG-secret","code":190,"type":"EAAG-secret"}}"#;
        let error = GraphError::of(401, body);
        assert_eq!(error.to_string(), "Graph refused (190)");
        assert!(!format!("{error:?}").contains("secret"));
        assert_eq!(GraphError::of(404, b"secret").to_string(), "Graph refused (status 404)");
        assert_eq!(GraphError::of(503, b"secret").to_string(), "Graph did not answer");
        assert_eq!(GraphError::UNREACHABLE.to_string(), "Graph could not be reached");
    }
}
