//! Memories: making, reading and changing them. Lists, the trash and earlier versions have modules of their own.

use std::time::Duration;

use app_domain::{
    CategoryId, Findable, Memory, MemoryId, PhoneNumber, Privacy, Sealing, StoreError, Tag, Timestamp,
    UserId, Version,
};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::changes;
use crate::keys::{self, Key, MEMORY_PREFIX};
use crate::memory_item::{Items, MemoryItem, MessageItem, OPTIONAL, WholeItem};
use crate::shelf::{Move, Row, Shelf};
use crate::table::{self, Table, from_item, if_absent, number, text};

/// The memories of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Memories {
    pub(crate) table: Table,
    pub(crate) items: Items,
}

/// What became of a memory that was to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// It is there. With other memories of the same words, if there are any.
    Saved {
        /// The newest of them first, five at most.
        similar: Vec<MemoryId>,
    },
    /// Its category is not there.
    NoCategory,
}

/// What became of a message that was to become a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is a memory now.
    Saved,
    /// It had been dealt with before; nothing was changed.
    Duplicate,
    /// Its phone is not (or no longer) linked to that person.
    NotLinked,
}

/// Why a memory was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<E> {
    /// It is not there.
    #[error("there is no such memory")]
    Missing,
    /// It is not at the version that the change was made for.
    #[error("the memory has been changed meanwhile")]
    Stale,
    /// The category it was to be filed in is not there.
    #[error("there is no such category")]
    NoCategory,
    /// The change itself refused.
    #[error("the change is not allowed")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// There is nothing to change.
struct Unchanged;

/// Whether a change is remembered, so that it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum History {
    Kept,
    Skipped,
    /// All of it goes: what has become unreadable must not stay readable in its past.
    Forgotten,
}

/// Longer than any messenger delivers again (WhatsApp: seven days).
const REMEMBER_MESSAGES_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many earlier versions of a memory are kept. All of them can go in one transaction with whatever else a change may write, which is up to 54
/// items of the hundred that it takes.
const VERSIONS_KEPT: usize = 40;
/// How many memories of the same words are named.
const SIMILAR: u32 = 5;
/// How often a change is made anew because another writer came first.
pub(crate) const TRIES: usize = 20;

/// What is read of an item whose key alone matters.
#[derive(Deserialize)]
pub(crate) struct KeyOnly {
    pub(crate) sk: String,
}

/// A memory among those of the same words.
#[derive(Serialize)]
struct SameEntry {}

/// The mark that a message has been dealt with.
#[derive(Serialize)]
pub(crate) struct SeenMessage {
    ttl: i64,
}

impl SeenMessage {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self { ttl: now.plus(REMEMBER_MESSAGES_FOR).as_seconds() }
    }
}

