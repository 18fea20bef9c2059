//! API keys, for a person's own programs.

mod body;
mod create;
mod list;
mod revoke;

use axum::Router;
use axum::routing::{delete, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on API keys, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::create, list::list)).routes(routes!(revoke::revoke))
}

/// The same without their description.
pub(crate) fn operations() -> Router<App> {
    Router::new()
        .route("/auth/api-keys", post(create::create).get(list::list))
        .route("/auth/api-keys/{id}", delete(revoke::revoke))
}
