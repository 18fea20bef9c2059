//! What the token and revocation endpoints answer (RFC 6749 and RFC 7009).

use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use super::error::Useless;
use super::http::{self, Answer};
use super::{OidcError, Refusal};

/// What a code is worth.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Exchanges a code.
pub(super) async fn tokens(endpoint: &Url, form: &[(&str, &str)]) -> Result<Tokens, OidcError> {
    let answer = http::post(endpoint, form).await?;
    if answer.status != StatusCode::OK {
        return Err(failure(&answer));
    }
    Ok(answer.json()?)
}

/// Revokes a token.
pub(super) async fn revoke(endpoint: &Url, form: &[(&str, &str)]) -> Result<(), OidcError> {
    let answer = http::post(endpoint, form).await?;
    let not_good_any_more = || matches!(code(&answer).as_deref(), Some("invalid_grant" | "invalid_token"));
    if answer.status.is_success() || (answer.status == StatusCode::BAD_REQUEST && not_good_any_more()) {
        return Ok(());
    }
    Err(failure(&answer))
}

/// Whose fault a refusal is. What the provider says besides its code is left out: it could quote what was sent.
fn failure(answer: &Answer) -> OidcError {
    let refused =
        matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let code = code(answer).filter(|_| refused);
    match code.as_deref() {
        Some("invalid_grant") => OidcError::Refused(Refusal::Code),
        Some("invalid_client") => OidcError::Misconfigured("invalid_client"),
        Some("redirect_uri_mismatch") => OidcError::Misconfigured("redirect_uri_mismatch"),
        Some("unauthorized_client") => OidcError::Misconfigured("unauthorized_client"),
        Some("invalid_request") => OidcError::Misconfigured("invalid_request"),
        Some("invalid_scope") => OidcError::Misconfigured("invalid_scope"),
        Some("unsupported_grant_type") => OidcError::Misconfigured("unsupported_grant_type"),
        _ => Useless::Status(answer.status.as_u16()).into(),
    }
}

fn code(answer: &Answer) -> Option<String> {
    answer.json::<Failure>().ok().map(|failure| failure.error)
}
