//! Versions in headers: `ETag` on what is read, `If-Match` on what is changed (RFC 9110, sections 8.8.3 and 13.1.1).

use app_domain::Version;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, HeaderName, IF_MATCH};
use axum::http::request::Parts;

use crate::ApiError;

/// The header that names a version, for a response.
pub fn etag(version: Version) -> [(HeaderName, String); 1] {
    [(ETAG, format!("\"{}\"", version.get()))]
}

/// The version that a change is meant for: `None` without `If-Match`, or with `*`, which any version fulfils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<Version>);

impl IfMatch {
    /// # Errors
    /// 412 if another version is meant.
    pub fn check(self, version: Version) -> Result<(), ApiError> {
        match self.0 {
            Some(wanted) if wanted != version => Err(ApiError::stale()),
            _ => Ok(()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        match value.to_str().map(str::trim) {
            Ok("*") => Ok(Self(None)),
            Ok(text) => version_in(text).map(|version| Self(Some(version))),
            Err(_) => version_in("").map(|version| Self(Some(version))),
        }
    }
}

fn version_in(text: &str) -> Result<Version, ApiError> {
    let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    let version = digits.parse::<u64>().map_err(|_| {
        ApiError::malformed(
            "MalformedIfMatch",
            "If-Match must hold one ETag as it was given, such as \"3\", or *.",
        )
    })?;
    Ok(Version::from(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let [(_, written)] = etag(Version::from(42));
        assert_eq!(version_in(&written).unwrap(), Version::from(42));
    }

    #[test]
    fn refuses_other_forms() {
        for text in ["3", "\"\"", "W/\"3\"", "\"3\", \"4\"", "\"-1\"", "\"99999999999999999999\""] {
            assert!(version_in(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_newer_version_is_stale() {
        assert!(IfMatch(Some(Version::from(1))).check(Version::from(2)).is_err());
        assert!(IfMatch(None).check(Version::from(2)).is_ok());
    }
}
