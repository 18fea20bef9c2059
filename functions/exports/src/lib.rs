//! Export and import jobs: request, progress, download, undo. `export-worker` and `import-worker` do them.

mod body;
mod cancel;
mod delete;
mod download;
mod imports;
mod list;
mod read;
mod request;
mod wanted;

use app_domain::{ExportLimits, ImportLimits, ImportTask, Invalid, Job};
use app_http::{Authenticator, Routes, routes, service};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Exports, Imports};
use axum::Router;
use axum::extract::FromRef;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The export jobs.
    pub exports: Exports,
    /// The import jobs.
    pub imports: Imports,
    /// Hands export jobs to the worker.
    pub queue: Queue<Job>,
    /// Hands import jobs to theirs.
    pub import_queue: Queue<ImportTask>,
    /// Where exports are.
    pub exported: Exported,
    /// Where what is brought in is.
    pub uploaded: Uploaded,
    /// What exports may be.
    pub export_limits: ExportLimits,
    /// What imports may be.
    pub import_limits: ImportLimits,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The bucket of exports.
#[derive(Clone)]
pub struct Exported(pub ArchiveBucket);

/// The bucket of imports.
#[derive(Clone)]
pub struct Uploaded(pub ArchiveBucket);

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(request::request, list::list))
        .routes(routes!(read::read, delete::delete))
        .routes(routes!(cancel::cancel))
        .routes(routes!(download::download))
        .merge(imports::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}

/// The name of a time zone that exists.
fn timezone(name: String) -> Result<String, Invalid> {
    match jiff::tz::TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(Invalid::new("must be a time zone such as Europe/Berlin")),
    }
}
