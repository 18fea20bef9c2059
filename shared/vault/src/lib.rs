//! Encryption of single fields under a key of their owner.
//!
//! Each person has data keys, made and wrapped by KMS and stored wrapped. A field is sealed under its owner's newest one
//! with AES-256-GCM, and bound to its owner, its record and the generation of the key: moved elsewhere, it does not open.
//!
//! **Nonces.** Each seal draws 96 random bits. NIST SP 800-38D (section 8.3) allows 2^32 seals under one key that way. A
//! key serves one person only, whose fields are sealed when they change: at one a second it would last 136 years, and
//! [`Vault::rotate`] begins anew.
//!
//! **Memory.** An unwrapped key serves for five minutes after it was read; the process remembers a thousand at most. The
//! next use of the vault drops those that are older, and a dropped key is overwritten. Copies in the buffers of the SDK and
//! of TLS are out of reach.
//!
//! **Shredding.** [`Vault::shred`] works at once in its own process and for everybody who has to ask the table. Other warm
//! environments may seal and open for up to five minutes more with keys they hold; what they seal is lost with the keys.
//! Point-in-time backups of the table hold the wrapped keys for 35 days more: until then, who may restore the table and
//! call KMS can still open what was sealed.

mod data_key;
mod error;
mod kms;
mod recent;
mod sealed;
mod vault;

pub use error::VaultError;
pub use kms::Kms;
pub use sealed::Sealed;
pub use vault::{MAX_PLAIN_BYTES, Vault};
