//! Bringing in what people had elsewhere, as it was, and taking it back, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod backups;
mod conversations;
mod cost;
mod crowds;
mod deaths;
mod files;
mod memories;
mod messages;
mod model;
mod others;
mod stage;
mod undo;
