//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::ApiError;

/// The id in the path. Text that is no id names nothing, so it is answered with 404 too.
#[derive(Debug, Clone, Copy)]
pub struct PathId<Id>(pub Id);

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for PathId<Id> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<String>::from_request_parts(parts, state)
            .await
            .ok()
            .and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ApiError::not_found("item"))
    }
}
