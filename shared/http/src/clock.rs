//! The time of a request.

use std::convert::Infallible;

use app_domain::Timestamp;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// When the request is handled: taken once, here, and handed to every rule that depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Now(pub Timestamp);

impl<S: Sync> FromRequestParts<S> for Now {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(jiff::Timestamp::now().into()))
    }
}
