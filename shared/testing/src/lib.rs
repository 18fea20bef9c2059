//! What tests share: a table in memory, AWS in memory, a strict KMS, signing keys and tokens, calls to a router, real events.
#![expect(clippy::expect_used, reason = "a test that cannot be set up should stop right there")]

mod aws;
mod calls;
mod events;
mod gate;
mod kms;
pub mod oidc;
mod table;
mod tokens;

pub use aws::aws;
pub use calls::{Call, Reply};
pub use events::event;
pub use gate::{RATES, authenticator, gated, gated_at};
pub use kms::{KEY_ID, PlayedKms, vault};
pub use table::{missing_table, table};
pub use tokens::{TestKeys, caller, claims};
