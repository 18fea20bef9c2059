//! Harness of the end-to-end tests: the deployed stack, and people who use it.
#![expect(clippy::expect_used, reason = "a test that cannot be set up should stop right there")]

mod client;
mod mailbox;
pub mod meta;
mod openid;
mod stack;
mod wait;

pub use client::{Person, Reply};
pub use mailbox::{Mail, Mailbox};
pub use openid::{Callback, OpenIdProvider};
pub use stack::{Drives, Stack, repository};
pub use wait::eventually;
