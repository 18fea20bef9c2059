//! Sealing and opening, and the life of a person's keys.

use std::sync::Arc;
use std::time::Instant;

use app_domain::{Sealing, StoreError, UserId};
use app_store::{DataKeys, KeyAddition, StoredKey, Table, WrappedKey};
use async_trait::async_trait;
use aws_sdk_kms::Client;
use zeroize::Zeroizing;

use crate::data_key::{DataKey, Place};
use crate::recent::{Reading, Recent};
use crate::{Kms, Sealed, VaultError};

/// The largest field that is sealed, in bytes. It is held in memory whole, more than once.
pub const MAX_PLAIN_BYTES: usize = 16 * 1024 * 1024;

const FIRST_GENERATION: u32 = 1;

/// Seals and opens people's fields. Cloning shares the remembered keys.
#[derive(Clone)]
pub struct Vault {
    keys: DataKeys,
    kms: Kms,
    recent: Arc<Recent>,
}

impl Vault {
    /// A vault whose keys are stored in `keys` and wrapped by `kms`.
    pub fn new(keys: DataKeys, kms: Kms) -> Self {
        Self { keys, kms, recent: Arc::default() }
    }

    /// A vault whose keys are in `table` and wrapped by the key `key_id` of the KMS that `connect` reaches.
    pub fn in_table(
        table: &Table,
        key_id: impl Into<Arc<str>>,
        connect: impl FnOnce() -> Client + Send + 'static,
    ) -> Self {
        Self::new(DataKeys::new(table.clone()), Kms::new(key_id, connect))
    }

    /// Seals a field under its owner's newest key; the first field makes the first key. `record` names the field and the
    /// item it is in, for example `IDENTITY#google/refreshToken`: it opens under that name only.
    ///
    /// # Errors
    /// `TooLarge` beyond [`MAX_PLAIN_BYTES`], `Shredded` if the owner's keys are destroyed, or if the table or KMS fails.
    pub async fn seal(&self, owner: UserId, record: &str, plain: &[u8]) -> Result<Sealed, VaultError> {
        if plain.len() > MAX_PLAIN_BYTES {
            return Err(VaultError::TooLarge);
        }
        let (generation, key) = self.newest(owner).await?;
        key.seal(&Place { owner, record, generation }, plain)
    }

    /// Opens a field of `owner` that was sealed as `record`. What it gives is overwritten when dropped.
    ///
    /// # Errors
    /// `Unreadable` if it was not sealed so or has been changed, `Shredded` if the owner's keys are destroyed, or if the
    /// table or KMS fails.
    pub async fn open(
        &self,
        owner: UserId,
        record: &str,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let generation = sealed.generation();
        let key = self.key(owner, generation).await?;
        key.open(&Place { owner, record, generation }, sealed)
    }

    /// A fingerprint of `text` under the first of its owner's keys, so that rotation does not change it: 32 hex digits. It
    /// tells nothing of the text to who has not the key.
    ///
    /// # Errors
    /// `Shredded` if the owner's keys are destroyed, or if the table or KMS fails.
    pub async fn fingerprint(&self, owner: UserId, text: &str) -> Result<String, VaultError> {
        let key = match self.key(owner, FIRST_GENERATION).await {
            Err(VaultError::Unreadable) => {
                self.newest(owner).await?;
                self.key(owner, FIRST_GENERATION).await?
            }
            key => key?,
        };
        Ok(key.fingerprint(text))
    }

    /// Makes a new key, which becomes the newest; what older ones sealed still opens. Returns its generation. Of two calls
    /// at once, both return the same. Other warm environments seal under the one before for up to five minutes more.
    ///
    /// # Errors
    /// `Shredded` if the owner's keys are destroyed, or if the table or KMS fails.
    pub async fn rotate(&self, owner: UserId) -> Result<u32, VaultError> {
        let reading = self.recent.reading(Instant::now());
        let generation = match self.keys.newest(owner).await? {
            StoredKey::Missing => FIRST_GENERATION,
            StoredKey::Wrapped(newest) => newest.generation.checked_add(1).ok_or_else(no_more)?,
            StoredKey::Shredded => return Err(VaultError::Shredded),
        };
        let (generation, _) = self.make(reading, owner, generation).await?;
        Ok(generation)
    }

