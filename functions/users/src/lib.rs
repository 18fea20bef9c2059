//! Accounts from outside: the audit log for its person, and administration.

mod accounts;
mod audit;
mod ip_rules;

use app_http::{Authenticator, Routes, service};
use app_store::{AuditLog, Directory, Settings, Table};
use axum::Router;
use axum::extract::FromRef;

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

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new().merge(audit::api()).merge(accounts::api()).merge(ip_rules::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
