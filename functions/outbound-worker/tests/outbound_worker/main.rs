//! The worker on a real table, with the built-in Memo and a strict Graph API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod once;
mod queue;
mod refused;
mod stage;
mod tasks;
mod unsaid;
