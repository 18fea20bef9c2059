//! Reminders on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod cost;
mod due;
mod lists;
mod one;
mod stage;
