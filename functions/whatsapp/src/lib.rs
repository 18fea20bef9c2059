//! The WhatsApp webhook: verify, enqueue, acknowledge. It never touches the table, so that Meta gets its answer fast.

mod handshake;
mod queue;
mod receive;
mod secret;
#[cfg(test)]
mod testing;

use app_http::service;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use queue::{InboundQueue, QueueError};
pub use secret::Secret;

/// What the handlers work with.
#[derive(Clone)]
pub struct App {
    /// The key of the signatures.
    pub app_secret: Secret,
    /// What Meta must know to register the webhook.
    pub verify_token: Secret,
    /// Where messages go.
    pub queue: InboundQueue,
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handshake::handshake, receive::receive))
        .layer(DefaultBodyLimit::max(receive::MAX_BODY_BYTES))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
