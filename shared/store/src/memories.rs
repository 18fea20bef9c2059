//! Memories and how many there are.

use std::time::Duration;

use app_domain::{Memory, MemoryId, Page, PageRequest, PhoneNumber, StoreError, Timestamp, UserId, Version};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::keys::{self, MEMORY_PREFIX};
use crate::memory_item::MemoryItem;
use crate::table::{self, PRESENT, Table, from_item, if_absent, number, text};

/// The memories of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Memories(Table);

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

/// Longer than any messenger delivers again (WhatsApp: seven days).
const REMEMBER_MESSAGES_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Deserialize)]
struct Counters {
    #[serde(default)]
    memories: u64,
}

/// What is read of a memory that only has to be counted.
#[derive(Deserialize)]
struct KeyOnly {
    id: MemoryId,
}

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
    /// The memories of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Saves a new memory and counts it, in one transaction.
    ///
    /// # Errors
    /// `Conflict` if the id is taken.
    pub async fn create(&self, memory: &Memory) -> Result<(), StoreError> {
        let writes = vec![self.new_memory(memory)?, self.count(memory.owner, 1)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// Saves the memory that a message became, once, while its phone is linked to the memory's owner.
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
        let seen = self.0.put(keys::wamid(wamid), &SeenMessage::at(now))?;
        let linked = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::whatsapp_link(memory.owner).attributes()))
            .update_expression("SET lastSyncAt = :now")
            .condition_expression("phone = :phone")
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":phone", text(phone.digits()));
        let writes = vec![
            table::put(if_absent(seen)),
            table::update(linked)?,
            self.new_memory(memory)?,
            self.count(memory.owner, 1)?,
        ];
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Arrival::Saved,
            Err(refused) if refused.includes(0) => Arrival::Duplicate,
            Err(refused) if refused.includes(1) => Arrival::NotLinked,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// One memory of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: MemoryId) -> Result<Option<Memory>, StoreError> {
        let item: Option<MemoryItem> = self.0.get(keys::memory(owner, id)).await?;
        item.map(MemoryItem::into_memory).transpose()
    }

    /// Replaces a memory that is still at the version before `memory.version`.
    ///
    /// # Errors
    /// `Conflict` if it has been changed or deleted meanwhile.
    pub async fn replace(&self, memory: &Memory, before: Version) -> Result<(), StoreError> {
        let mut put = self.0.put(keys::memory(memory.owner, memory.id), &MemoryItem::new(memory)?)?;
        put.condition_expression = Some("version = :before".to_owned());
        put.expression_attribute_values = Some([(":before".to_owned(), number(before.get()))].into());
        // A transaction of one: it is safe to send twice, and waits for others that are at the same memory.
        self.0.transact(vec![table::put(put)]).await?.map_err(|_| StoreError::Conflict)
    }

    /// Deletes a memory and uncounts it, in one transaction. `Ok(false)` if it is not there or not at `version`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(
        &self,
        owner: UserId,
        id: MemoryId,
        version: Option<Version>,
    ) -> Result<bool, StoreError> {
        let delete =
            Delete::builder().table_name(self.0.name()).set_key(Some(keys::memory(owner, id).attributes()));
        let delete = match version {
            None => delete.condition_expression(PRESENT),
            Some(version) => delete
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(version.get())),
        };
        let writes = vec![table::delete(delete)?, self.count(owner, -1)?];
        Ok(self.0.transact(writes).await?.is_ok())
    }

    /// How many memories a person has, exact after every write.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn total(&self, owner: UserId) -> Result<u64, StoreError> {
        let counters: Option<Counters> = self.0.get(keys::counters(owner)).await?;
        Ok(counters.map_or(0, |counters| counters.memories))
    }

    /// A page of a person's memories, newest first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        owner: UserId,
        request: &PageRequest<MemoryId>,
    ) -> Result<Page<Memory, MemoryId>, StoreError> {
        let limit = request.limit.get() as usize;
        // One more than the page tells whether another page follows.
        let items = async {
            match self.start_of(owner, request).await? {
                Some(after) => self.newest(owner, after, limit + 1, usize::MAX).await,
                None => Ok(Vec::new()),
            }
        };
        let (total, mut items) = tokio::try_join!(self.total(owner), items)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|memory| memory.id);
        Ok(Page { items, total, next })
    }

    /// Behind which memory the page starts, or `None` if it starts behind the last. Of the memories before it only the
    /// keys are kept: there may be a thousand, of 64 KiB each.
    async fn start_of(
        &self,
        owner: UserId,
        request: &PageRequest<MemoryId>,
    ) -> Result<Option<Option<MemoryId>>, StoreError> {
        let mut skip = request.number.skipped(request.limit);
        let mut after = request.after;
        while skip > 0 {
            let query = self.query(owner, after).projection_expression("id").limit(skip.cast_signed());
            let answer = query.send().await.map_err(table::failed)?;
            let items = answer.items.unwrap_or_default().into_iter();
            let skipped: Vec<KeyOnly> = items.map(from_item).collect::<Result<_, _>>()?;
            if answer.last_evaluated_key.is_none() {
                return Ok(None);
            }
            after = skipped.last().map(|key| key.id).or(after);
            skip = skip.saturating_sub(u32::try_from(skipped.len()).unwrap_or(skip));
        }
        Ok(Some(after))
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
            let (found, last) = self.read(owner, after, Some(wanted)).await?;
            bytes += found.iter().map(|memory| memory.body_text().len()).sum::<usize>();
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
        self.read(owner, after, None).await
    }

    async fn read(
        &self,
        owner: UserId,
        after: Option<MemoryId>,
        limit: Option<i32>,
    ) -> Result<(Vec<Memory>, Option<MemoryId>), StoreError> {
        let query = self.query(owner, after).set_limit(limit);
        let answer = query.send().await.map_err(table::failed)?;
        let items = answer.items.unwrap_or_default().into_iter();
        let memories: Vec<Memory> =
            items.map(|item| from_item::<MemoryItem>(item)?.into_memory()).collect::<Result<_, _>>()?;
        // Without a filter, a read ends behind the last item that it gives.
        let last = memories.last().map(|memory| memory.id).filter(|_| answer.last_evaluated_key.is_some());
        Ok((memories, last))
    }

    /// Memories of a person, newest first, those made before `after`.
    fn query(&self, owner: UserId, after: Option<MemoryId>) -> QueryFluentBuilder {
        let request = self.0.client().query().table_name(self.0.name());
        request
            .key_condition_expression("pk = :owner AND begins_with(sk, :memories)")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":memories", text(MEMORY_PREFIX))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(after.map(|id| keys::memory(owner, id).attributes()))
    }

    fn new_memory(&self, memory: &Memory) -> Result<TransactWriteItem, StoreError> {
        let put = self.0.put(keys::memory(memory.owner, memory.id), &MemoryItem::new(memory)?)?;
        Ok(table::put(if_absent(put)))
    }

    fn count(&self, owner: UserId, change: i64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::counters(owner).attributes()))
            .update_expression("ADD memories :change")
            .expression_attribute_values(":change", number(change));
        table::update(update)
    }
}
