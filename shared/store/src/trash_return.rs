//! How memories come back out of the trash.

use app_domain::{Memory, MemoryId, StoreError, UserId};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::changes;
use crate::due;
use crate::keys;
use crate::memories::{Memories, TRIES};
use crate::memory_changes::History;
use crate::memory_item::WholeItem;
use crate::shelf::Move;
use crate::table::{self, if_absent};
use crate::trash::{TrashedItem, purge_of};

impl Memories {
    /// Brings a memory back to where it was, out of the trash; in no category, if its own is deleted. `None` if it is not in the
    /// trash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(&self, owner: UserId, id: MemoryId) -> Result<Option<Memory>, StoreError> {
        for attempt in 0..TRIES {
            let item: Option<TrashedItem> = self.table.get(keys::trashed(owner, id)).await?;
            let Some(item) = item.filter(|item| !item.is_purged) else { return Ok(None) };
            let next =
                |memory: Memory| (Memory { version: memory.version.next(), ..memory }, History::Skipped);
            match self.bring_back(item, next).await? {
                Some(memory) => return Ok(Some(memory)),
                None => table::wait(attempt).await,
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// Brings a memory that was read in the trash back out of it, as `change` has it; in no category, if its own is deleted. `None` if another
    /// writer came first.
    pub(crate) async fn bring_back(
        &self,
        trashed: TrashedItem,
        change: impl Fn(Memory) -> (Memory, History) + Send + Sync,
    ) -> Result<Option<Memory>, StoreError> {
        let TrashedItem { whole, due_day, .. } = trashed;
        let (owner, id) = (whole.item.owner, whole.item.id);
        let there = self.items.whole(whole.clone()).await?;
        let (mut memory, history) = change(there.clone());
        let (kept_versions, remembered) = self.remembered(&whole.item, history.of(&there, &memory))?;
        loop {
            let item = self.items.item(&memory).await?.keeping(kept_versions.clone());
            let back = WholeItem { item, messages: whole.messages.clone() };
            let delete = self
                .removed_from_trash(owner, id)
                .condition_expression("attribute_exists(pk) AND isPurged = :no")
                .expression_attribute_values(":no", AttributeValue::Bool(false));
            let mut writes = vec![table::delete(delete)?];
            writes.push(self.unbinned(owner, id)?);
            writes.push(due::done(&self.table, &due_day, purge_of(owner, id))?);
            writes.push(changes::note_with_below(&self.table, owner, id)?);
            writes.extend(self.same_again(None, Some(&back.item))?);
            writes.push(table::put(if_absent(self.table.put(keys::memory(owner, id), &back)?)));
            writes.extend(remembered.clone());
            let at = writes.len();
            let moved = Move::new(&self.table, None, Some(&memory), &[], -1)?;
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(Some(memory)),
                Err(refused)
                    if memory.category.is_some()
                        && moved.categories.iter().any(|(place, _)| refused.includes(at + place)) =>
                {
                    let version = there.version.next().max(memory.version);
                    memory = Memory { version, category: None, ..memory };
                }
                Err(_) => return Ok(None),
            }
        }
    }
}
