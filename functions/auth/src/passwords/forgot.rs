//! `POST /auth/password/forgot`.

use app_domain::{Email, MailJob, MailKind};
use app_http::{ApiError, ApiErrors, Authenticator, BodyErrors, FieldErrors, Now, Parse, ValidJson, Visitor};
use app_runtime::Queue;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ForgotPasswordRequest {
    /// The account's e-mail address.
    #[schema(format = Email)]
    email: String,
}

impl Parse for ForgotPasswordRequest {
    type Parsed = Email;

    fn parse(self) -> Result<Email, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::parse(&self.email));
        email.ok_or(errors)
    }
}

/// Ask for a mail with a link to set a new password. The answer, and the time it takes, do not tell whether an account
/// exists: it is looked up later, by whatever sends the mail.
#[utoipa::path(
    post, operation_id = "forgotPassword", path = "/auth/password/forgot", tag = "auth",
    request_body = ForgotPasswordRequest,
    responses((status = 202, description = "If there is an account, a mail is on its way."), ApiErrors, BodyErrors),
)]
pub(crate) async fn forgot(
    State(mail): State<Queue<MailJob>>,
    State(authenticator): State<Authenticator>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(email): ValidJson<ForgotPasswordRequest>,
) -> Result<StatusCode, ApiError> {
    authenticator.attempt(&visitor, &email.folded(), now).await?;
    let job = MailJob::new(MailKind::ResetPassword { email }, now);
    mail.send(&job).await.map_err(ApiError::unavailable)?;
    Ok(StatusCode::ACCEPTED)
}
