//! People's own storage in somebody's cloud: one port, [`Drive`], and an adapter for each provider.
//!
//! A drive is a folder of ours there, with files by their paths below it. Files are put whole or not at all, and compared with what the provider
//! says of them. Every call can be made again: what was done already is found to be done.

mod bearer;
mod digest;
mod dropbox;
mod error;
mod google;
mod http;
pub mod oauth;
mod onedrive;
pub mod s3;
mod transfer;

use std::fmt;
use std::ops::Range;

use app_domain::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use bearer::Bearer;
pub use digest::{Digest, DigestKind};
pub use dropbox::{Dropbox, DropboxConfig};
pub use error::{DriveError, DriveErrorClass};
pub use google::{GoogleConfig, GoogleDrive};
pub use onedrive::{OneDrive, OneDriveConfig};
pub use transfer::{BytesSource, Checkpoint, Next, SMALL_BYTES, TransferError, Transferred, transfer};

/// A folder of ours in a person's own storage. Paths are relative to it, with `/` between names: `backups/2026.json`.
#[async_trait]
pub trait Drive: Send + Sync {
    /// Whose storage it is, and how much room there is.
    ///
    /// # Errors
    /// If the provider refuses or fails.
    async fn account(&self) -> Result<DriveAccount, DriveError>;

    /// The hash by which the provider vouches for files.
    fn digest(&self) -> DigestKind;

    /// How many bytes [`Drive::send`] takes at a time; the last time fewer.
    fn chunk_bytes(&self) -> u64;

    /// The files in a folder and below it, a page at a time: behind `page`, which is a [`DrivePage::next`]. None if there is no such folder.
    /// `""` is all of them.
    ///
    /// # Errors
    /// If the provider refuses or fails; [`DriveErrorClass::Reset`] if the page is too old.
    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError>;

    /// The file of a path.
    ///
    /// # Errors
    /// If the provider refuses or fails.
    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError>;

    /// As many bytes of a file as are there of `count` from `from` on; at most 32 MiB.
    ///
    /// # Errors
    /// [`DriveErrorClass::NotFound`] if it is gone.
    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError>;

    /// Puts a file of at most 4 MiB in one call. What comes back is compared with what was sent: see [`DriveErrorClass::Mismatch`].
    ///
    /// # Errors
    /// [`DriveErrorClass::Conflict`] if there is another file than `when` wants. The same bytes under the same path are no conflict.
    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError>;

    /// Begins a file of a size, of one byte at least. There is nothing to see of it until its last chunk is sent.
    ///
    /// # Errors
    /// [`DriveErrorClass::Full`] if there is no room, as far as the provider says so at once.
    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError>;

    /// Sends the next chunk, from `upload.offset` on, which moves by as much as the provider has taken. The file, when it is whole. An empty
    /// chunk ends an upload all of whose bytes the provider has.
    ///
    /// # Errors
    /// [`DriveErrorClass::UploadGone`] if it has to be begun anew; [`DriveErrorClass::Conflict`] at the end as for [`Drive::put`].
    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError>;

    /// Asks the provider how far an upload is, and sets `upload.offset`, which may then be beyond what the digest has had. The file, if it is whole:
    /// see [`DriveUpload::missed`].
    ///
    /// # Errors
    /// [`DriveErrorClass::UploadGone`] if it has to be begun anew.
    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError>;

    /// Removes a file. One that is gone is removed.
    ///
    /// # Errors
    /// If the provider refuses or fails.
    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError>;

    /// What has changed since a cursor; without one, what is there and a cursor to go on from. What we did ourselves is among it.
    ///
    /// # Errors
    /// [`DriveErrorClass::Reset`] if the cursor is too old: begin without one.
    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError>;
}

/// Whose storage it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveAccount {
    /// The provider's name for the account, which never changes.
    pub id: String,
    /// What its owner knows it by, such as an address; empty if nothing is known.
    pub label: String,
    /// How many bytes are in use; 0 if nobody counts them, as there is no limit.
    pub used_bytes: u64,
    /// How many bytes there can be; `None` if the provider names no limit.
    pub total_bytes: Option<u64>,
}

