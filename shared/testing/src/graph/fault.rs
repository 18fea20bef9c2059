//! How a call can fail that nothing is wrong with.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::refusal::Refusal;

/// How a good call fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Not at all: a place in the row for a call that succeeds.
    Nothing,
    /// With one of Meta's codes and the status that belongs to it.
    Code(i64),
    /// With this status, and a page that no program reads.
    Page(u16),
    /// With a redirect to this address.
    Redirect(String),
    /// The connection is cut, and nothing was done.
    CutBefore,
    /// It is done, and then the connection is cut before a word of an answer.
    CutAfter,
    /// It is done, and the answer ends in the middle.
    Truncated,
    /// It is done, and answered so much later.
    Late(Duration),
    /// Nothing is done, and there never is an answer.
    Silence,
}

/// The right answer to a call.
pub(super) struct Answer {
    content_type: String,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(value: &Value) -> Self {
        Self::bytes("application/json; charset=UTF-8", value.to_string())
    }

    pub(super) fn bytes(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { content_type: content_type.to_owned(), body: body.into() }
    }

    fn sent(self) -> Response {
        ([(header::CONTENT_TYPE, self.content_type)], self.body).into_response()
    }

    /// The beginning of it, and then the connection is gone.
    fn cut_after(mut self, bytes: usize) -> Response {
        self.body.truncate(bytes);
        let parts = [Ok(self.body), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        let parts = stream::iter(parts).then(async |part| {
            // So that what was sent before is on its way.
            tokio::task::yield_now().await;
            part
        });
        ([(header::CONTENT_TYPE, self.content_type)], Body::from_stream(parts)).into_response()
    }
}

impl Fault {
    /// What is answered without doing anything, or the fault if it comes later.
    pub(super) async fn instead(self) -> Result<Response, Self> {
        Ok(match self {
            Self::Code(code) => Refusal::of(code, "It did not work").answer(),
            Self::Page(status) => page(status),
            Self::Redirect(to) => redirect(&to),
            Self::CutBefore => cut(),
            Self::Silence => std::future::pending().await,
            Self::Nothing | Self::CutAfter | Self::Truncated | Self::Late(_) => return Err(self),
        })
    }

    /// What is answered once it is done.
    pub(super) async fn after(self, answer: Answer) -> Response {
        match self {
            Self::CutAfter => cut(),
            Self::Truncated => {
                let half = answer.body.len() / 2;
                answer.cut_after(half)
            }
            Self::Late(by) => {
                tokio::time::sleep(by).await;
                answer.sent()
            }
            _ => answer.sent(),
        }
    }
}

/// No answer: the connection ends before its first byte.
fn cut() -> Response {
    let nothing: Result<Vec<u8>, io::Error> = Err(io::Error::from(io::ErrorKind::ConnectionReset));
    Response::new(Body::from_stream(stream::iter([nothing])))
}

/// A page for people.
pub(super) fn page(status: u16) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, html, "<!DOCTYPE html><title>Facebook</title><p>Sorry, something went wrong.").into_response()
}

pub(super) fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}
