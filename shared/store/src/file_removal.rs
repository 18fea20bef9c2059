//! Files that go: from the table first, then from the bucket. Each step can be repeated, by whoever finds that it was not done.

use app_domain::{File, FileId, FileStatus, MemoryId, StoreError, Timestamp, UserId};

use crate::file_bucket::FileBucket;
use crate::file_changes::FileDeletion;
use crate::files::Files;

/// How many files of a memory are removed before the next are looked for.
const PAGE: u32 = 25;

/// Removes files for good. Cloning shares the clients.
#[derive(Clone)]
pub struct FileRemoval {
    pub(crate) files: Files,
    bucket: FileBucket,
}

impl FileRemoval {
    /// Files of the table whose bytes are in the bucket.
    pub fn new(files: Files, bucket: FileBucket) -> Self {
        Self { files, bucket }
    }

    /// Removes a file and its bytes. `Ok(false)` if it was not there.
    ///
    /// # Errors
    /// If the store or the bucket fails. When the bucket does, the file is gone already, and its bytes stay due for
    /// [`Self::erase`].
    pub async fn delete(&self, owner: UserId, id: FileId, now: Timestamp) -> Result<bool, StoreError> {
        let was_there = self.files.remove(owner, id, None, now).await? == FileDeletion::Done;
        self.erase(owner, id).await?;
        Ok(was_there)
    }

    /// Removes all files that are with a memory, as [`Self::delete`] does. One that is moved away meanwhile stays.
    ///
    /// # Errors
    /// As [`Self::delete`].
    pub async fn delete_of(&self, owner: UserId, memory: MemoryId, now: Timestamp) -> Result<(), StoreError> {
        let mut before = None;
        loop {
            let ids = self.files.ids_of(owner, memory, before, PAGE).await?;
            for id in &ids {
                self.files.remove_from(owner, memory, *id, now).await?;
                self.erase(owner, *id).await?;
            }
            let Some(last) = ids.last() else { return Ok(()) };
            before = Some(*last);
        }
    }

    /// Removes the bytes of a file that is gone, if they are still there. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store or the bucket fails: the bytes stay due.
    pub async fn erase(&self, owner: UserId, id: FileId) -> Result<(), StoreError> {
        let Some(leftover) = self.files.leftover(owner, id).await? else { return Ok(()) };
        self.bucket.remove(owner, id, leftover.upload_id.as_deref()).await?;
        self.files.erased(owner, id, &leftover).await
    }

    /// Gives up an upload whose time is over. `Ok(false)` if it is not over yet: uploads are due on a day, not at an hour.
    ///
    /// # Errors
    /// If the store or the bucket fails.
    pub async fn expire(&self, owner: UserId, id: FileId, now: Timestamp) -> Result<bool, StoreError> {
        let file = self.files.get(owner, id).await?;
        let Some(file) = file.filter(|file| file.status == FileStatus::Uploading) else {
            self.erase(owner, id).await?;
            return Ok(true);
        };
        if now < file.upload_until() {
            return Ok(false);
        }
        self.give_up(&file, now).await
    }

    /// A file that was completed at the last moment is not given up.
    async fn give_up(&self, file: &File, now: Timestamp) -> Result<bool, StoreError> {
        let given_up = self.files.remove_as_read(file, now).await?;
        self.erase(file.owner, file.id).await?;
        Ok(given_up)
    }
}