/// A file on a drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DriveFile {
    /// The provider's name for it, which survives renaming.
    pub id: String,
    /// Its path in our folder.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// What the provider says of its bytes, in the form of [`Digest::finish`]; `None` if it says nothing (yet).
    pub hash: Option<String>,
    /// Changes whenever its bytes do.
    pub revision: String,
    /// When its bytes last changed, by the provider's clock.
    pub modified_at: Timestamp,
}

/// A part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrivePage {
    /// The files, in no order.
    pub files: Vec<DriveFile>,
    /// Where the list goes on, if it does.
    pub next: Option<String>,
}

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveChanges {
    /// In the order in which they are to be taken: of a file that occurs twice, the last counts.
    pub changes: Vec<DriveChange>,
    /// From where to ask next.
    pub cursor: String,
    /// Whether there is more to ask for at once.
    pub has_more: bool,
}

/// A change on a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriveChange {
    /// A file was made, changed, moved or renamed: as it is now.
    File(DriveFile),
    /// A file or folder is gone or out of our folder: by its id, by its path, or both, as far as the provider says.
    Gone {
        /// The provider's name for it.
        id: Option<String>,
        /// Its path in our folder.
        path: Option<String>,
    },
}

/// Which file may be there when another is put under its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// None.
    Absent,
    /// Any, or none: it is replaced.
    Any,
    /// The one of this [`DriveFile::revision`].
    Revision(String),
}

/// A file on its way. Serialized it can be gone on with in another process; it holds what opens the upload, so it is to be kept as a secret.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DriveUpload {
    /// Where the file goes.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// How many bytes the provider has.
    pub offset: u64,
    /// How many bytes the digest has: at least as many, if the provider has taken less than it was sent.
    pub digested: u64,
    /// Of the bytes that were sent.
    pub digest: Digest,
    /// Which file may be there.
    pub when: When,
    /// The provider's name for the upload, or its address.
    pub session: String,
}

impl fmt::Debug for DriveUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DriveUpload({} of {})", self.offset, self.size_bytes)
    }
}

impl DriveUpload {
    /// An upload that has begun.
    pub fn begun(path: &str, size_bytes: u64, when: When, kind: DigestKind, session: String) -> Self {
        Self {
            path: path.to_owned(),
            size_bytes,
            offset: 0,
            digested: 0,
            digest: Digest::new(kind),
            when,
            session,
        }
    }

    /// Takes the bytes of a chunk from `offset` on into the digest, as far as it has not had them.
    pub fn digest(&mut self, chunk: &[u8]) {
        let known = usize::try_from(self.digested.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        if let Some(new) = chunk.get(known..).filter(|_| self.offset <= self.digested) {
            self.digest.update(new);
            self.digested += new.len() as u64;
        }
    }

    /// The bytes that the provider has and the digest has not: whoever sent them died before that was noted. They have to be read once more, for
    /// [`DriveUpload::catch_up`], before the upload goes on.
    pub fn missed(&self) -> Range<u64> {
        self.digested..self.offset.max(self.digested)
    }

    /// Takes bytes into the digest that follow those it has had.
    pub fn catch_up(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.digested += bytes.len() as u64;
    }

    /// Whether a file that the provider says is there is the one that was sent. One of which it gives no hash is compared by its size, and so is
    /// every one while the digest has missed bytes.
    ///
    /// # Errors
    /// [`DriveErrorClass::Mismatch`] if it is not.
    pub fn check(&self, file: &DriveFile) -> Result<(), DriveError> {
        let known = DriveFile { hash: None, ..file.clone() };
        let has_all = self.digested == self.size_bytes;
        same(if has_all { file } else { &known }, self.size_bytes, &self.digest.finish())
    }
}

/// Whether a file is of a size and a hash.
///
/// # Errors
/// [`DriveErrorClass::Mismatch`] if it is not.
pub(crate) fn same(file: &DriveFile, size_bytes: u64, hash: &str) -> Result<(), DriveError> {
    let is_same = file.size_bytes == size_bytes && file.hash.as_deref().is_none_or(|told| told == hash);
    if is_same { Ok(()) } else { Err(DriveError::of(DriveErrorClass::Mismatch)) }
}
