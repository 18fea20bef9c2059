//! Bodies as browsers send forms.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;

use crate::ApiError;
use crate::json::unreadable;

/// A form of type `T`. Rejects a body that is not declared as one (415), too large (413), or without a field it needs (400).
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(ApiError::no_form());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|_| {
            ApiError::malformed("MalformedForm", "The form cannot be read, or a field is missing.")
        })
    }
}
