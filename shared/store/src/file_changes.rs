//! Changes of files, and how they go: what is removed from the table leaves a *leftover*, which says that its bytes are still to be
//! removed. It goes when they are gone.

use app_domain::{
    File, FileId, FileStatus, Findable, MemoryId, StoreError, Timestamp, Upload, UserId, Version,
};
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::changes;
use crate::due::{self, DueKind, DueWork};
use crate::files::{Files, upload_of};
use crate::keys::{self, Key};
use crate::table::{self, ABSENT, number};

/// How often a removal is begun anew because another writer came first.
const TRIES: usize = 5;
/// The condition of a write that must follow the version it was made from.
const UNCHANGED: &str = "version = :before";

/// Whether a file was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// It was.
    Done,
    /// It has changed since it was read, or is gone.
    Overtaken,
    /// The memory that it should be with is not there.
    NoMemory,
}

/// Whether a file was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDeletion {
    /// It was.
    Done,
    /// It was not there.
    Missing,
    /// It has changed, and is not what was to be removed.
    Stale,
}

/// What is left of a file that is gone from the table.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Leftover {
    /// The upload that may not have been ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    /// The day from which on it is due.
    day: String,
}

impl Files {
    /// Replaces a file as it was read by what it is after a change. A file that is rejected leaves its bytes to be removed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn replace(&self, before: &File, after: &File) -> Result<FileChange, StoreError> {
        let item = self.items.item(after).await?;
        let mut put = self.table.put(keys::file(after.owner, after.id), &item)?;
        put.condition_expression = Some(UNCHANGED.to_owned());
        put.expression_attribute_values = Some([(":before".to_owned(), number(before.version.get()))].into());
        let noted = changes::note(&self.table, after.owner, Findable::File(after.id))?;
        let mut writes = vec![table::put(put), noted];

        let memory = |file: &File| file.attached.map(|attached| attached.memory);
        let mut memory_checked_at = None;
        if memory(before) != memory(after) {
            if let Some(memory) = memory(after) {
                memory_checked_at = Some(writes.len());
                writes.extend(self.link(after, memory)?);
            }
            writes.extend(self.unlinked(before)?);
        }
        if before.status == FileStatus::Uploading && after.status != FileStatus::Uploading {
            writes.push(due::done(&self.table, &before.upload_until().day(), upload_of(before))?);
        }
        if before.is_counted() && !after.is_counted() {
            writes.push(self.release(before)?);
            writes.extend(self.left_over(before, after.updated_at)?);
        }
        Ok(match self.table.transact(writes).await? {
            Ok(()) => FileChange::Done,
            Err(refused) if refused.includes(0) => FileChange::Overtaken,
            Err(refused) if memory_checked_at.is_some_and(|place| refused.includes(place)) => {
                FileChange::NoMemory
            }
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// Removes a file: from now on nobody finds it, and its bytes are given back. They are still to be removed:
    /// [`crate::FileRemoval::erase`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(
        &self,
        owner: UserId,
        id: FileId,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<FileDeletion, StoreError> {
        let is_meant = |file: &File| expected.is_none_or(|expected| expected == file.version);
        self.remove_if(owner, id, (is_meant, None), now).await
    }

    /// The same for a file that is with a memory which is on its way out. `Stale` if it is with that memory no more; nothing is removed once
    /// the memory is there again.
    pub(crate) async fn remove_from(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: FileId,
        now: Timestamp,
    ) -> Result<FileDeletion, StoreError> {
        let is_with = |file: &File| file.attached.is_some_and(|attached| attached.memory == memory);
        self.remove_if(owner, id, (is_with, Some(memory)), now).await
    }

    async fn remove_if(
        &self,
        owner: UserId,
        id: FileId,
        (is_meant, gone): (impl Fn(&File) -> bool, Option<MemoryId>),
        now: Timestamp,
    ) -> Result<FileDeletion, StoreError> {
        for attempt in 0..TRIES {
            let Some(file) = self.get(owner, id).await? else { return Ok(FileDeletion::Missing) };
            if !is_meant(&file) {
                return Ok(FileDeletion::Stale);
            }
            let mut writes = self.removal_of(&file, now)?;
            writes.extend(gone.map(|memory| self.memory_is_gone(owner, memory)).transpose()?);
            if self.table.transact(writes).await?.is_ok() {
                return Ok(FileDeletion::Done);
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// The same for a file that has been read. `Ok(false)` if it has changed since, or is gone.
    pub(crate) async fn remove_as_read(&self, file: &File, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.table.transact(self.removal_of(file, now)?).await?.is_ok())
    }

    fn removal_of(&self, file: &File, now: Timestamp) -> Result<Vec<TransactWriteItem>, StoreError> {
        let delete = self.deletion(keys::file(file.owner, file.id)).condition_expression(UNCHANGED);
        let delete = delete.expression_attribute_values(":before", number(file.version.get()));
        let noted = changes::note(&self.table, file.owner, Findable::File(file.id))?;
        let mut writes = vec![table::delete(delete)?, noted];
        writes.extend(self.unlinked(file)?);
        if file.status == FileStatus::Uploading {
            writes.push(due::done(&self.table, &file.upload_until().day(), upload_of(file))?);
        }
        // What is left of a rejected file has been noted when it was rejected.
        if file.is_counted() {
            writes.push(self.release(file)?);
            writes.extend(self.left_over(file, now)?);
        }
        Ok(writes)
    }

    fn memory_is_gone(&self, owner: UserId, memory: MemoryId) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(owner, memory).attributes()))
            .condition_expression(ABSENT);
        Ok(TransactWriteItem::builder().condition_check(check.build().map_err(table::corrupt)?).build())
    }

    /// What is left of a file that is gone, if anything is.
    pub(crate) async fn leftover(&self, owner: UserId, id: FileId) -> Result<Option<Leftover>, StoreError> {
        self.table.get(keys::file_leftover(owner, id)).await
    }

    /// Notes that nothing is left of a file.
    pub(crate) async fn erased(
        &self,
        owner: UserId,
        id: FileId,
        leftover: &Leftover,
    ) -> Result<(), StoreError> {
        let writes = vec![
            table::delete(self.deletion(keys::file_leftover(owner, id)))?,
            due::done(&self.table, &leftover.day, erasure_of(owner, id))?,
        ];
        // Nothing here has a condition.
        self.table.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    fn left_over(&self, file: &File, now: Timestamp) -> Result<[TransactWriteItem; 2], StoreError> {
        let upload_id = match &file.upload {
            Upload::Multipart { upload_id, .. } if file.status == FileStatus::Uploading => {
                Some(upload_id.clone())
            }
            _ => None,
        };
        let leftover = Leftover { upload_id, day: now.day() };
        let note = self.table.put(keys::file_leftover(file.owner, file.id), &leftover)?;
        let due = due::put(&self.table, &leftover.day, erasure_of(file.owner, file.id))?;
        Ok([table::put(note), due])
    }

    fn unlinked(&self, file: &File) -> Result<Option<TransactWriteItem>, StoreError> {
        let link = file.attached.map(|attached| keys::file_link(file.owner, attached.memory, file.id));
        link.map(|link| table::delete(self.deletion(link))).transpose()
    }

    fn deletion(&self, key: Key) -> aws_sdk_dynamodb::types::builders::DeleteBuilder {
        Delete::builder().table_name(self.table.name()).set_key(Some(key.attributes()))
    }
}

/// The work of removing the bytes of a file that is gone.
fn erasure_of(owner: UserId, id: FileId) -> DueWork {
    DueWork { kind: DueKind::File, owner, id: id.as_uuid() }
}
