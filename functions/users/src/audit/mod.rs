//! What happened to an account's security: for its person, and for administrators.

mod body;
mod of_account;
mod own;

use app_http::{Routes, routes};

use crate::App;

/// The operations on audit logs.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(own::own)).routes(routes!(of_account::of_account))
}
