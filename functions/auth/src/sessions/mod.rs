//! A person's sessions: where they are signed in, and signing out there.

mod end;
mod list;

use app_http::{Routes, routes};

use crate::App;

/// The operations on sessions.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(list::list, end::end_all)).routes(routes!(end::end))
}
