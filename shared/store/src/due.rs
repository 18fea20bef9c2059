//! Due work: what is to be done on a day, and on the days after until it is done. It is noted in the transaction that makes it due,
//! so that it is not forgotten if nobody lives to see to it at once.

use app_domain::{MemoryId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Memories;
use crate::keys::{self, Key};
use crate::table::{self, PRESENT, Table, from_item, text};

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

/// A part of a day's due work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePage {
    /// In the table's order.
    pub work: Vec<DueWork>,
    /// How much there was besides that this version does not know.
    pub unknown: usize,
    /// The last that was seen, if more may follow.
    pub next: Option<String>,
}

/// All there is to an item of due work is in its key.
#[derive(Serialize)]
struct DueItem {}

#[derive(Deserialize)]
struct Found {
    sk: String,
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

    fn read(seen: &str) -> Option<Self> {
        let mut parts = seen.splitn(3, '#');
        let name = parts.next()?;
        let kind = DueKind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
        Some(Self { kind, owner: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? })
    }
}

/// The write that notes what is to be done on a day such as `2026-11-21`.
pub(crate) fn put(table: &Table, day: &str, work: DueWork) -> Result<TransactWriteItem, StoreError> {
    Ok(table::put(table.put(work.key(day), &DueItem {})?))
}

/// The write that notes that something is done that was to be done on a day.
pub(crate) fn done(table: &Table, day: &str, work: DueWork) -> Result<TransactWriteItem, StoreError> {
    let key = Some(work.key(day).attributes());
    table::delete(Delete::builder().table_name(table.name()).set_key(key))
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
    pub async fn page(&self, day: &str, seen: Option<&str>, limit: u32) -> Result<DuePage, StoreError> {
        let request = self.0.client().query().table_name(self.0.name()).consistent_read(true);
        let answer = request
            .key_condition_expression("pk = :day AND sk > :seen")
            .expression_attribute_values(":day", text(keys::due_day(day)))
            // Less than any key.
            .expression_attribute_values(":seen", text(seen.unwrap_or(" ")))
            .limit(limit.cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        let more = answer.last_evaluated_key.is_some();
        let found = answer.items.unwrap_or_default().into_iter().map(from_item::<Found>);
        let found: Vec<Found> = found.collect::<Result<_, _>>()?;
        let work: Vec<DueWork> = found.iter().filter_map(|found| DueWork::read(&found.sk)).collect();
        let unknown = found.len() - work.len();
        Ok(DuePage {
            work,
            unknown,
            next: found.into_iter().next_back().map(|last| last.sk).filter(|_| more),
        })
    }

    /// Notes that something is done that was to be done on a day.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn done(&self, day: &str, work: DueWork) -> Result<(), StoreError> {
        let request = self.0.client().delete_item().table_name(self.0.name());
        let key = Some(work.key(day).attributes());
        request.set_key(key).send().await.map(drop).map_err(table::failed)
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
