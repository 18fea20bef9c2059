//! The worker on a real table, a strict S3, a strict Graph API and a strict model.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod again;
mod faults;
mod limits;
mod spoken;
mod stage;
mod stored;
