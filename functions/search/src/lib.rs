//! Search by words and by meaning, right after the write; saved searches.

mod body;
mod by_body;
mod by_query;
mod criteria;
mod run;
mod saved;

use std::sync::Arc;

use app_http::{Authenticator, Routes, routes, service};
use app_index::{Finder, IndexJob};
use app_runtime::Queue;
use app_store::SavedSearches;
use axum::Router;
use axum::extract::FromRef;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// Finds what people have.
    pub finder: Arc<Finder>,
    /// The searches that they keep.
    pub saved: SavedSearches,
    /// Where an index is made again that has been found damaged.
    pub jobs: Queue<IndexJob>,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(by_query::search, by_body::search)).merge(saved::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
