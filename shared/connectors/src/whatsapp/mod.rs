//! WhatsApp Business Cloud API: the webhook's signature, what it delivers, and what a message says.

mod delivery;
mod hash;
mod json;
mod reading;
mod signature;
mod webhook;

pub use delivery::Delivery;
pub use hash::{code_hash, sha256_hex};
pub use reading::{Reading, beginning_of};
pub use signature::{Signature, sign};
pub use webhook::Webhook;
