//! Health, readiness and the API description.

mod checks;
mod health;
mod openapi;
mod ready;

use app_http::service;
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use checks::{Check, Checks};
pub use health::Health;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// Checks what the product depends on.
    pub health: Health,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(ready::ready))
        .routes(routes!(openapi::openapi))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
