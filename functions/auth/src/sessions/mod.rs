//! A person's sessions: where they are signed in, and signing out there.

mod end;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations on sessions.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::list, end::end_all)).routes(routes!(end::end))
}
