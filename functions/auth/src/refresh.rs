//! `POST /auth/refresh`.

use app_http::{ApiError, ApiErrors, BodyErrors, FieldErrors, Now, Parse, ValidJson};
use app_store::{Rotation, Sessions, Users};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Signer;
use crate::body::Tokens;
use crate::refresh_token::RefreshToken;

/// The refresh token to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    /// The newest refresh token of the session.
    refresh_token: String,
}

impl Parse for RefreshRequest {
    type Parsed = RefreshToken;

    fn parse(self) -> Result<RefreshToken, FieldErrors> {
        Ok(RefreshToken::received(self.refresh_token))
    }
}

/// Exchange a refresh token for a new pair of tokens. Each works once; using one again ends the session, because
/// somebody else may have it.
#[utoipa::path(
    post, operation_id = "refresh", path = "/auth/refresh", tag = "auth",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "The new tokens.", body = Tokens),
        (status = 401, description = "The token is unknown, expired or used, or its session has ended.", body = app_http::ErrorBody),
        (status = 409, description = "The token was exchanged by another request at the same moment.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn refresh(
    State(sessions): State<Sessions>,
    State(users): State<Users>,
    State(signer): State<Signer>,
    Now(now): Now,
    ValidJson(token): ValidJson<RefreshRequest>,
) -> Result<Json<Tokens>, ApiError> {
    let old = token.hash();
    let stored =
        sessions.token(&old).await?.filter(|stored| stored.expires_at > now).ok_or_else(signed_out)?;
    if stored.used {
        sessions.end(stored.user_id, stored.session_id).await?;
        tracing::warn!(sessionId = %stored.session_id, "a used refresh token came back; its session was ended");
        return Err(signed_out());
    }
    let (session, user) =
        tokio::try_join!(sessions.get(stored.user_id, stored.session_id), users.get(stored.user_id))?;
    let session = session.ok_or_else(signed_out)?.renewed(now);
    let user = user.filter(|user| user.is_active).ok_or_else(signed_out)?;

    let (tokens, new) = signer.tokens(&user, &session, now).await?;
    match sessions.rotate(&session, &old, &new, now).await? {
        Rotation::Done => Ok(Json(tokens)),
        Rotation::Ended => Err(signed_out()),
        Rotation::Raced => Err(ApiError::conflict(
            "RefreshRaced",
            "Another request has just exchanged this token. Use the tokens it was given.",
        )),
    }
}

fn signed_out() -> ApiError {
    ApiError::unauthenticated("InvalidRefreshToken", "The session has ended. Sign in again.")
}
