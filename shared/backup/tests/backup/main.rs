//! Backups, written and read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]
#![expect(clippy::print_stdout, reason = "what keys and packs cost is to be seen")]

mod keys;
mod layout;
mod listing;
mod manifests;
mod packs;
mod public_tools;
mod samples;
mod sealing;
