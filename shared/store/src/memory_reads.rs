//! Reading memories: one, several, or as many as there are, the newest first.

use app_domain::{Memory, MemoryId, StoreError, UserId};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use crate::keys::{self, Key, MEMORY_PREFIX};
use crate::memories::Memories;
use crate::memory_item::WholeItem;
use crate::shelf::{Row, Shelf};
use crate::table::{self, from_item, text};

impl Memories {
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
        let open = |item| async { self.items.whole(from_item(item)?).await };
        self.table.readable(owner, keys, open).await
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
