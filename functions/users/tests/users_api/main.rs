//! The function's operations, on a real table and behind the real gate.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod accounts;
mod audit;
mod callers;
mod change;
mod ip_rules;
mod stage;
