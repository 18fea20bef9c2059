//! `GET /auth/jwks.json`.

use app_http::{ApiError, ApiErrors, KeySource};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// The public keys that access tokens are checked with: a JWK set in JSON.
#[derive(Clone)]
pub struct PublishedKeys(pub KeySource);

/// The public keys that access tokens are checked with (RFC 7517).
#[utoipa::path(
    get, operation_id = "readPublicKeys", path = "/auth/jwks.json", tag = "auth",
    responses((status = 200, description = "A JWK set.", body = BTreeMap<String, Vec<BTreeMap<String, String>>>), ApiErrors),
)]
pub(crate) async fn jwks(
    State(PublishedKeys(keys)): State<PublishedKeys>,
) -> Result<impl IntoResponse, ApiError> {
    let keys = keys.read().await.map_err(ApiError::unavailable)?;
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, keys))
}