    /// Destroys all keys of a person for good: nothing of theirs opens again, and no new key is made. Returns how many
    /// this call destroyed; calling again is harmless. The crate's documentation says who can still open for how long.
    ///
    /// # Errors
    /// If the table fails. What was begun stays; calling again finishes it.
    pub async fn shred(&self, owner: UserId) -> Result<u32, VaultError> {
        let shredded = self.keys.shred(owner).await;
        // Even if the table failed: it may have failed after the mark was there.
        self.recent.forget(owner);
        Ok(shredded?)
    }

    async fn newest(&self, owner: UserId) -> Result<(u32, Arc<DataKey>), VaultError> {
        let now = Instant::now();
        if let Some(newest) = self.recent.newest(owner, now) {
            return Ok(newest);
        }
        let reading = self.recent.reading(now);
        match self.keys.newest(owner).await? {
            StoredKey::Missing => self.make(reading, owner, FIRST_GENERATION).await,
            StoredKey::Wrapped(newest) => self.take_newest(reading, owner, &newest).await,
            StoredKey::Shredded => Err(VaultError::Shredded),
        }
    }

    async fn key(&self, owner: UserId, generation: u32) -> Result<Arc<DataKey>, VaultError> {
        let now = Instant::now();
        if let Some(key) = self.recent.key(owner, generation, now) {
            return Ok(key);
        }
        let reading = self.recent.reading(now);
        match self.keys.get(owner, generation).await? {
            StoredKey::Missing => Err(VaultError::Unreadable),
            StoredKey::Wrapped(key) => self.unwrapped(reading, owner, &key).await,
            StoredKey::Shredded => Err(VaultError::Shredded),
        }
    }

    /// A new key, or the one that somebody else made at the same moment: all must seal under what is stored.
    async fn make(
        &self,
        reading: Reading,
        owner: UserId,
        generation: u32,
    ) -> Result<(u32, Arc<DataKey>), VaultError> {
        let (key, wrapped) = self.kms.make(owner).await?;
        match self.keys.add(owner, &WrappedKey { generation, wrapped }).await? {
            KeyAddition::Done => {
                let key = Arc::new(key);
                self.recent.keep(reading, owner, generation, &key);
                self.recent.keep_newest(reading, owner, generation);
                Ok((generation, key))
            }
            KeyAddition::Raced => match self.keys.newest(owner).await? {
                StoredKey::Wrapped(newest) => self.take_newest(reading, owner, &newest).await,
                StoredKey::Shredded => Err(VaultError::Shredded),
                StoredKey::Missing => Err(StoreError::Conflict.into()),
            },
            KeyAddition::Shredded => Err(VaultError::Shredded),
        }
    }

    async fn take_newest(
        &self,
        reading: Reading,
        owner: UserId,
        newest: &WrappedKey,
    ) -> Result<(u32, Arc<DataKey>), VaultError> {
        let key = self.unwrapped(reading, owner, newest).await?;
        self.recent.keep_newest(reading, owner, newest.generation);
        Ok((newest.generation, key))
    }

    async fn unwrapped(
        &self,
        reading: Reading,
        owner: UserId,
        key: &WrappedKey,
    ) -> Result<Arc<DataKey>, VaultError> {
        // A generation is written once, so the same key may be at hand although the newest had to be asked for.
        if let Some(known) = self.recent.key(owner, key.generation, Instant::now()) {
            return Ok(known);
        }
        let unwrapped = Arc::new(self.kms.unwrapped(owner, &key.wrapped).await?);
        self.recent.keep(reading, owner, key.generation, &unwrapped);
        Ok(unwrapped)
    }
}

#[async_trait]
impl Sealing for Vault {
    async fn seal(&self, owner: UserId, record: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.seal(owner, record, plain).await?.to_bytes()?)
    }

    async fn open(&self, owner: UserId, record: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.open(owner, record, &Sealed::from_bytes(sealed)?).await?.to_vec())
    }

    async fn fingerprint(&self, owner: UserId, text: &str) -> Result<String, StoreError> {
        Ok(self.fingerprint(owner, text).await?)
    }
}

fn no_more() -> VaultError {
    StoreError::Corrupt("there are no more generations".into()).into()
}
