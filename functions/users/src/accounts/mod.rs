//! Other people's accounts, for administrators.

mod body;
mod list;
mod patch;
mod read;

use app_http::{Routes, routes};

use crate::App;

/// The operations on accounts.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(list::list)).routes(routes!(read::read, patch::patch))
}
