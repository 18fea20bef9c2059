//! Google Drive, v3 of its API, with the scope `drive.file`: the app sees what it has made itself, and nothing else.
//!
//! Our folder is known by a property, so that its owner can call it what they like and put it where they like. Files are made with ids that are fetched
//! before, so that a call whose answer got lost can be made again. Google knows no conditions: what [`When`] asks for is looked at
//! before a write, and as well as can be after it.

mod api;
mod changes;
mod config;
mod error;
mod find;
mod folders;
mod put;
mod settle;
mod upload;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

pub use config::GoogleConfig;

use self::find::parted;
use self::folders::Folders;
use self::wire::About;
use super::{
    Bearer, DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveFile, DrivePage, DriveUpload,
    When,
};

/// A multiple of 256 KiB, as Google wants it.
const CHUNK_BYTES: u64 = 8 << 20;

/// Our folder in somebody's Google Drive. Connects to nothing before it is used.
pub struct GoogleDrive {
    config: GoogleConfig,
    bearer: Arc<dyn Bearer>,
    folders: Folders,
    /// Ids that nothing has yet.
    ids: Mutex<Vec<String>>,
}

impl GoogleDrive {
    /// The drive that a token opens.
    pub fn new(config: GoogleConfig, bearer: Arc<dyn Bearer>) -> Self {
        Self { config, bearer, folders: Folders::default(), ids: Mutex::default() }
    }

    fn spare_ids(&self) -> MutexGuard<'_, Vec<String>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for GoogleDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GoogleDrive({})", self.config.api)
    }
}

#[async_trait]
impl Drive for GoogleDrive {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        let fields = "user(permissionId,emailAddress,displayName),storageQuota(limit,usage)";
        let About { user, storage_quota } = self.json(self.get("/about", &[("fields", fields)])?).await?;
        Ok(DriveAccount {
            id: user.permission_id,
            label: user.email_address.or(user.display_name).unwrap_or_default(),
            used_bytes: storage_quota.usage.unwrap_or(0),
            total_bytes: storage_quota.limit,
        })
    }

    fn digest(&self) -> DigestKind {
        DigestKind::Sha256
    }

    fn chunk_bytes(&self) -> u64 {
        CHUNK_BYTES
    }

    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        self.page(folder.trim_matches('/'), page).await
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        let (folder, name) = parted(path)?;
        self.at(&folder, &name).await
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        self.bytes(file, from, count).await
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        self.put_whole(path, bytes, &when).await
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        self.begin_upload(path, size_bytes, when).await
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        self.send_chunk(upload, chunk).await
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        self.resume_upload(upload).await
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.delete(&file.id).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.changed(cursor).await
    }
}
