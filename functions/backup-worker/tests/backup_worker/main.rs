//! The worker on a real table, a strict S3, queues, and a strict Dropbox.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]
#![expect(clippy::print_stdout, reason = "some say what they have counted")]

mod account;
mod by_hand;
mod crowds;
mod deaths;
mod elsewhere;
mod encrypted;
mod limits;
mod notes;
mod opened;
mod pruning;
mod pushes;
mod queue;
mod rivals;
mod stage;
