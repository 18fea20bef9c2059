//! Memories and how many there are.

use std::time::Duration;

use app_domain::{Memory, MemoryId, Page, PageRequest, PhoneNumber, StoreError, Timestamp, UserId, Version};
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::keys::{self, MEMORY_PREFIX};
use crate::memory_item::MemoryItem;
use crate::table::{self, ABSENT, PRESENT, Table, from_item, number, text};

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
            TransactWriteItem::builder().put(if_absent(seen)).build(),
            TransactWriteItem::builder().update(linked.build().map_err(table::corrupt)?).build(),
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
        let put = self.0.put(keys::memory(memory.owner, memory.id), &MemoryItem::new(memory)?)?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        request
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(before.get()))
            .send()
            .await
            .map(drop)
            .map_err(table::failed)
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
        let delete = delete.build().map_err(table::corrupt)?;
        let writes = vec![TransactWriteItem::builder().delete(delete).build(), self.count(owner, -1)?];
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
        let skipped =
            if request.after.is_none() { request.number.skipped(request.limit) as usize } else { 0 };
        // One more than the page tells whether another page follows.
        let (total, mut items) =
            tokio::try_join!(self.total(owner), self.newest(owner, request.after, skipped + limit + 1))?;
        let mut items = items.split_off(skipped.min(items.len()));
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|memory| memory.id);
        Ok(Page { items, total, next })
    }

    /// A person's newest memories, at most `count`, those made before `after`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(
        &self,
        owner: UserId,
        after: Option<MemoryId>,
        count: usize,
    ) -> Result<Vec<Memory>, StoreError> {
        let mut memories = Vec::new();
        let mut next = Some(after);
        while let Some(after) = next.filter(|_| memories.len() < count) {
            let wanted = i32::try_from(count - memories.len()).unwrap_or(i32::MAX);
            let (found, last) = self.read(owner, after, Some(wanted)).await?;
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
        let request = self.0.client().query().table_name(self.0.name());
        let answer = request
            .key_condition_expression("pk = :owner AND begins_with(sk, :memories)")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":memories", text(MEMORY_PREFIX))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_limit(limit)
            .set_exclusive_start_key(after.map(|id| keys::memory(owner, id).attributes()))
            .send()
            .await
            .map_err(table::failed)?;
        let items = answer.items.unwrap_or_default().into_iter();
        let memories: Vec<Memory> =
            items.map(|item| from_item::<MemoryItem>(item)?.into_memory()).collect::<Result<_, _>>()?;
        // Without a filter, a read ends behind the last item that it gives.
        let last = memories.last().map(|memory| memory.id).filter(|_| answer.last_evaluated_key.is_some());
        Ok((memories, last))
    }

    fn new_memory(&self, memory: &Memory) -> Result<TransactWriteItem, StoreError> {
        let put = self.0.put(keys::memory(memory.owner, memory.id), &MemoryItem::new(memory)?)?;
        Ok(TransactWriteItem::builder().put(if_absent(put)).build())
    }

    fn count(&self, owner: UserId, change: i64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::counters(owner).attributes()))
            .update_expression("ADD memories :change")
            .expression_attribute_values(":change", number(change));
        Ok(TransactWriteItem::builder().update(update.build().map_err(table::corrupt)?).build())
    }
}

/// The same write, refused if the item is there already.
pub(crate) fn if_absent(mut put: Put) -> Put {
    put.condition_expression = Some(ABSENT.to_owned());
    put
}
