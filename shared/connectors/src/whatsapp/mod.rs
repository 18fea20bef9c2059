//! WhatsApp Business Cloud API: the webhook's signature, what it delivers, and what a message says.

mod account;
mod contact;
mod delivery;
mod hash;
mod json;
mod reading;
mod signature;
mod status;
mod update;
mod webhook;
mod wire;

pub use account::AccountUpdate;
pub use contact::ContactUpdate;
pub use delivery::{Delivery, DeliveryOrigin};
pub use hash::{code_hash, sender_hash, sha256_hex};
pub use reading::{MediaReference, Reading, Said, beginning_of};
pub use signature::{Signature, sign};
pub use status::{StatusError, StatusUpdate};
pub use update::Update;
pub use webhook::Webhook;
