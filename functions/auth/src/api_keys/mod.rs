//! API keys, for a person's own programs.

mod body;
mod create;
mod list;
mod revoke;

use app_http::{Routes, routes};

use crate::App;

/// The operations on API keys.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(create::create, list::list)).routes(routes!(revoke::revoke))
}
