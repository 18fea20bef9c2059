//! Which addresses may call, for administrators.

mod body;
mod read;
mod set;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on the rules of addresses.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read::read, set::set))
}
