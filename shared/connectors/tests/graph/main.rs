//! The Graph API, played strictly.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod accounts;
mod control;
mod downloads;
mod failures;
mod media;
mod sending;
mod statuses;
mod strictness;
mod support;
