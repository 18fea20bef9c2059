//! Reminders: a mail at a time, perhaps about a memory.

mod body;
mod create;
mod delete;
mod list;
mod patch;
mod read;

use app_domain::{Invalid, ReminderTime, Timestamp};
use app_http::{ApiError, FieldErrors, Routes, routes};

use crate::App;

/// The operations on reminders.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(create::create, list::list)).routes(routes!(
        read::read,
        patch::patch,
        delete::delete
    ))
}

/// A time as it was written.
fn written(at: &str) -> Result<Timestamp, Invalid> {
    at.parse().map_err(|_| Invalid::new("must be an RFC 3339 time"))
}

/// A time that a reminder can be set to.
fn ahead(at: Timestamp, now: Timestamp) -> Result<ReminderTime, ApiError> {
    ReminderTime::ahead(at, now).map_err(|invalid| FieldErrors::one("at", &invalid).into())
}