impl Memories {
    /// The memories of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: Items::new(sealing) }
    }

    /// Saves a new memory, lists and counts it, in one transaction.
    ///
    /// # Errors
    /// `Conflict` if the id is taken.
    pub async fn create(&self, memory: &Memory) -> Result<Creation, StoreError> {
        let item = self.items.item(memory).await?;
        let similar = async {
            match &item.fingerprint {
                Some(fingerprint) => self.same(memory.owner, fingerprint).await,
                None => Ok(Vec::new()),
            }
        };
        let (mut writes, moved) = self.arrival(memory, &item)?;
        let (category, at) = (moved.categories.first().map(|(place, _)| *place), writes.len());
        writes.extend(moved.writes);
        let (written, mut similar) = tokio::try_join!(self.table.transact(writes), similar)?;
        match written {
            Ok(()) => {
                similar.retain(|id| *id != memory.id);
                similar.truncate(SIMILAR as usize);
                Ok(Creation::Saved { similar })
            }
            Err(refused) if category.is_some_and(|place| refused.includes(at + place)) => {
                Ok(Creation::NoCategory)
            }
            Err(_) => Err(StoreError::Conflict),
        }
    }

    /// Saves the memory that a message became, once, while its phone is linked to the memory's owner. A category that is not
    /// there any more is left out.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn receive(
        &self,
        memory: &Memory,
        wamid: &str,
        phone: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Arrival, StoreError> {
        let mut memory = memory.clone();
        for _ in 0..TRIES {
            let seen = self.table.put(keys::wamid(wamid), &SeenMessage::at(now))?;
            let linked = Update::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::whatsapp_link(memory.owner).attributes()))
                .update_expression("SET lastSyncAt = :now")
                .condition_expression("phone = :phone")
                .expression_attribute_values(":now", text(now))
                .expression_attribute_values(":phone", text(phone.digits()));
            let mut writes = vec![table::put(if_absent(seen)), table::update(linked)?];
            let item = self.items.item(&memory).await?;
            let (new, moved) = self.arrival(&memory, &item)?;
            writes.extend(new);
            let (category, at) = (moved.categories.first().map(|(place, _)| *place), writes.len());
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(Arrival::Saved),
                Err(refused) if refused.includes(0) => return Ok(Arrival::Duplicate),
                Err(refused) if refused.includes(1) => return Ok(Arrival::NotLinked),
                Err(refused) if category.is_some_and(|place| refused.includes(at + place)) => {
                    memory = memory.filed(None);
                }
                Err(_) => break,
            }
        }
        Err(StoreError::Conflict)
    }

    /// One memory of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: MemoryId) -> Result<Option<Memory>, StoreError> {
        match self.table.get::<WholeItem>(keys::memory(owner, id)).await? {
            Some(whole) => Ok(Some(self.items.whole(whole).await?)),
            None => Ok(None),
        }
    }

    /// Those of several memories that are there, in no order.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get_all(&self, owner: UserId, ids: &[MemoryId]) -> Result<Vec<Memory>, StoreError> {
        let found: Vec<WholeItem> =
            self.table.get_all(ids.iter().map(|id| keys::memory(owner, *id)).collect()).await?;
        let mut memories = Vec::with_capacity(found.len());
        for whole in found {
            memories.push(self.items.whole(whole).await?);
        }
        Ok(memories)
    }

    /// The same without those that cannot be read, for work that must not end with one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn readable(&self, owner: UserId, ids: &[MemoryId]) -> Result<Vec<Memory>, StoreError> {
        let keys = ids.iter().map(|id| keys::memory(owner, *id)).collect();
        let mut memories = Vec::with_capacity(ids.len());
        for item in self.table.get_raw(keys).await? {
            let memory = async { self.items.whole(from_item(item)?).await };
            memories.extend(table::if_readable(owner, memory.await)?);
        }
        Ok(memories)
    }

    /// Changes a memory, which must be at `expected` if that is given, and remembers what it was. `change` is made anew if
    /// another writer came first.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn change<E: Send>(
        &self,
        owner: UserId,
        id: MemoryId,
        expected: Option<Version>,
        change: impl Fn(Memory) -> Result<Memory, E> + Send + Sync,
    ) -> Result<Memory, ChangeError<E>> {
        self.rewrite(owner, id, expected, History::Kept, Vec::new(), change).await
    }

    /// Files or tags a memory otherwise, which makes it no newer and is not remembered. `gone` is a category known to be deleted.
    /// `Ok(false)` if there is nothing to change, or the memory is not there.
    ///
    /// # Errors
    /// `Conflict` if its new category is not there, or if the store fails.
    pub async fn refile(
        &self,
        owner: UserId,
        id: MemoryId,
        gone: Option<CategoryId>,
        change: impl Fn(Memory) -> Memory + Send + Sync,
    ) -> Result<bool, StoreError> {
        let change = |before: Memory| {
            let after = change(before.clone());
            let version = before.version.next();
            if after == before { Err(Unchanged) } else { Ok(Memory { version, ..after }) }
        };
        let gone = gone.into_iter().collect();
        match self.rewrite(owner, id, None, History::Skipped, gone, change).await {
            Ok(_) => Ok(true),
            Err(ChangeError::Missing | ChangeError::Refused(Unchanged)) => Ok(false),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Stale | ChangeError::NoCategory) => Err(StoreError::Conflict),
        }
    }

    async fn rewrite<E: Send>(
        &self,
        owner: UserId,
        id: MemoryId,
        expected: Option<Version>,
        history: History,
        mut gone: Vec<CategoryId>,
        change: impl Fn(Memory) -> Result<Memory, E> + Send + Sync,
    ) -> Result<Memory, ChangeError<E>> {
        for attempt in 0..TRIES {
            let whole: Option<WholeItem> = self.table.get(keys::memory(owner, id)).await?;
            let WholeItem { item, messages } = whole.ok_or(ChangeError::Missing)?;
            if expected.is_some_and(|expected| expected != item.version) {
                return Err(ChangeError::Stale);
            }
            let before = self.items.memory(item.clone(), messages.into()).await?;
            let after = change(before.clone()).map_err(ChangeError::Refused)?;
            let is_sealed_now = before.privacy != Privacy::Sealed && after.privacy == Privacy::Sealed;
            let history = if is_sealed_now { History::Forgotten } else { history };
            let (kept_versions, remembered) = self.remembered(&item, history)?;
            let replaced = self.items.item(&after).await?.keeping(kept_versions);

            let update = self.table.replace(keys::memory(owner, id), &replaced, &OPTIONAL)?;
            let update = update
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(item.version.get()));
            let noted = if before.privacy == after.privacy {
                changes::note(&self.table, owner, Findable::Memory(id))?
            } else {
                changes::note_with_below(&self.table, owner, id)?
            };
            let mut writes = vec![table::update(update)?, noted];
            writes.extend(remembered);
            writes.extend(self.same_again(Some(&item), Some(&replaced))?);
            let at = writes.len();
            let moved = Move::new(&self.table, Some(&before), Some(&after), &gone, 0)?;
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => {
                    self.drop_unused_tags(&before, Some(&after)).await;
                    return Ok(after);
                }
                Err(refused) if refused.includes(0) => table::wait(attempt).await,
                Err(refused) => {
                    let missing = moved.categories.iter().filter(|(place, _)| refused.includes(at + place));
                    let missing: Vec<CategoryId> = missing.map(|(_, category)| *category).collect();
                    let is_new = |category: &CategoryId| before.category != Some(*category);
                    if after.category.filter(is_new).is_some_and(|category| missing.contains(&category)) {
                        return Err(ChangeError::NoCategory);
                    }
                    gone.extend(missing);
                }
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()).into())
    }

    /// The earlier versions that are kept from now on, and the writes that keep one more and let go of the oldest.
    fn remembered(
        &self,
        item: &MemoryItem,
        history: History,
    ) -> Result<(Vec<Version>, Vec<TransactWriteItem>), StoreError> {
        let mut kept = item.kept_versions.clone();
        let key = |version: Version| keys::version(item.owner, item.id, version);
        let mut writes = Vec::new();
        let gone = match history {
            History::Skipped => 0,
            History::Forgotten => kept.len(),
            History::Kept => {
                let before = item.clone().keeping(Vec::new());
                writes.push(table::put(self.table.put(key(item.version), &before)?));
                kept.push(item.version);
                kept.len().saturating_sub(VERSIONS_KEPT)
            }
        };
        for old in kept.drain(..gone) {
            let old = Some(key(old).attributes());
            writes.push(table::delete(Delete::builder().table_name(self.table.name()).set_key(old))?);
        }
        Ok((kept, writes))
    }

    /// The writes that move a memory among those of the same words.
    pub(crate) fn same_again(
        &self,
        before: Option<&MemoryItem>,
        after: Option<&MemoryItem>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = |item: &MemoryItem| {
            item.fingerprint.as_ref().map(|print| keys::same_entry(item.owner, print, item.id))
        };
        let (old, new) = (before.and_then(key), after.and_then(key));
        let mut writes = Vec::new();
        if old == new {
            return Ok(writes);
        }
        if let Some(old) = old {
            let key = Some(old.attributes());
            writes.push(table::delete(Delete::builder().table_name(self.table.name()).set_key(key))?);
        }
        if let Some(new) = new {
            writes.push(table::put(self.table.put(new, &SameEntry {})?));
        }
        Ok(writes)
    }

    async fn same(&self, owner: UserId, fingerprint: &str) -> Result<Vec<MemoryId>, StoreError> {
        // One more than is named: it may be the memory itself.
        let (found, _) =
            self.table.query::<KeyOnly>(keys::same(owner, fingerprint), "", None, Some(SIMILAR + 1)).await?;
        found.iter().map(|entry| entry.sk.parse().map_err(table::corrupt)).collect()
    }

    /// The writes of a new memory, and those that list it.
    fn arrival(
        &self,
        memory: &Memory,
        item: &MemoryItem,
    ) -> Result<(Vec<TransactWriteItem>, Move), StoreError> {
        let whole = WholeItem { item: item.clone(), messages: MessageItem::default() };
        let put = self.table.put(keys::memory(memory.owner, memory.id), &whole)?;
        let noted = changes::note(&self.table, memory.owner, Findable::Memory(memory.id))?;
        let mut writes = vec![table::put(if_absent(put)), noted];
        writes.extend(self.same_again(None, Some(item))?);
        Ok((writes, Move::new(&self.table, None, Some(memory), &[], 0)?))
    }

    /// Removes the tags that a memory lost and nobody else has. Were it to fail, an unused tag would stay until it is used again:
    /// lists leave such tags out, and what was asked for is done already.
    pub(crate) async fn drop_unused_tags(&self, before: &Memory, after: Option<&Memory>) {
        let kept = |tag: &&Tag| after.is_none_or(|after| !after.tags.contains(tag));
        let lost = before.tags.each().filter(kept).map(|tag| async {
            let delete = self.table.client().delete_item().table_name(self.table.name());
            let answer = delete
                .set_key(Some(keys::tag(before.owner, &tag.folded()).attributes()))
                .condition_expression("n00 = :zero AND n01 = :zero AND n10 = :zero AND n11 = :zero")
                .expression_attribute_values(":zero", number(0))
                .send()
                .await;
            table::unless_refused(answer).map(drop)
        });
        if let Err(error) = futures_util::future::try_join_all(lost).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a tag that nobody has any more stays");
        }
    }

    /// How many memories a person has, exact after every write.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn total(&self, owner: UserId) -> Result<u64, StoreError> {
        let counts = self.counts(owner, &[Shelf::All]).await?;
        let all = Row::fitting(None, None);
        Ok(counts.into_iter().map(|counts| counts.of(&all)).sum())
    }

    /// A person's newest memories, those made before `after`: at most `count`, and no more than it takes to come to
    /// `max_bytes` of text, or a megabyte beyond.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(
        &self,
        owner: UserId,
        after: Option<MemoryId>,
        count: usize,
        max_bytes: usize,
    ) -> Result<Vec<Memory>, StoreError> {
        let mut memories: Vec<Memory> = Vec::new();
        let mut bytes = 0;
        let mut next = Some(after);
        while let Some(after) = next.filter(|_| memories.len() < count && bytes < max_bytes) {
            let wanted = i32::try_from(count - memories.len()).unwrap_or(i32::MAX);
            let (found, last) = self.read(self.query(owner, after).limit(wanted)).await?;
            bytes += found.iter().map(Memory::text_bytes).sum::<usize>();
            memories.extend(found);
            next = last.map(Some);
        }
        Ok(memories)
    }

    /// As many of a person's newest memories, of those made before `after`, as one read gives: 1 MB of them. With the
    /// last one if more may follow it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn portion(
        &self,
        owner: UserId,
        after: Option<MemoryId>,
    ) -> Result<(Vec<Memory>, Option<MemoryId>), StoreError> {
        self.read(self.query(owner, after)).await
    }

    async fn read(&self, query: QueryFluentBuilder) -> Result<(Vec<Memory>, Option<MemoryId>), StoreError> {
        let answer = query.send().await.map_err(table::failed)?;
        let mut memories = Vec::new();
        for item in answer.items.unwrap_or_default() {
            memories.push(self.items.whole(from_item(item)?).await?);
        }
        // Without a filter, a read ends behind the last item that it gives.
        let last = memories.last().map(|memory: &Memory| memory.id);
        Ok((memories, last.filter(|_| answer.last_evaluated_key.is_some())))
    }

    /// Memories of a person, newest first, those made before `after`.
    fn query(&self, owner: UserId, after: Option<MemoryId>) -> QueryFluentBuilder {
        let request = self.table.client().query().table_name(self.table.name());
        request
            .key_condition_expression("pk = :owner AND begins_with(sk, :memories)")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":memories", text(MEMORY_PREFIX))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(after.map(|id| keys::memory(owner, id)).map(Key::attributes))
    }
}
