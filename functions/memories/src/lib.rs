//! Memories: create, read, list, change, delete.

mod body;
mod create;
mod delete;
mod fields;
mod list;
mod patch;
mod read;

use app_http::{Authenticator, service};
use app_store::Memories;
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use body::MemoryBody;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The memories.
    pub memories: Memories,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::create, list::list)).routes(routes!(
        read::read,
        patch::patch,
        delete::delete
    ))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
