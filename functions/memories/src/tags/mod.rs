//! The tags that a person uses. They come and go with the memories that have them; here they are listed, renamed, merged and
//! removed.

mod delete;
mod list;
mod merge;
mod named;
mod rename;
mod retag;

use app_http::{Routes, routes};

use crate::App;

/// The operations on tags.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(list::list))
        .routes(routes!(rename::rename, delete::delete))
        .routes(routes!(merge::merge))
}
