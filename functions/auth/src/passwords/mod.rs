//! Changing a password, and setting it anew when it is forgotten.

mod change;
mod forgot;
mod reset;

use axum::Router;
use axum::routing::post;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on passwords, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(forgot::forgot))
        .routes(routes!(reset::reset))
        .routes(routes!(change::change))
}

/// The same without their description.
pub(crate) fn operations() -> Router<App> {
    Router::new()
        .route("/auth/password/forgot", post(forgot::forgot))
        .route("/auth/password/reset", post(reset::reset))
        .route("/auth/password/change", post(change::change))
}
