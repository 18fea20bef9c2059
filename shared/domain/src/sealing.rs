//! The port that encrypts what people write before it is stored.

use async_trait::async_trait;

use crate::{StoreError, UserId};

/// Encrypts single records under keys of their owner.
#[async_trait]
pub trait Sealing: Send + Sync + 'static {
    /// Seals a record. It opens for the same owner under the same name alone; `record` names it for good, for example
    /// `memory/<id>`.
    async fn seal(&self, owner: UserId, record: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Opens what was sealed. `Corrupt` if it was not sealed so, has been changed since, or its keys are destroyed.
    async fn open(&self, owner: UserId, record: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// A fingerprint by which two texts of one owner are known to be the same, as long as the owner's keys exist. It tells nothing
    /// of the text to who has not the keys.
    async fn fingerprint(&self, owner: UserId, text: &str) -> Result<String, StoreError>;
}
