//! Earlier versions of a memory: what it was before each change, the latest forty.

mod list;
mod read;
mod restore;

use app_domain::{MemoryId, Version};
use app_http::{ApiError, Routes, routes};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::App;

pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(list::list)).routes(routes!(read::read)).routes(routes!(restore::restore))
}

/// Which version of which memory. What cannot be one is not found.
#[derive(Debug)]
pub(crate) struct PathVersion {
    pub(crate) id: MemoryId,
    pub(crate) version: Version,
}

impl<S: Send + Sync> FromRequestParts<S> for PathVersion {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path.ok().and_then(|Path((id, version))| {
            let (id, version) = (id.parse().ok()?, version.parse::<u64>().ok()?);
            Some(Self { id, version: version.into() })
        });
        named.ok_or_else(|| ApiError::not_found("version"))
    }
}
