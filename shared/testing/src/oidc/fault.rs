//! Endpoints, and how they can be made to fail.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What a client calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// The document of addresses.
    Discovery,
    /// The published keys.
    Keys,
    /// Where codes are exchanged.
    Token,
    /// Where tokens are revoked.
    Revocation,
}

/// How an endpoint fails.
#[derive(Debug, Clone)]
pub enum Fault {
    /// With this status and no more.
    Status(u16),
    /// With status 200 and this body.
    Body(String),
    /// It sends whoever calls to this address.
    Redirect(String),
    /// It never answers.
    Silence,
}

impl Fault {
    pub(super) async fn answer(self) -> Response {
        match self {
            Self::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
            Self::Body(body) => body.into_response(),
            Self::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
            Self::Silence => std::future::pending().await,
        }
    }
}
