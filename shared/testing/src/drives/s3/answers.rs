//! Answers in XML, as S3 writes them.

use axum::body::Body;
use axum::http::Response;

/// What S3 says instead of doing what it was asked.
pub(super) struct Refusal(u16, &'static str, Option<u64>);

impl Refusal {
    pub(super) const fn of(status: u16, code: &'static str) -> Self {
        Self(status, code, None)
    }

    /// The same with a wait, in seconds.
    pub(super) const fn after(status: u16, code: &'static str, wait: Option<u64>) -> Self {
        Self(status, code, wait)
    }

    pub(super) fn response(self) -> Response<Body> {
        let body = format!("<Error><Code>{}</Code><Message>played</Message></Error>", self.1);
        let mut answer = Response::builder().status(self.0).header("content-type", "application/xml");
        if let Some(wait) = self.2 {
            answer = answer.header("retry-after", wait);
        }
        answer.body(Body::from(body)).expect("a response")
    }
}

/// An answer with a document.
pub(super) fn document(root: &str, inside: &str) -> Response<Body> {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{root}>{inside}</{root}>");
    let answer = Response::builder().header("content-type", "application/xml");
    answer.body(Body::from(body)).expect("a response")
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).expect("a response")
}

/// Text as it stands between tags.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
