//! Changing a password, and setting it anew when it is forgotten.

mod change;
mod forgot;
mod reset;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on passwords.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(forgot::forgot))
        .routes(routes!(reset::reset))
        .routes(routes!(change::change))
}
