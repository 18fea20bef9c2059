//! Memories: making them. Those that messages become, reading and changing them, lists, the trash and earlier versions have modules
//! of their own.

use app_domain::{Findable, Memory, MemoryId, Sealing, StoreError, Tag, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::changes;
use crate::keys;
use crate::memory_item::{Items, MemoryItem, MessageItem, WholeItem};
use crate::shelf::Move;
use crate::table::{self, Table, if_absent, number};

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

    /// The newest memories of a fingerprint.
    pub(crate) async fn same(&self, owner: UserId, fingerprint: &str) -> Result<Vec<MemoryId>, StoreError> {
        // One more than is named: it may be the memory itself.
        let (found, _) =
            self.table.query::<KeyOnly>(keys::same(owner, fingerprint), "", None, Some(SIMILAR + 1)).await?;
        found.iter().map(|entry| entry.sk.parse().map_err(table::corrupt)).collect()
    }

    /// The writes of a new memory, and those that list it.
    pub(crate) fn arrival(
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
}
