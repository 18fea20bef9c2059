//! The function's operations, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod api;
mod api_keys;
mod attempts;
mod oauth;
mod passwords;
mod sessions;
mod support;
