//! Which addresses may call, for administrators.

mod body;
mod read;
mod set;

use app_http::{Routes, routes};

use crate::App;

/// The operations on the rules of addresses.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(read::read, set::set))
}
