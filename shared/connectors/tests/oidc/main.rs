//! Signing in with Google and Apple, played strictly.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod apple;
mod caches;
mod fakes;
mod google;
mod settings;
mod support;
mod tokens;
