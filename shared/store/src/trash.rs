//! The trash: memories that were deleted, for thirty days, and how they come back or go for good.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use app_domain::{
    Findable, Invalid, Memory, MemoryId, Page, PageRequest, StoreError, Timestamp, UserId, Version,
};
use aws_sdk_dynamodb::types::builders::DeleteBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::changes;
use crate::due::{self, DueKind, DueWork};
use crate::keys::{self, BY_UPDATED, Key, MESSAGE_PREFIX};
use crate::memories::{KeyOnly, Memories, TRIES};
use crate::memory_item::WholeItem;
use crate::shelf::{Move, person_counted};
use crate::table::{self, PRESENT, if_absent, number, text};

/// How long a deleted memory can be restored.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many items are removed between two reads.
const PORTION: u32 = 500;

/// A memory in the trash.
#[derive(Debug, Clone, PartialEq)]
pub struct Trashed {
    /// The memory, as it was.
    pub memory: Memory,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// When it goes for good.
    pub purge_at: Timestamp,
}

/// Why a memory was not moved to the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is in the trash.
    Done,
    /// It was not there.
    Missing,
    /// It is not at the version that was to be deleted.
    Stale,
}

/// A place in the list of the trash: when a memory was deleted, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinPosition(String);

impl fmt::Display for BinPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BinPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = text.split_once('#').filter(|(at, id)| {
            at.parse::<Timestamp>().is_ok_and(|time| time.to_string() == *at)
                && id.parse::<MemoryId>().is_ok()
        });
        parts.map(|_| Self(text.to_owned())).ok_or_else(|| Invalid::new("is not a place in the trash"))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrashedItem {
    #[serde(flatten)]
    pub(crate) whole: WholeItem,
    pub(crate) trashed_at: Timestamp,
    pub(crate) purge_at: Timestamp,
    /// The day from which on that is due: the one after it, when its hour has come for certain.
    pub(crate) due_day: String,
    /// Whether it is on its way out, and cannot be restored any more.
    #[serde(default)]
    pub(crate) is_purged: bool,
}

/// A memory in the order of removal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BinEntry {
    id: String,
    by_updated: String,
}

