//! `POST /auth/password/reset`.

use std::sync::Arc;

use app_domain::{AuditEntry, AuditEvent, MailJob, MailKind, Purpose, SecretToken};
use app_http::{
    ApiError, ApiErrors, Authenticator, BestEffort, BodyErrors, FieldErrors, Now, Parse, ValidJson, Visitor,
};
use app_runtime::Queue;
use app_store::{FailureSubject, OneTimeTokens, Proof, SignInFailures, Users};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::password::Password;
use crate::verify_email::link_over;
use crate::{Doors, PasswordHasher};

/// A new password, and the token that was mailed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ResetPasswordRequest {
    /// From the link in the mail.
    token: String,
    /// At least 8 characters, with a lower-case letter, an upper-case letter, a digit and one of `@$!%*?&`.
    #[schema(format = Password, min_length = 8)]
    password: String,
}

impl Parse for ResetPasswordRequest {
    type Parsed = (SecretToken, Password);

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let password = errors.check("password", Password::parse(self.password));
        password.map(|password| (SecretToken::received(self.token), password)).ok_or(errors)
    }
}

/// Set a new password with the token that was mailed. It works once, for an hour. All sessions end, and the address counts as
/// proved. If it was not before, whoever made the account may have been somebody else: its API keys and linked
/// sign-ins are removed.
#[utoipa::path(
    post, operation_id = "resetPassword", path = "/auth/password/reset", tag = "auth",
    request_body = ResetPasswordRequest,
    responses(
        (status = 204, description = "The password is set. Sign in with it."),
        (status = 401, description = "The token is unknown, used or expired.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn reset(
    State(tokens): State<OneTimeTokens>,
    State(users): State<Users>,
    State(doors): State<Doors>,
    State(failures): State<SignInFailures>,
    State(hasher): State<Arc<PasswordHasher>>,
    State(mail): State<Queue<MailJob>>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson((token, password)): ValidJson<ResetPasswordRequest>,
) -> Result<StatusCode, ApiError> {
    let hash = token.hash();
    authenticator.attempt(&visitor, hash.as_str(), now).await?;
    let proves = tokens.find(&hash, Purpose::ResetPassword, now).await?.ok_or_else(link_over)?;
    let user = users.get(proves.user_id).await?.ok_or_else(link_over)?;
    let password_hash = hasher.hash(&password)?;
    if !user.is_verified {
        doors.close_all(&user, &visitor.origin, now).await?;
    }
    let audit = AuditEntry::new(user.id, AuditEvent::PasswordReset, visitor.origin, now);
    if users.reset_password(&hash, &proves, &password_hash, &audit).await? == Proof::Refused {
        return Err(link_over());
    }
    authenticator.forget();
    failures.forget(&FailureSubject::account(user.id)).await.best_effort("forgetting failed sign-ins");
    let notice = MailJob::new(MailKind::PasswordChanged { user_id: user.id }, now);
    mail.send(&notice).await.best_effort("asking for the notice of a new password");
    Ok(StatusCode::NO_CONTENT)
}
