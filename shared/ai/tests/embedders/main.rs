//! Every embedder: what the port promises, and what each does of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod built_in;
mod contract;
mod openai_answers;
mod openai_chaos;
mod openai_failures;
mod openai_inputs;
mod openai_requests;
mod played;

// The vendor as functions' tests have it. Its crate also brings a table and the SDK, which would be built for nothing here.
#[path = "../../../testing/src/openai/mod.rs"]
pub mod openai;
#[path = "../../../testing/src/server.rs"]
mod server;