impl Memories {
    /// Moves a memory to the trash, out of every list and count, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn trash(
        &self,
        owner: UserId,
        id: MemoryId,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Removal, StoreError> {
        let mut gone = Vec::new();
        for attempt in 0..TRIES {
            let Some(whole) = self.table.get::<WholeItem>(keys::memory(owner, id)).await? else {
                return Ok(Removal::Missing);
            };
            if expected.is_some_and(|expected| expected != whole.item.version) {
                return Ok(Removal::Stale);
            }
            let memory = self.items.whole(whole.clone()).await?;
            let recent = table::attribute(&whole.messages.recent_messages)?;
            let delete = Delete::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::memory(owner, id).attributes()))
                .condition_expression(
                    "version = :version AND messageCount = :messages AND recentMessages = :recent",
                )
                .expression_attribute_values(":version", number(whole.item.version.get()))
                .expression_attribute_values(":messages", number(whole.messages.message_count))
                .expression_attribute_values(":recent", recent);
            let purge_at = now.plus(KEPT_FOR);
            let due_day = purge_at.plus(DAY).day();
            let entry = BinEntry { id: id.to_string(), by_updated: format!("{now}#{id}") };
            let mut writes = vec![
                table::delete(delete)?,
                table::put(self.table.put(keys::binned(owner, id), &entry)?),
                due::put(&self.table, &due_day, purge_of(owner, id))?,
                changes::note_with_below(&self.table, owner, id)?,
            ];
            writes.extend(self.same_again(Some(&whole.item), None)?);
            let trashed = TrashedItem { whole, trashed_at: now, purge_at, due_day, is_purged: false };
            writes.push(table::put(if_absent(self.table.put(keys::trashed(owner, id), &trashed)?)));
            let at = writes.len();
            let moved = Move::new(&self.table, Some(&memory), None, &gone, 1)?;
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => {
                    self.drop_unused_tags(&memory, None).await;
                    return Ok(Removal::Done);
                }
                Err(refused) if refused.includes(0) => table::wait(attempt).await,
                Err(refused) => {
                    let missing = moved.categories.iter().filter(|(place, _)| refused.includes(at + place));
                    gone.extend(missing.map(|(_, category)| *category));
                }
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// A memory in the trash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn trashed(&self, owner: UserId, id: MemoryId) -> Result<Option<Trashed>, StoreError> {
        let item: Option<TrashedItem> = self.table.get(keys::trashed(owner, id)).await?;
        match item.filter(|item| !item.is_purged) {
            Some(item) => Ok(Some(self.thrown_away(item).await?)),
            None => Ok(None),
        }
    }

    /// A page of the trash, the last deleted first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn trash_page(
        &self,
        owner: UserId,
        request: &PageRequest<BinPosition>,
    ) -> Result<Page<Trashed, BinPosition>, StoreError> {
        let skip = if request.after.is_some() { 0 } else { request.number.skipped(request.limit) as usize };
        let limit = request.limit.get() as usize;
        let wanted = i32::try_from(skip + limit + 1).unwrap_or(i32::MAX);
        // Greater than any time.
        let after = request.after.as_ref().map_or("~", |after| &after.0);
        let query = self.table.client().query().table_name(self.table.name()).index_name(BY_UPDATED);
        let query = query
            .key_condition_expression("pk = :bin AND byUpdated < :after")
            .expression_attribute_values(":bin", text(keys::bin(owner)))
            .expression_attribute_values(":after", text(after))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(wanted);
        let counters = self.table.get_raw(vec![keys::counters(owner)]);
        let entries = async { query.send().await.map_err(table::failed) };
        let (counters, answer) = tokio::try_join!(counters, entries)?;
        let entries: Vec<BinEntry> =
            answer.items.unwrap_or_default().into_iter().map(table::from_item).collect::<Result<_, _>>()?;
        let end = entries.len().min(skip + limit);
        let next = entries[..end].last().filter(|_| end < entries.len());
        let next = next.map(|entry| BinPosition(entry.by_updated.clone()));
        let ids = entries[skip.min(end)..end].iter().map(|entry| entry.id.parse().map_err(table::corrupt));
        let ids: Vec<MemoryId> = ids.collect::<Result<_, _>>()?;
        let keys = ids.iter().map(|id| keys::trashed(owner, *id)).collect();
        let mut found: Vec<TrashedItem> = self.table.get_all(keys).await?;
        found.sort_by_key(|item| ids.iter().position(|id| *id == item.whole.item.id));
        let mut items = Vec::new();
        for item in found.into_iter().filter(|item| !item.is_purged) {
            items.push(self.thrown_away(item).await?);
        }
        let total = counters.first().and_then(|counters| counters.get("trash"));
        let total = total.and_then(|total| total.as_n().ok()).and_then(|total| total.parse().ok());
        Ok(Page { items, total: total.unwrap_or(0_u64).into(), next })
    }

    /// Memories in the trash, the first deleted first: of those that were deleted until `until`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn in_trash(
        &self,
        owner: UserId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<MemoryId>, StoreError> {
        let query = self.table.client().query().table_name(self.table.name()).index_name(BY_UPDATED);
        let answer = query
            .key_condition_expression("pk = :bin AND byUpdated < :until")
            .expression_attribute_values(":bin", text(keys::bin(owner)))
            // Greater than any id.
            .expression_attribute_values(":until", text(format!("{until}#~")))
            .consistent_read(true)
            .limit(limit.cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        let entries = answer.items.unwrap_or_default().into_iter();
        let id = |entry: BinEntry| entry.id.parse().map_err(table::corrupt);
        entries.map(|entry| table::from_item(entry).and_then(id)).collect()
    }

    /// Takes a memory out of the trash that is to go for good: from here on nobody sees it or brings it back. What is left to do is
    /// for [`Self::purge`], and due today. `Ok(false)` if it is not in the trash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn doom(&self, owner: UserId, id: MemoryId, now: Timestamp) -> Result<bool, StoreError> {
        let Some(item) = self.table.get::<TrashedItem>(keys::trashed(owner, id)).await? else {
            return Ok(false);
        };
        if item.is_purged {
            return Ok(true);
        }
        let today = now.day();
        let mark = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::trashed(owner, id).attributes()))
            .update_expression("SET isPurged = :yes, dueDay = :today")
            .condition_expression("isPurged = :no AND dueDay = :day")
            .expression_attribute_values(":today", text(&today))
            .expression_attribute_values(":day", text(&item.due_day))
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":no", AttributeValue::Bool(false));
        let mut writes = vec![
            table::update(mark)?,
            self.unbinned(owner, id)?,
            table::update(person_counted(&self.table, owner, &[], -1))?,
        ];
        if item.due_day != today {
            writes.push(due::done(&self.table, &item.due_day, purge_of(owner, id))?);
            writes.push(due::put(&self.table, &today, purge_of(owner, id))?);
        }
        match self.table.transact(writes).await? {
            Ok(()) => Ok(true),
            // Restored or doomed at this moment by somebody else.
            Err(_) => {
                let item = self.table.get::<TrashedItem>(keys::trashed(owner, id)).await?;
                Ok(item.is_some_and(|item| item.is_purged))
            }
        }
    }

    /// Removes a memory in the trash for good, and everything below it but its files. `Ok(false)` if it is not in the trash. Safe
    /// to call again after a failure.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn purge(&self, owner: UserId, id: MemoryId, now: Timestamp) -> Result<bool, StoreError> {
        if !self.doom(owner, id, now).await? {
            return Ok(false);
        }
        let Some(item) = self.table.get::<TrashedItem>(keys::trashed(owner, id)).await? else {
            return Ok(false);
        };
        self.clear(owner, id, &item.due_day).await
    }

    /// Removes what is below a memory that is on its way out, and then that itself. `Ok(false)` if another call of this has just done
    /// the same.
    pub(crate) async fn clear(&self, owner: UserId, id: MemoryId, due_day: &str) -> Result<bool, StoreError> {
        self.clear_below(owner, id).await?;
        let removed = self.removed_from_trash(owner, id).condition_expression(PRESENT);
        let writes = vec![table::delete(removed)?, due::done(&self.table, due_day, purge_of(owner, id))?];
        Ok(self.table.transact(writes).await?.is_ok())
    }

    /// Removes the versions and messages below a memory.
    async fn clear_below(&self, owner: UserId, id: MemoryId) -> Result<(), StoreError> {
        let partition = keys::below(owner, id);
        loop {
            let (found, _) = self.table.query::<KeyOnly>(partition.clone(), "", None, Some(PORTION)).await?;
            if found.is_empty() {
                return Ok(());
            }
            // Noted before they go: the index may not have heard yet that their memory went to the trash.
            let message = |key: &KeyOnly| key.sk.strip_prefix(MESSAGE_PREFIX)?.parse().ok();
            let messages = found.iter().filter_map(message).map(|message| Findable::Message(id, message));
            changes::note_all(&self.table, owner, messages).await?;
            let keys = found.into_iter().map(|found| Key { pk: partition.clone(), sk: found.sk }).collect();
            self.table.delete_all(keys).await?;
        }
    }

    pub(crate) fn removed_from_trash(&self, owner: UserId, id: MemoryId) -> DeleteBuilder {
        let key = Some(keys::trashed(owner, id).attributes());
        Delete::builder().table_name(self.table.name()).set_key(key)
    }

    pub(crate) fn unbinned(&self, owner: UserId, id: MemoryId) -> Result<TransactWriteItem, StoreError> {
        let key = Some(keys::binned(owner, id).attributes());
        table::delete(Delete::builder().table_name(self.table.name()).set_key(key))
    }

    async fn thrown_away(&self, item: TrashedItem) -> Result<Trashed, StoreError> {
        let memory = self.items.whole(item.whole).await?;
        Ok(Trashed { memory, deleted_at: item.trashed_at, purge_at: item.purge_at })
    }
}

/// The removal of a memory that is on its way out.
pub(crate) fn purge_of(owner: UserId, id: MemoryId) -> DueWork {
    DueWork { kind: DueKind::Trash, owner, id: id.as_uuid() }
}
