//! The tag in a path.

use app_domain::Tag;
use app_http::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// The tag that a path names, percent-encoded: it may hold anything but control characters. Text that is no tag names nothing.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) Tag);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let tag = text.and_then(|Path(text)| Tag::parse(&text).ok());
        tag.map(Self).ok_or_else(|| ApiError::not_found("tag"))
    }
}
