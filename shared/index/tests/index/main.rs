//! A person's index against a real table in memory: what is written is found at once, what is gone is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod chaos;
mod damage;
mod embedding;
mod files;
mod filters;
mod finding;
mod isolation;
mod pages;
mod stage;
