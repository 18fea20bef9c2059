//! Registration, sign-in, sessions, passwords and the public keys.

mod api_keys;
mod attempts;
mod body;
mod doors;
mod jwks;
mod login;
mod logout;
mod me;
mod oauth;
mod password;
mod passwords;
mod refresh;
mod register;
mod sessions;
mod sign_in;
mod signer;
mod successor;
mod verify_email;

use std::sync::Arc;

use app_domain::{MailJob, Role};
use app_http::{Authenticator, Routes, routes, service};
use app_runtime::Queue;
use app_store::{
    ApiKeys, AuditLog, Identities, OneTimeTokens, PendingSignIns, Sessions, SignInFailures, Table, Users,
};
use app_vault::Vault;
use axum::Router;
use axum::extract::FromRef;

pub use attempts::Attempts;
pub use doors::Doors;
pub use jwks::PublishedKeys;
pub use oauth::{Accounts, Exchanger, SignInProviders};
pub use password::PasswordHasher;
pub use sign_in::SignIn;
pub use signer::Signer;

/// The role that new accounts get.
#[derive(Debug, Clone, Copy)]
pub struct SignupRole(pub Role);

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    users: Users,
    sessions: Sessions,
    one_time_tokens: OneTimeTokens,
    api_keys: ApiKeys,
    identities: Identities,
    pending_sign_ins: PendingSignIns,
    failures: SignInFailures,
    attempts: Attempts,
    doors: Doors,
    providers: SignInProviders,
    exchanger: Exchanger,
    accounts: Accounts,
    signer: Signer,
    sign_in: SignIn,
    published: PublishedKeys,
    authenticator: Authenticator,
    hasher: Arc<PasswordHasher>,
    signup_role: SignupRole,
    mail: Queue<MailJob>,
}

/// What an [`App`] is made of besides its table.
pub struct Parts {
    /// Signs access tokens.
    pub signer: Signer,
    /// Reads the keys that others check tokens with.
    pub published: PublishedKeys,
    /// Proves who calls.
    pub authenticator: Authenticator,
    /// The role that new accounts get.
    pub signup_role: SignupRole,
    /// Knows the providers that people sign in with.
    pub providers: SignInProviders,
    /// Seals the tokens of providers.
    pub vault: Vault,
    /// Takes the mail that is to be sent.
    pub mail: Queue<MailJob>,
}

impl App {
    /// Accounts in `table`.
    pub fn new(table: &Table, parts: Parts) -> Self {
        let Parts { signer, published, authenticator, signup_role, providers, vault, mail } = parts;
        let (sessions, failures) = (Sessions::new(table.clone()), SignInFailures::new(table.clone()));
        let (api_keys, identities) = (ApiKeys::new(table.clone()), Identities::new(table.clone()));
        let (users, pending) = (Users::new(table.clone()), PendingSignIns::new(table.clone()));
        let attempts = Attempts::new(failures.clone(), AuditLog::new(table.clone()), mail.clone());
        Self {
            one_time_tokens: OneTimeTokens::new(table.clone()),
            doors: Doors::new(api_keys.clone(), identities.clone()),
            exchanger: Exchanger::new(providers.clone(), pending.clone(), attempts.clone(), vault),
            accounts: Accounts::new(users.clone(), identities.clone(), signup_role),
            sign_in: SignIn::new(sessions.clone(), signer.clone()),
            hasher: Arc::new(PasswordHasher::default()),
            users,
            sessions,
            attempts,
            api_keys,
            identities,
            pending_sign_ins: pending,
            providers,
            failures,
            signer,
            published,
            authenticator,
            signup_role,
            mail,
        }
    }
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout))
        .routes(routes!(me::me))
        .routes(routes!(jwks::jwks))
        .routes(routes!(verify_email::verify))
        .routes(routes!(verify_email::resend))
        .merge(passwords::api())
        .merge(sessions::api())
        .merge(api_keys::api())
        .merge(oauth::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
