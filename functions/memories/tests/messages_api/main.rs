//! The operations on messages, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod conversation;
mod deliver;
mod files;
mod limits;
mod memo;
mod stage;
