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

use app_http::{Routes, routes};

use crate::App;

/// The operations of imports.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, delete::delete))
        .routes(routes!(start::start))
        .routes(routes!(cancel::cancel))
        .routes(routes!(undo::undo))
        .routes(routes!(report::report))
}
