//! Accounts from outside: the audit log for its person, and administration.

mod accounts;
mod audit;
mod ip_rules;

use app_http::{Authenticator, service};
use app_store::{AuditLog, Directory, Settings, Table};
use axum::Router;
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    directory: Directory,
    audit_log: AuditLog,
    settings: Settings,
    authenticator: Authenticator,
}

impl App {
    /// The accounts of `table`, for those that `authenticator` proves.
    pub fn new(table: &Table, authenticator: Authenticator) -> Self {
        Self {
            directory: Directory::new(table.clone()),
            audit_log: AuditLog::new(table.clone()),
            settings: Settings::new(table.clone()),
            authenticator,
        }
    }
}

/// The operations, with their description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(audit::api()).merge(accounts::api()).merge(ip_rules::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    let (router, _) = api().with_state(app).split_for_parts();
    service(router, allowed_origin)
}
