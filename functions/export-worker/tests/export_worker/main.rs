//! The worker on a real table, a strict S3 and a queue.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod account;
mod again;
mod contents;
mod deaths;
mod limits;
mod opened;
mod queue;
mod snapshot;
mod stage;
