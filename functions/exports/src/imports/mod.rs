//! Import jobs: what a person had elsewhere, or exported before, brought in.

mod body;
mod cancel;
mod create;
mod delete;
mod list;
mod read;
mod report;
mod start;
mod undo;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The operations of imports, with their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, delete::delete))
        .routes(routes!(start::start))
        .routes(routes!(cancel::cancel))
        .routes(routes!(undo::undo))
        .routes(routes!(report::report))
}
