//! The WhatsApp webhook: verify, keep, enqueue, acknowledge. It never touches the table, so that Meta gets its answer fast.

mod bucket;
mod handshake;
mod receive;
mod secret;
#[cfg(test)]
mod testing;

use app_http::{Routes, routes, service};
use app_runtime::OrderedQueue;
use axum::Router;

pub use bucket::InboundBucket;
pub use secret::Secret;

/// What the handlers work with.
#[derive(Clone)]
pub struct App {
    /// The key of the signatures; while it changes two, each on a line of its own.
    pub app_secret: Secret,
    /// What Meta must know to register the webhook.
    pub verify_token: Secret,
    /// Where bodies are kept as they came.
    pub bucket: InboundBucket,
    /// Where what they say goes.
    pub queue: OrderedQueue,
}

impl App {
    /// Reads the secrets and opens the connections that a delivery needs. What fails now is tried again then.
    pub async fn warm(self) {
        let Self { app_secret, verify_token, bucket, queue } = self;
        let _all = futures_util::join!(app_secret.read(), verify_token.read(), bucket.warm(), queue.warm());
    }
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(handshake::handshake, receive::receive).body_limit(receive::MAX_BODY_BYTES))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
