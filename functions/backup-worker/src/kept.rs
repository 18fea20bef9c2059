//! What this service keeps about a person's drive and about jobs under way, in its own bucket: sealed under a key of the owner.

use std::sync::Arc;

use app_domain::{BackupId, DriveJob, DriveProvider, Sealing, StoreError, UserId};
use app_store::ArchiveBucket;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Not for people: nobody downloads it.
const SEALED: &str = "application/octet-stream";
/// Objects are sealed in pieces of so many bytes: a vault seals no more than some at once.
const PIECE_BYTES: usize = 4 << 20;
/// A piece's length stands before it.
const LENGTH_BYTES: usize = size_of::<u32>();

/// The sealed objects of one person.
#[derive(Clone)]
pub(crate) struct Kept {
    bucket: ArchiveBucket,
    sealing: Arc<dyn Sealing>,
    owner: UserId,
}

impl Kept {
    pub(crate) fn new(bucket: &ArchiveBucket, sealing: &Arc<dyn Sealing>, owner: UserId) -> Self {
        Self { bucket: bucket.clone(), sealing: Arc::clone(sealing), owner }
    }

    /// Keeps an object, in the place of one that is there.
    pub(crate) async fn put(&self, key: &str, plain: &[u8]) -> Result<(), StoreError> {
        // Nothing is a piece, too.
        let pieces: Vec<&[u8]> =
            if plain.is_empty() { vec![plain] } else { plain.chunks(PIECE_BYTES).collect() };
        let mut sealed = Vec::with_capacity(plain.len() + 64 * pieces.len());
        for (number, piece) in pieces.iter().enumerate() {
            let piece = self.sealing.seal(self.owner, &name(key, number, pieces.len()), piece).await?;
            let length = u32::try_from(piece.len()).map_err(|error| StoreError::Corrupt(Box::new(error)))?;
            sealed.extend_from_slice(&length.to_be_bytes());
            sealed.extend_from_slice(&piece);
        }
        self.bucket.put(key, sealed, SEALED).await
    }

    /// An object, if it is there and can be opened. One that cannot be counts as lost: everything that is kept can be done without.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = self.bucket.get(key).await? else { return Ok(None) };
        match self.opened(key, &sealed).await {
            Ok(plain) => Ok(Some(plain)),
            Err(StoreError::Corrupt(_)) => {
                tracing::warn!("an object about a drive cannot be opened");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The same of JSON.
    pub(crate) async fn put_json<T: Serialize>(&self, key: &str, value: &T) -> Result<(), Failure> {
        Ok(self.put(key, &serde_json::to_vec(value)?).await?)
    }

    /// The same of JSON. What another version of this program has kept may be unreadable, and counts as lost.
    pub(crate) async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let plain = self.get(key).await?;
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    /// Removes an object.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.bucket.remove(key).await
    }

    /// Removes what a job needed in order to go on.
    pub(crate) async fn clear(&self, job: &DriveJob) -> Result<(), StoreError> {
        self.bucket.remove(&job.prefix()).await
    }

    async fn opened(&self, key: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let pieces = pieces(sealed).ok_or_else(|| StoreError::Corrupt("an object is cut off".into()))?;
        let mut plain = Vec::with_capacity(sealed.len());
        for (number, piece) in pieces.iter().enumerate() {
            plain.extend(self.sealing.open(self.owner, &name(key, number, pieces.len()), piece).await?);
        }
        Ok(plain)
    }
}

/// Where something about a drive is kept for as long as the drive is known, such as `notes`.
pub(crate) fn state_key(owner: UserId, provider: DriveProvider, what: &str) -> String {
    format!("state/{owner}/{provider}/{what}")
}

/// Where the copy of a manifest is kept.
pub(crate) fn manifest_key(owner: UserId, provider: DriveProvider, id: BackupId) -> String {
    state_key(owner, provider, &format!("manifests/{id}"))
}

/// Where something of a job is kept until it is over, such as `checkpoint`.
pub(crate) fn work_key(job: &DriveJob, what: &str) -> String {
    format!("{}{what}", job.prefix())
}

/// The name that a piece is sealed under, so that none can be left out, repeated or put elsewhere.
fn name(key: &str, number: usize, count: usize) -> String {
    format!("{key}/{number}/{count}")
}

fn pieces(mut sealed: &[u8]) -> Option<Vec<&[u8]>> {
    let mut pieces = Vec::new();
    while !sealed.is_empty() {
        let (length, rest) = sealed.split_first_chunk::<LENGTH_BYTES>()?;
        let (piece, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        pieces.push(piece);
        sealed = rest;
    }
    // Even nothing has a piece.
    (!pieces.is_empty()).then_some(pieces)
}
