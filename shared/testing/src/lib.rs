//! What tests share: a table in memory, AWS in memory, a strict KMS, strict vendors, signing keys and tokens, calls to a router,
//! real events.
#![expect(clippy::expect_used, reason = "a test that cannot be set up should stop right there")]

mod aws;
mod bucket;
mod calls;
pub mod clock;
pub mod drives;
pub mod emf;
mod events;
mod file_bucket;
mod gate;
pub mod graph;
mod kms;
mod life;
mod log;
mod meter;
mod noise;
pub mod oidc;
pub mod openai;
mod people;
mod queue;
mod server;
mod table;
mod tokens;

pub use aws::aws;
pub use bucket::PlayedBucket;
pub use calls::{Call, Reply};
pub use events::event;
pub use file_bucket::{FileObject, PlayedFileBucket, sha256_base64};
pub use gate::{RATES, authenticator, gated, gated_at};
pub use kms::{KEY_ID, PlayedKms, vault};
pub use life::Death;
pub use log::{Log, METRICS};
pub use meter::{Cost, Meter};
pub use noise::{letters, noise};
pub use people::{ada, give_file, register, retitle};
pub use queue::PlayedQueue;
pub use table::{VECTOR_INDEX, metered_table, missing_table, table, table_of_vectors};
pub use tokens::{TestKeys, caller, claims};
