//! Dropbox, API version 2: the app folder of one account.
//!
//! Dropbox takes files of the same bytes under the same path for no conflict, and hashes them itself. An upload has no address: asking how far it
//! is means adding nothing to it, which is refused with the right offset.

mod arguments;
mod call;
mod config;
mod files;
mod listing;
mod metadata;
mod refusal;
mod uploads;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

pub use config::DropboxConfig;

use super::{
    Bearer, DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveFile, DrivePage, DriveUpload,
    When,
};

/// What is sent at a time: a multiple of the blocks that are hashed.
const CHUNK_BYTES: u64 = 8 << 20;

/// The app folder of a person's Dropbox. Connects to nothing before it is used.
pub struct Dropbox {
    config: DropboxConfig,
    bearer: Arc<dyn Bearer>,
}

impl Dropbox {
    /// The account that the tokens of a connection are for.
    pub fn new(config: DropboxConfig, bearer: Arc<dyn Bearer>) -> Self {
        Self { config, bearer }
    }
}

#[async_trait]
impl Drive for Dropbox {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        self.account_told().await
    }

    fn digest(&self) -> DigestKind {
        DigestKind::ContentHash
    }

    fn chunk_bytes(&self) -> u64 {
        CHUNK_BYTES
    }

    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        self.page(folder, page).await
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        self.found(path).await
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        self.part(file, from, count).await
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        self.put_whole(path, &bytes, &when).await
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        self.begin_upload(path, size_bytes, when).await
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        self.send_chunk(upload, chunk).await
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        self.ask_how_far(upload).await
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.delete(file, None).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.changed(cursor).await
    }
}
