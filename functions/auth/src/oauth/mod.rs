//! Signing in with Google and Apple.

mod apple_callback;
mod authorize;
mod complete;
mod exchange;
mod link;
mod list;
mod providers;
mod unlink;

use axum::Router;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub use complete::Accounts;
pub use exchange::Exchanger;
pub use providers::SignInProviders;

/// The operations on sign-in providers, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(authorize::authorize))
        .routes(routes!(complete::complete, unlink::unlink))
        .routes(routes!(link::link))
        .routes(routes!(list::list))
        .routes(routes!(apple_callback::apple_callback))
}

/// The same without their description.
pub(crate) fn operations() -> Router<App> {
    Router::new()
        .route("/auth/oauth/{provider}/authorize", get(authorize::authorize))
        .route("/auth/oauth/{provider}", post(complete::complete).delete(unlink::unlink))
        .route("/auth/oauth/{provider}/link", post(link::link))
        .route("/auth/identities", get(list::list))
        .route("/auth/apple/callback", post(apple_callback::apple_callback))
}
