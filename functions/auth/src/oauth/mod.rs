//! Signing in with Google and Apple.

mod apple_callback;
mod authorize;
mod complete;
mod exchange;
mod link;
mod list;
mod providers;
mod unlink;

use app_http::{Routes, routes};

use crate::App;

pub use complete::Accounts;
pub use exchange::Exchanger;
pub use providers::SignInProviders;

/// The operations on sign-in providers.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(authorize::authorize))
        .routes(routes!(complete::complete, unlink::unlink))
        .routes(routes!(link::link))
        .routes(routes!(list::list))
        .routes(routes!(apple_callback::apple_callback))
}
