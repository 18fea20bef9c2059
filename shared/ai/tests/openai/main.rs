//! Models behind the protocol of OpenAI that one can talk with or that write down what is said, and the vendor as it is played.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod answers;
mod cuts;
mod failures;
mod patience;
mod played;
mod strictness;
mod strictness_of_forms;
mod transcripts;

// The vendor as functions' tests have it. Its crate also brings a table and the SDK, which would be built for nothing here.
#[path = "../../../testing/src/openai/mod.rs"]
pub mod openai;
#[path = "../../../testing/src/server.rs"]
mod server;
