//! A person's sessions: where they are signed in, and signing out there.

mod end;
mod list;

use axum::Router;
use axum::routing::{delete, get};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on sessions, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::list, end::end_all)).routes(routes!(end::end))
}

/// The same without their description.
pub(crate) fn operations() -> Router<App> {
    Router::new()
        .route("/auth/sessions", get(list::list).delete(end::end_all))
        .route("/auth/sessions/{id}", delete(end::end))
}
