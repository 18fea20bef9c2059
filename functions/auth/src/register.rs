//! `POST /auth/register`.

use std::sync::Arc;

use app_domain::{AuditEntry, AuditEvent, Email, MailJob, MailKind, PersonName, User, UserId, Username};
use app_http::{
    ApiError, ApiErrors, Authenticator, BestEffort, BodyErrors, FieldErrors, Now, Parse, ValidJson, Visitor,
};
use app_runtime::Queue;
use app_store::{Registration, Users};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::SignedIn;
use crate::password::Password;
use crate::{PasswordHasher, SignIn, SignupRole};

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterRequest {
    /// Unique, without regard to case.
    #[schema(format = Email)]
    email: String,
    /// At least 8 characters, with a lower-case letter, an upper-case letter, a digit and one of `@$!%*?&`.
    #[schema(format = Password, min_length = 8)]
    password: String,
    /// 1–100 characters.
    first_name: String,
    /// 1–100 characters.
    last_name: String,
    /// 3–30 letters and digits; unique, without regard to case.
    #[schema(min_length = 3, max_length = 30)]
    username: Option<String>,
}

pub(crate) struct NewAccount {
    email: Email,
    password: Password,
    first_name: PersonName,
    last_name: PersonName,
    username: Option<Username>,
}

impl Parse for RegisterRequest {
    type Parsed = NewAccount;

    fn parse(self) -> Result<NewAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::parse(&self.email));
        let password = errors.check("password", Password::parse(self.password));
        let first_name = errors.check("firstName", PersonName::parse(&self.first_name));
        let last_name = errors.check("lastName", PersonName::parse(&self.last_name));
        let username = errors.check_optional("username", self.username.as_deref().map(Username::parse));
        let (Some(email), Some(password), Some(first_name), Some(last_name), Some(username)) =
            (email, password, first_name, last_name, username)
        else {
            return Err(errors);
        };
        Ok(NewAccount { email, password, first_name, last_name, username })
    }
}

/// Make an account and sign in. A mail with a link that proves the address is on its way.
#[utoipa::path(
    post, operation_id = "register", path = "/auth/register", tag = "auth",
    request_body = RegisterRequest,
    responses(
        (status = 201, description = "The account is made and signed in.", body = SignedIn),
        (status = 409, description = "The e-mail address or the username is taken.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn register(
    State(users): State<Users>,
    State(sign_in): State<SignIn>,
    State(hasher): State<Arc<PasswordHasher>>,
    State(SignupRole(role)): State<SignupRole>,
    State(authenticator): State<Authenticator>,
    State(mail): State<Queue<MailJob>>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(account): ValidJson<RegisterRequest>,
) -> Result<(StatusCode, Json<SignedIn>), ApiError> {
    authenticator.attempt(&visitor, &account.email.folded(), now).await?;
    let password_hash = hasher.hash(&account.password)?;
    let user = User {
        id: UserId::new(now),
        email: account.email,
        username: account.username,
        first_name: account.first_name,
        last_name: account.last_name,
        role,
        tier: role.tier(),
        is_verified: false,
        is_active: true,
        has_password: true,
        sessions_from: None,
        kept_session: None,
        created_at: now,
        updated_at: now,
    };
    // Before anything is written: without a signing key there is no account that cannot be signed in to.
    let prepared = sign_in.prepare(&user, false, &visitor, now).await?;
    let audit = AuditEntry::new(user.id, AuditEvent::Registered, visitor.origin, now);
    match users.register(&user, &password_hash, &audit).await? {
        Registration::Done => {}
        Registration::EmailTaken => {
            return Err(ApiError::conflict(
                "EmailTaken",
                "There is an account with this e-mail address already.",
            ));
        }
        Registration::UsernameTaken => {
            return Err(ApiError::conflict("UsernameTaken", "This username is taken. Choose another."));
        }
    }
    // The account is there: should the mail be lost, the person can ask for another.
    let verify = MailJob::new(MailKind::VerifyEmail { user_id: user.id }, now);
    mail.send(&verify).await.best_effort("asking for the mail that proves an address");
    let signed_in = sign_in.keep(user, prepared, AuditEvent::SignedIn, now).await?;
    Ok((StatusCode::CREATED, Json(signed_in)))
}
