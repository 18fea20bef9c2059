//! Archives of our own, tables and JSON, and archives that were made to do harm.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod broken_json;
mod going_on;
mod hostile_zips;
mod json;
mod ours;
mod own;
mod support;
mod tables;
