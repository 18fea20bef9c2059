//! Health, readiness, metrics, the API description and its page.

mod checks;
mod health;
mod kept;
mod metrics;
mod openapi;
mod ready;
mod reference;
mod reference_files;

use app_http::{Authenticator, Routes, Untimed, routes, service};
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_extractor;

pub use checks::{Check, Checks};
pub use health::Health;
pub use metrics::{CloudWatch, Metrics};

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// Checks what the product depends on.
    pub health: Health,
    /// Tells what was counted.
    pub metrics: Metrics,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

#[cfg(test)]
impl App {
    /// With nothing counted.
    pub(crate) fn of(health: Health) -> Self {
        let metrics = Metrics::of(async |_| Ok(Vec::new()));
        Self { health, metrics, authenticator: app_testing::authenticator() }
    }
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(health::health))
        .routes(routes!(ready::ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(openapi::openapi))
        .routes(routes!(reference::page))
        .routes(routes!(reference::file))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let router = api::<Router<App>>().route_layer(from_extractor::<Untimed>());
    service(router.with_state(app), allowed_origin)
}
