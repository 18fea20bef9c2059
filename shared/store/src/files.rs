//! Files: what is known of them, and how much each person stores. Their bytes are in [`crate::FileBucket`].

use app_domain::{File, FileId, FileQuota, FileUsage, MemoryId, Sealing, StoreError, UserId};
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use serde::Deserialize;

use crate::due::{self, DueKind, DueWork};
use crate::file_item::{FileItem, FileItems};
use crate::keys::{self, FILE_LINK_PREFIX, FILE_PREFIX};
use crate::table::{self, PRESENT, Table, if_absent, number};

/// The files of the table.
#[derive(Clone)]
pub struct Files {
    pub(crate) table: Table,
    pub(crate) items: FileItems,
}

/// Whether a file was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileCreation {
    /// Its bytes may come.
    Done,
    /// It is more than its owner may store besides this.
    OverQuota(FileUsage),
    /// The memory that it should be with is not there.
    NoMemory,
}

#[derive(Default, Deserialize)]
struct UsageItem {
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    count: u64,
}

/// A file below its memory: all there is to it is in its key.
#[derive(Deserialize)]
struct Link {
    sk: String,
}

/// The places of writes whose conditions may fail, in the transaction that begins a file.
const RESERVATION: usize = 0;
const MEMORY: usize = 3;

impl Files {
    /// The files of `table`, with names sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: FileItems::new(sealing) }
    }

    /// Begins a file: notes it, reserves its bytes, and when it is given up if they do not come, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, file: &File, quota: FileQuota) -> Result<FileCreation, StoreError> {
        let Some(room) = quota.total_bytes.checked_sub(file.size_bytes) else {
            return Ok(FileCreation::OverQuota(self.usage(file.owner).await?));
        };
        let item = self.items.item(file).await?;
        let mut writes = vec![
            self.reserve(file, room)?,
            table::put(if_absent(self.table.put(keys::file(file.owner, file.id), &item)?)),
            due::put(&self.table, &file.upload_until().day(), upload_of(file))?,
        ];
        if let Some(attached) = file.attached {
            writes.extend(self.link(file, attached.memory)?);
        }
        match self.table.transact(writes).await? {
            Ok(()) => Ok(FileCreation::Done),
            Err(refused) if refused.includes(RESERVATION) => {
                Ok(FileCreation::OverQuota(self.usage(file.owner).await?))
            }
            Err(refused) if refused.includes(MEMORY) => Ok(FileCreation::NoMemory),
            Err(_) => Err(StoreError::Conflict),
        }
    }

    /// One file of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: FileId) -> Result<Option<File>, StoreError> {
        match self.table.get(keys::file(owner, id)).await? {
            Some(item) => Ok(Some(self.items.file(item).await?)),
            None => Ok(None),
        }
    }

    /// A person's files, the newest first: those before `before`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        owner: UserId,
        before: Option<FileId>,
        limit: u32,
    ) -> Result<Vec<File>, StoreError> {
        let before = before.map(|id| keys::file(owner, id));
        let partition = keys::owner(owner);
        let (items, _) = self.table.query::<FileItem>(partition, FILE_PREFIX, before, Some(limit)).await?;
        self.items.files(items).await
    }

    /// Those of several files that are there, the newest first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get_all(&self, owner: UserId, ids: Vec<FileId>) -> Result<Vec<File>, StoreError> {
        let items = self.table.get_all(ids.into_iter().map(|id| keys::file(owner, id)).collect()).await?;
        let mut files = self.items.files(items).await?;
        files.sort_by_key(|file| std::cmp::Reverse(file.id));
        Ok(files)
    }

    /// Those of several files that are there and can be read, in no order.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn readable(&self, owner: UserId, ids: Vec<FileId>) -> Result<Vec<File>, StoreError> {
        let keys = ids.into_iter().map(|id| keys::file(owner, id)).collect();
        let open = |item| async { self.items.file(table::from_item(item)?).await };
        self.table.readable(owner, keys, open).await
    }

    /// The ids of the files that are with one memory, the newest first: those before `before`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn ids_of(
        &self,
        owner: UserId,
        memory: MemoryId,
        before: Option<FileId>,
        limit: u32,
    ) -> Result<Vec<FileId>, StoreError> {
        let before = before.map(|id| keys::file_link(owner, memory, id));
        let below = keys::below(owner, memory);
        let (links, _) = self.table.query::<Link>(below, FILE_LINK_PREFIX, before, Some(limit)).await?;
        let id = |link: Link| link.sk.strip_prefix(FILE_LINK_PREFIX)?.parse().ok();
        Ok(links.into_iter().filter_map(id).collect())
    }

    /// How much a person stores.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn usage(&self, owner: UserId) -> Result<FileUsage, StoreError> {
        let item: Option<UsageItem> = self.table.get(keys::file_usage(owner)).await?;
        let UsageItem { bytes, count } = item.unwrap_or_default();
        Ok(FileUsage { bytes, count })
    }

    /// Counts the file, unless more than `room` is stored already: checked and counted in one step, so that many at once never
    /// exceed it together.
    pub(crate) fn reserve(&self, file: &File, room: u64) -> Result<TransactWriteItem, StoreError> {
        let update =
            self.counted(file, 1).condition_expression("attribute_not_exists(#bytes) OR #bytes <= :room");
        table::update(update.expression_attribute_values(":room", number(room)))
    }

    /// Gives back what the file was counted with.
    pub(crate) fn release(&self, file: &File) -> Result<TransactWriteItem, StoreError> {
        table::update(self.counted(file, -1))
    }

    fn counted(&self, file: &File, sign: i64) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::file_usage(file.owner).attributes()))
            .update_expression("ADD #bytes :bytes, #count :one")
            .expression_attribute_names("#bytes", "bytes")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":bytes", number(i128::from(sign) * i128::from(file.size_bytes)))
            .expression_attribute_values(":one", number(sign))
    }

    /// The writes that put a file with a memory, the first of which is refused if the memory is not there.
    pub(crate) fn link(&self, file: &File, memory: MemoryId) -> Result<[TransactWriteItem; 2], StoreError> {
        let there = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(file.owner, memory).attributes()))
            .condition_expression(PRESENT);
        let there = there.build().map_err(table::corrupt)?;
        let link = self.table.put(keys::file_link(file.owner, memory, file.id), &serde_json::json!({}))?;
        Ok([TransactWriteItem::builder().condition_check(there).build(), table::put(link)])
    }
}

/// The work of giving up an upload that is not completed.
pub(crate) fn upload_of(file: &File) -> DueWork {
    DueWork { kind: DueKind::Upload, owner: file.owner, id: file.id.as_uuid() }
}
