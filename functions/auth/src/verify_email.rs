//! `POST /auth/verify-email` and `POST /auth/verify-email/resend`.

use app_domain::{AuditEntry, AuditEvent, MailJob, MailKind, Purpose, SecretToken};
use app_http::{
    ApiError, ApiErrors, Authenticator, BodyErrors, CallerErrors, FieldErrors, InPerson, Now, Parse,
    ValidJson, Visitor,
};
use app_runtime::Queue;
use app_store::{OneTimeTokens, Proof, Users};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// The token that was mailed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct VerifyEmailRequest {
    /// From the link in the mail.
    token: String,
}

impl Parse for VerifyEmailRequest {
    type Parsed = SecretToken;

    fn parse(self) -> Result<SecretToken, FieldErrors> {
        Ok(SecretToken::received(self.token))
    }
}

/// Prove an e-mail address with the token that was mailed to it. It works once, for a day.
#[utoipa::path(
    post, operation_id = "verifyEmail", path = "/auth/verify-email", tag = "auth",
    request_body = VerifyEmailRequest,
    responses(
        (status = 204, description = "The address is proved."),
        (status = 401, description = "The token is unknown, used or expired.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn verify(
    State(tokens): State<OneTimeTokens>,
    State(users): State<Users>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(token): ValidJson<VerifyEmailRequest>,
) -> Result<StatusCode, ApiError> {
    let hash = token.hash();
    authenticator.attempt(&visitor, hash.as_str(), now).await?;
    let proves = tokens.find(&hash, Purpose::VerifyEmail, now).await?.ok_or_else(link_over)?;
    let audit = AuditEntry::new(proves.user_id, AuditEvent::EmailVerified, visitor.origin, now);
    match users.verify_email(&hash, &proves, &audit).await? {
        Proof::Accepted => Ok(StatusCode::NO_CONTENT),
        Proof::Refused => Err(link_over()),
    }
}

/// Ask for another mail with a link that proves the caller's address. Nothing is sent if it is proved already.
#[utoipa::path(
    post, operation_id = "resendVerification", path = "/auth/verify-email/resend", tag = "auth",
    security(("bearer" = [])),
    responses((status = 202, description = "A mail is on its way."), ApiErrors, CallerErrors),
)]
pub(crate) async fn resend(
    State(mail): State<Queue<MailJob>>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    caller: InPerson,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    authenticator.attempt(&visitor, &caller.user_id.to_string(), now).await?;
    mail.send(&MailJob::new(MailKind::VerifyEmail { user_id: caller.user_id }, now))
        .await
        .map_err(ApiError::unavailable)?;
    Ok(StatusCode::ACCEPTED)
}

/// The token of a mail does not work.
pub(crate) fn link_over() -> ApiError {
    ApiError::unauthenticated("InvalidMailToken", "This link has been used or has expired. Ask for another.")
}
