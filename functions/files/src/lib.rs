//! Files: upload, download, list, change, delete. Their bytes go between clients and S3 through links that are signed here, never
//! through this function.

mod arrival;
mod body;
mod complete;
mod create;
mod delete;
mod disposition;
mod download;
mod list;
mod parts;
mod patch;
mod read;

use app_domain::FileQuotas;
use app_http::{Authenticator, Routes, routes, service};
use app_store::{FileBucket, Files};
use axum::Router;
use axum::extract::FromRef;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// What is known of the files.
    pub files: Files,
    /// Their bytes.
    pub bucket: FileBucket,
    /// How much people may store.
    pub quotas: FileQuotas,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, patch::patch, delete::delete))
        .routes(routes!(parts::sign, parts::list))
        .routes(routes!(complete::complete))
        .routes(routes!(download::download))
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
