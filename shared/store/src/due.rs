//! Due work: what is to be done on a day, and on the days after until it is done. It is noted in the transaction that makes it due,
//! so that it is not forgotten if nobody lives to see to it at once.

use app_domain::{MemoryId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::Deserialize;
use uuid::Uuid;

use crate::Memories;
use crate::due_pages::{self, DuePage, forgotten, noted};
use crate::keys::{self, Key};
use crate::table::{self, PRESENT, Table};

/// The due work of the table.
#[derive(Clone)]
pub struct Due(Table);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// A memory's time in the trash is over.
    Trash,
    /// An upload should be complete.
    Upload,
    /// A deleted file's object is to be removed.
    File,
    /// A deleted category's memories are to be filed in none.
    Category,
    /// A deleted conversation's turns are to be removed.
    Conversation,
}

/// One thing to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueWork {
    /// What.
    pub kind: DueKind,
    /// Whose.
    pub owner: UserId,
    /// With which memory, file, category or conversation.
    pub id: Uuid,
}

impl DueKind {
    const ALL: [Self; 5] = [Self::Trash, Self::Upload, Self::File, Self::Category, Self::Conversation];

    /// Its name in keys.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Trash => "TRASH",
            Self::Upload => "UPLOAD",
            Self::File => "FILE",
            Self::Category => "CATEGORY",
            Self::Conversation => "CONVERSATION",
        }
    }
}

impl DueWork {
    fn key(self, day: &str) -> Key {
        keys::due(day, self.kind.as_str(), self.owner, self.id)
    }

    fn read(key: &str) -> Option<Self> {
        let mut parts = key.splitn(3, '#');
        let name = parts.next()?;
        let kind = DueKind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
        Some(Self { kind, owner: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? })
    }
}

/// The write that notes what is to be done on a day such as `2026-11-21`.
pub(crate) fn put(table: &Table, day: &str, work: DueWork) -> Result<TransactWriteItem, StoreError> {
    noted(table, work.key(day))
}

/// The write that notes that something is done that was to be done on a day.
pub(crate) fn done(table: &Table, day: &str, work: DueWork) -> Result<TransactWriteItem, StoreError> {
    forgotten(table, work.key(day))
}

/// The same, refused if that is not noted any more: somebody has done it.
pub(crate) fn done_if_noted(
    table: &Table,
    day: &str,
    work: DueWork,
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder().table_name(table.name()).set_key(Some(work.key(day).attributes()));
    table::delete(delete.condition_expression(PRESENT))
}

impl Due {
    /// The due work of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// What is to be done on a day such as `2026-11-21`, behind what was seen already: at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        day: &str,
        seen: Option<&str>,
        limit: u32,
    ) -> Result<DuePage<DueWork>, StoreError> {
        due_pages::page(&self.0, keys::due_day(day), seen, None, limit, DueWork::read).await
    }

    /// Notes that something is done that was to be done on a day.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn done(&self, day: &str, work: DueWork) -> Result<(), StoreError> {
        due_pages::forget(&self.0, work.key(day)).await
    }
}

/// When a memory goes for good.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InTrash {
    purge_at: Timestamp,
    is_purged: bool,
}

impl Memories {
    /// Whether a memory's time in the trash is over, or its owner has ended it. Due work knows the day alone, and the memory may have been restored and
    /// deleted again since.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_to_go(&self, owner: UserId, id: MemoryId, now: Timestamp) -> Result<bool, StoreError> {
        let item: Option<InTrash> = self.table.get(keys::trashed(owner, id)).await?;
        Ok(item.is_some_and(|item| item.is_purged || item.purge_at <= now))
    }
}
