//! `POST /auth/login`.

use std::sync::Arc;

use app_domain::{Email, StoreError, Username};
use app_http::{ApiError, ApiErrors, Authenticator, BodyErrors, FieldErrors, Now, Parse, ValidJson, Visitor};
use app_store::{Credentials, Users};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Target;
use crate::body::SignedIn;
use crate::password::Password;
use crate::{Attempts, PasswordHasher, SignIn};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginRequest {
    /// The account's e-mail address, or its username.
    email: String,
    /// The account's password.
    #[schema(format = Password)]
    password: String,
    /// Stay signed in for 30 days instead of 7.
    remember_me: Option<bool>,
}

pub(crate) struct Attempt {
    name: Name,
    password: Password,
    remember_me: bool,
}

enum Name {
    Email(Email),
    Username(Username),
    Nobody,
}

impl Name {
    /// The form in which names are compared.
    fn folded(&self) -> String {
        match self {
            Self::Email(email) => email.folded(),
            Self::Username(username) => username.folded(),
            Self::Nobody => String::new(),
        }
    }
}

/// A name that nobody can have is not a broken rule: it is a name that does not fit the password.
impl Parse for LoginRequest {
    type Parsed = Attempt;

    fn parse(self) -> Result<Attempt, FieldErrors> {
        let name = Username::parse(&self.email)
            .map(Name::Username)
            .or_else(|_| Email::parse(&self.email).map(Name::Email))
            .unwrap_or(Name::Nobody);
        let password = Password::attempt(self.password);
        Ok(Attempt { name, password, remember_me: self.remember_me.unwrap_or_default() })
    }
}

/// Sign in. The answer, and the time it takes, do not tell whether an account exists. After five failures each further
/// attempt has to wait, twice as long each time, at most an hour.
#[utoipa::path(
    post, operation_id = "login", path = "/auth/login", tag = "auth",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in.", body = SignedIn),
        (status = 401, description = "Name and password do not fit.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors,
    ),
)]
pub(crate) async fn login(
    State(users): State<Users>,
    State(attempts): State<Attempts>,
    State(hasher): State<Arc<PasswordHasher>>,
    State(authenticator): State<Authenticator>,
    State(sign_in): State<SignIn>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(attempt): ValidJson<LoginRequest>,
) -> Result<Json<SignedIn>, ApiError> {
    let name = attempt.name.folded();
    authenticator.attempt(&visitor, &name, now).await?;
    let (user, password_hash) = account(&users, &attempt.name).await?.unzip();
    let target = Target::new(user.as_ref(), &name);
    attempts.allow(&target, &visitor, now).await?;

    let password_hash = password_hash.flatten();
    let fits = hasher.verify(&attempt.password, password_hash.as_deref())?;
    let Some((user, hash)) = user.zip(password_hash).filter(|(user, _)| fits && user.is_active) else {
        attempts.failed(&target, &visitor, now).await?;
        return Err(wrong());
    };
    attempts.succeeded(&target).await?;
    let signed_in = sign_in.begin_by_password(user, &hash, attempt.remember_me, &visitor, now).await?;
    signed_in.map(Json).ok_or_else(wrong)
}

fn wrong() -> ApiError {
    ApiError::unauthenticated("InvalidCredentials", "The e-mail address or the password is not right.")
}

async fn account(users: &Users, name: &Name) -> Result<Option<Credentials>, StoreError> {
    match name {
        Name::Email(email) => users.by_email(email).await,
        Name::Username(username) => users.by_username(username).await,
        Name::Nobody => users.by_no_name().await,
    }
}
