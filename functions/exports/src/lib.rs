//! Export jobs: request, progress, download. `export-worker` does them.

mod body;
mod downloads;
mod read;
mod request;
#[cfg(test)]
mod testing;

use app_domain::Job;
use app_http::{Authenticator, service};
use app_runtime::Queue;
use app_store::Exports;
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use downloads::Downloads;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The export jobs.
    pub exports: Exports,
    /// Hands jobs to the worker.
    pub queue: Queue<Job>,
    /// Makes download links.
    pub downloads: Downloads,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(request::request)).routes(routes!(read::read))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
