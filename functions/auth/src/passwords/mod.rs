//! Changing a password, and setting it anew when it is forgotten.

mod change;
mod forgot;
mod reset;

use app_http::{Routes, routes};

use crate::App;

/// The operations on passwords.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(forgot::forgot)).routes(routes!(reset::reset)).routes(routes!(change::change))
}
