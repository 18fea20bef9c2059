//! Registration, sign-in, sessions and the public keys.

mod body;
mod jwks;
mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod refresh_token;
mod register;
mod signer;

use std::sync::Arc;

use app_domain::Role;
use app_http::{TokenVerifier, service};
use app_store::{Sessions, Users};
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use jwks::PublishedKeys;
pub use password::PasswordHasher;
pub use signer::Signer;

/// The role that new accounts get.
#[derive(Debug, Clone, Copy)]
pub struct SignupRole(pub Role);

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The accounts.
    pub users: Users,
    /// The sessions.
    pub sessions: Sessions,
    /// Issues access tokens.
    pub signer: Signer,
    /// Reads the keys that others check tokens with.
    pub published: PublishedKeys,
    /// Checks who calls.
    pub verifier: TokenVerifier,
    /// Hashes passwords.
    pub hasher: Arc<PasswordHasher>,
    /// The role that new accounts get.
    pub signup_role: SignupRole,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout))
        .routes(routes!(me::me))
        .routes(routes!(jwks::jwks))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
