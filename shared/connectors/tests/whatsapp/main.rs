//! What WhatsApp's webhook brings: every type and case, and whatever else may come.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod events;
mod fixtures;
mod odd;
mod support;
