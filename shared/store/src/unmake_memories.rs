//! Memories that are taken back after they were brought in: removed for good, and not to the trash.

use app_domain::{MemoryId, StoreError, Timestamp, UserId, Version};
use aws_sdk_dynamodb::types::Delete;

use crate::changes;
use crate::due;
use crate::keys;
use crate::memories::{Memories, TRIES};
use crate::memory_item::WholeItem;
use crate::restored::Unmade;
use crate::shelf::Move;
use crate::table::{self, if_absent, number};
use crate::trash::{TrashedItem, purge_of};

impl Memories {
    /// Removes a memory for good that is at this version and has neither messages nor files below it: those that came with it go before it. In
    /// the trash it goes with everything. From the first write on it is on its way out, which is due today, so that nothing of it is
    /// left behind. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        id: MemoryId,
        version: Version,
        now: Timestamp,
    ) -> Result<Unmade, StoreError> {
        let mut gone = Vec::new();
        for attempt in 0..TRIES {
            let Some(whole) = self.table.get::<WholeItem>(keys::memory(owner, id)).await? else {
                return self.unmake_trashed(owner, id, version, now).await;
            };
            if whole.item.version != version
                || whole.messages.message_count > 0
                || self.has_files(owner, id).await?
            {
                return Ok(Unmade::Changed);
            }
            let memory = self.items.whole(whole.clone()).await?;
            let delete = Delete::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::memory(owner, id).attributes()))
                .condition_expression("version = :version AND messageCount = :none")
                .expression_attribute_values(":version", number(version.get()))
                .expression_attribute_values(":none", number(0));
            let due_day = now.day();
            let mut writes = vec![
                table::delete(delete)?,
                due::put(&self.table, &due_day, purge_of(owner, id))?,
                changes::note_with_below(&self.table, owner, id)?,
            ];
            writes.extend(self.same_again(Some(&whole.item), None)?);
            let going = TrashedItem {
                whole,
                trashed_at: now,
                purge_at: now,
                due_day: due_day.clone(),
                is_purged: true,
            };
            writes.push(table::put(if_absent(self.table.put(keys::trashed(owner, id), &going)?)));
            let at = writes.len();
            let moved = Move::new(&self.table, Some(&memory), None, &gone, 0)?;
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => {
                    self.drop_unused_tags(&memory, None).await;
                    self.is_cleared(owner, id, &due_day).await?;
                    return Ok(Unmade::Gone);
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

    /// The same for one in the trash, or on its way out.
    async fn unmake_trashed(
        &self,
        owner: UserId,
        id: MemoryId,
        version: Version,
        now: Timestamp,
    ) -> Result<Unmade, StoreError> {
        let Some(item) = self.table.get::<TrashedItem>(keys::trashed(owner, id)).await? else {
            return Ok(Unmade::Missing);
        };
        let due_day = if item.is_purged {
            // An earlier call may have ended before it came to them.
            let memory = self.items.whole(item.whole).await?;
            self.drop_unused_tags(&memory, None).await;
            item.due_day
        } else {
            if item.whole.item.version != version {
                return Ok(Unmade::Changed);
            }
            if !self.doom(owner, id, now).await? {
                return Ok(Unmade::Changed);
            }
            now.day()
        };
        self.is_cleared(owner, id, &due_day).await?;
        Ok(Unmade::Gone)
    }
}
