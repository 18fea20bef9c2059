//! People's drives: the promises of the port, kept by the adapter of each provider against a strict fake of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod dropbox;
mod google;
mod oauth;
mod onedrive;
mod s3;
mod suite;
mod transfer;
