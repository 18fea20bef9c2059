//! Connections to outside services and their status.

mod connect;
mod status;
#[cfg(test)]
mod tests;

use app_http::{Authenticator, service};
use app_store::WhatsappLinks;
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The WhatsApp connections.
    pub links: WhatsappLinks,
    /// The number that people send their messages to, if it is known.
    pub business_number: BusinessNumber,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The number of the business on WhatsApp, as it is shown to people.
#[derive(Debug, Clone, Default)]
pub struct BusinessNumber(pub Option<String>);

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(connect::connect)).routes(routes!(status::status))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
