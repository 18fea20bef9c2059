//! Drives, their jobs and backups on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod backups;
mod connections;
mod cost;
mod due;
mod jobs;
mod stage;
mod tokens;
