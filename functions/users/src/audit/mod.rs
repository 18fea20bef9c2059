//! What happened to an account's security: for its person, and for administrators.

mod body;
mod of_account;
mod own;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on audit logs.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(own::own)).routes(routes!(of_account::of_account))
}
