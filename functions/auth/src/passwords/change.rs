//! `POST /auth/password/change`.

use std::sync::Arc;

use app_domain::{AuditEntry, AuditEvent, MailJob, MailKind};
use app_http::{
    ApiError, ApiErrors, Authenticator, BestEffort, BodyErrors, CallerErrors, FieldErrors, InPerson, Now,
    Parse, ValidJson, Visitor,
};
use app_runtime::Queue;
use app_store::Users;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Target;
use crate::password::Password;
use crate::{Attempts, PasswordHasher};

/// The password that is, and the one that shall be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangePasswordRequest {
    /// The password that the account has.
    #[schema(format = Password)]
    current_password: String,
    /// At least 8 characters, with a lower-case letter, an upper-case letter, a digit and one of `@$!%*?&`.
    #[schema(format = Password, min_length = 8)]
    new_password: String,
}

impl Parse for ChangePasswordRequest {
    type Parsed = (Password, Password);

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let new = errors.check("newPassword", Password::parse(self.new_password));
        new.map(|new| (Password::attempt(self.current_password), new)).ok_or(errors)
    }
}

/// Change the caller's password. All other sessions end. Wrong passwords count as failed attempts to sign in.
#[utoipa::path(
    post, operation_id = "changePassword", path = "/auth/password/change", tag = "auth", security(("bearer" = [])),
    request_body = ChangePasswordRequest,
    responses(
        (status = 204, description = "The password is changed."),
        (status = 409, description = "The account has no password yet: ask for a mail to set one.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn change(
    State(users): State<Users>,
    State(attempts): State<Attempts>,
    State(hasher): State<Arc<PasswordHasher>>,
    State(mail): State<Queue<MailJob>>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    caller: InPerson,
    Now(now): Now,
    ValidJson((current, new)): ValidJson<ChangePasswordRequest>,
) -> Result<StatusCode, ApiError> {
    let account = users.credentials(caller.user_id).await?;
    let (user, before) = account.ok_or_else(|| ApiError::not_found("account"))?;
    let before = before.ok_or_else(|| {
        ApiError::conflict("NoPassword", "This account has no password. Ask for a mail to set one.")
    })?;
    let target = Target::new(Some(&user), "");
    attempts.allow(&target, &visitor, now).await?;
    if !hasher.verify(&current, Some(&before))? {
        attempts.failed(&target, &visitor, now).await?;
        return Err(ApiError::forbidden("WrongPassword", "The current password is not right."));
    }
    let hash = hasher.hash(&new)?;
    let audit = AuditEntry::new(user.id, AuditEvent::PasswordChanged, caller.origin, now);
    let audit = audit.in_session(caller.session_id);
    users.change_password(user.id, &before, &hash, caller.session_id, &audit).await?;
    authenticator.forget();
    let notice = MailJob::new(MailKind::PasswordChanged { user_id: user.id }, now);
    mail.send(&notice).await.best_effort("asking for the notice of a new password");
    Ok(StatusCode::NO_CONTENT)
}
