//! Memo, the assistant that answers from a person's memories.

mod chat;

use std::sync::Arc;

use app_ai::ChatModel;
use app_http::{Authenticator, service};
use app_store::Memories;
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The memories to answer from.
    pub memories: Memories,
    /// The model that answers.
    pub model: Arc<dyn ChatModel>,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chat::chat))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
