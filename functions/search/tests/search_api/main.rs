//! The function's operations, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod events;
mod failures;
mod results;
mod rules;
mod saved;
mod stage;
