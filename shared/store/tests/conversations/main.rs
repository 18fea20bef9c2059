//! Conversations on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod answers;
mod branches;
mod cost;
mod crowds;
mod forks;
mod model;
mod one;
mod removal;
mod scene;
mod sealed;
mod stage;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "what other tests need of it")]
mod support;
