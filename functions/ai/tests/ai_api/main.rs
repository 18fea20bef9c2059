//! The function's operations, on a real table, with the built-in model and with one on a server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod budgets;
mod chat;
mod ear;
mod facts;
mod faults;
mod long;
mod privacy;
mod prompt;
mod reminders;
mod room;
mod stage;
mod stream;
mod tasks;
mod tools;
