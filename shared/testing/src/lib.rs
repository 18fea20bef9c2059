//! What tests share: a table in memory, AWS in memory, a strict KMS, strict vendors, signing keys and tokens, calls to a router,
//! real events.
#![expect(clippy::expect_used, reason = "a test that cannot be set up should stop right there")]

mod aws;
mod bucket;
mod calls;
pub mod drives;
mod events;
mod gate;
pub mod graph;
mod kms;
mod log;
mod meter;
pub mod oidc;
pub mod openai;
mod queue;
mod server;
mod table;
mod tokens;

pub use aws::aws;
pub use bucket::PlayedBucket;
pub use calls::{Call, Reply};
pub use events::event;
pub use gate::{RATES, authenticator, gated, gated_at};
pub use kms::{KEY_ID, PlayedKms, vault};
pub use log::Log;
pub use meter::{Cost, Death, Meter};
pub use queue::PlayedQueue;
pub use table::{VECTOR_INDEX, metered_table, missing_table, table, table_of_vectors};
pub use tokens::{TestKeys, caller, claims};
