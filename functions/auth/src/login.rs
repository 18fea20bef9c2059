//! `POST /auth/login`.

use std::sync::Arc;

use app_domain::{Email, Session, StoreError, User, Username};
use app_http::{ApiError, ApiErrors, BodyErrors, FieldErrors, Now, Parse, ValidJson};
use app_store::{Sessions, Users};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::SignedIn;
use crate::password::Password;
use crate::{PasswordHasher, Signer};

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
    name: Option<Name>,
    password: Password,
    remember_me: bool,
}

enum Name {
    Email(Email),
    Username(Username),
}

/// A name that nobody can have is not a broken rule: it is a name that does not fit the password.
impl Parse for LoginRequest {
    type Parsed = Attempt;

    fn parse(self) -> Result<Attempt, FieldErrors> {
        let email = || Email::parse(&self.email).map(Name::Email);
        let name = Username::parse(&self.email).map(Name::Username).or_else(|_| email()).ok();
        let password = Password::attempt(self.password);
        Ok(Attempt { name, password, remember_me: self.remember_me.unwrap_or_default() })
    }
}

/// Sign in. The answer, and the time it takes, do not tell whether an account exists.
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
    State(sessions): State<Sessions>,
    State(signer): State<Signer>,
    State(hasher): State<Arc<PasswordHasher>>,
    Now(now): Now,
    ValidJson(attempt): ValidJson<LoginRequest>,
) -> Result<Json<SignedIn>, ApiError> {
    let (user, password_hash) = account(&users, attempt.name).await?.unzip();
    let fits = hasher.verify(attempt.password, password_hash).await?;
    let user = user.filter(|user| fits && user.is_active).ok_or_else(|| {
        ApiError::unauthenticated("InvalidCredentials", "The e-mail address or the password is not right.")
    })?;
    let session = Session::begin(user.id, attempt.remember_me, now);
    let (tokens, refresh_hash) = signer.tokens(&user, &session, now).await?;
    sessions.begin(&session, &refresh_hash).await?;
    Ok(Json(SignedIn { user: user.into(), tokens }))
}

async fn account(users: &Users, name: Option<Name>) -> Result<Option<(User, String)>, StoreError> {
    match name {
        Some(Name::Email(email)) => users.by_email(&email).await,
        Some(Name::Username(username)) => users.by_username(&username).await,
        None => users.by_no_name().await,
    }
}
