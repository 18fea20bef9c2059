//! `POST /auth/refresh`.

use app_domain::{AuditEntry, AuditEvent, SecretToken, Session, SuccessorGrace, Timestamp, User};
use app_http::{ApiError, ApiErrors, Authenticator, BodyErrors, FieldErrors, Now, Parse, ValidJson, Visitor};
use app_store::{Rotation, Sessions, StoredToken, Users};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Signer;
use crate::body::Tokens;
use crate::successor;

/// The refresh token to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    /// The newest refresh token of the session.
    refresh_token: String,
}

impl Parse for RefreshRequest {
    type Parsed = SecretToken;

    fn parse(self) -> Result<SecretToken, FieldErrors> {
        Ok(SecretToken::received(self.refresh_token))
    }
}

/// Exchange a refresh token for a new pair of tokens. Each works once. Sent again within 10 seconds, as by a second tab, it
/// gives the same new refresh token; used again later, it ends the session, because somebody else may have it.
#[utoipa::path(
    post, operation_id = "refresh", path = "/auth/refresh", tag = "auth",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "The new tokens.", body = Tokens),
        (status = 401, description = "The token is unknown, expired or used, or its session has ended.", body = app_http::ErrorBody),
        (status = 409, description = "The token was exchanged a moment ago, and so was the one that followed it.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn refresh(
    State(sessions): State<Sessions>,
    State(users): State<Users>,
    State(signer): State<Signer>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(token): ValidJson<RefreshRequest>,
) -> Result<Json<Tokens>, ApiError> {
    let stored = sessions.token(&token.hash()).await?.filter(|stored| stored.expires_at > now);
    let stored = stored.ok_or_else(signed_out)?;
    if stored.used_at.is_some_and(|used_at| !SuccessorGrace::covers(used_at, now)) {
        return Err(end_stolen(&sessions, &stored, &visitor, now).await?);
    }
    let (session, user) =
        tokio::try_join!(sessions.get(stored.user_id, stored.session_id), users.get(stored.user_id))?;
    let (session, user) = session.zip(user).ok_or_else(signed_out)?;
    if !user.recognises(&session, now) {
        return Err(signed_out());
    }
    authenticator.count(&user, now).await?;

    let exchange = Exchange { sessions, signer, user, session: session.renewed(now), now };
    match stored.used_at {
        None => exchange.first(token).await,
        Some(_) => exchange.again(&token).await,
    }
    .map(Json)
}

struct Exchange {
    sessions: Sessions,
    signer: Signer,
    user: User,
    session: Session,
    now: Timestamp,
}

impl Exchange {
    async fn first(&self, old: SecretToken) -> Result<Tokens, ApiError> {
        let new = SecretToken::generate()?;
        let sealed = successor::seal(&old, &new)?;
        let access_token = self.signer.access_token(&self.user, &self.session, self.now).await?;
        let rotated =
            self.sessions.rotate(&self.session, &old.hash(), &new.hash(), &sealed, self.now).await?;
        match rotated {
            Rotation::Done => Ok(Signer::pair(access_token, new)),
            Rotation::Ended => Err(signed_out()),
            Rotation::Raced => self.again(&old).await,
        }
    }

    /// The same successor as a moment ago, unless that has been exchanged too.
    async fn again(&self, old: &SecretToken) -> Result<Tokens, ApiError> {
        let stored = self.sessions.token(&old.hash()).await?;
        let sealed = stored.and_then(|stored| stored.successor);
        let new = sealed.and_then(|sealed| successor::open(old, &sealed)).ok_or_else(signed_out)?;
        let following = self.sessions.token(&new.hash()).await?.ok_or_else(signed_out)?;
        if following.used_at.is_some() {
            return Err(ApiError::conflict(
                "RefreshRaced",
                "This token was exchanged a moment ago. Use the newest tokens.",
            ));
        }
        Ok(Signer::pair(self.signer.access_token(&self.user, &self.session, self.now).await?, new))
    }
}

/// Ends the session of a token that came back. Which of two people has stolen it nobody can tell: both have to sign in.
async fn end_stolen(
    sessions: &Sessions,
    stored: &StoredToken,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<ApiError, ApiError> {
    let event = AuditEvent::RefreshTokenReused;
    let audit = AuditEntry::new(stored.user_id, event, visitor.origin.clone(), now);
    sessions.end(stored.user_id, stored.session_id, &audit.in_session(stored.session_id)).await?;
    tracing::warn!(session.id = %stored.session_id, "a used refresh token came back; its session was ended");
    Ok(signed_out())
}

fn signed_out() -> ApiError {
    ApiError::unauthenticated("InvalidRefreshToken", "The session has ended. Sign in again.")
}
