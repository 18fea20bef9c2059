//! Earlier versions of a memory: what it was before each change, the latest forty.

use app_domain::{Memory, MemoryId, MessageSummary, StoreError, UserId, Version};

use crate::keys::{self, VERSION_PREFIX};
use crate::memory_item::MemoryItem;
use crate::{Memories, table};

impl Memories {
    /// Earlier versions of a memory, the latest first: those before `before`, at most `limit`. Nothing if it is not there, or is
    /// in the trash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn versions(
        &self,
        owner: UserId,
        id: MemoryId,
        before: Option<Version>,
        limit: u32,
    ) -> Result<Option<Vec<Memory>>, StoreError> {
        let before = before.map(|version| keys::version(owner, id, version));
        let (there, found) = tokio::try_join!(
            self.is_there(owner, id),
            self.table.query::<MemoryItem>(keys::below(owner, id), VERSION_PREFIX, before, Some(limit))
        )?;
        if !there {
            return Ok(None);
        }
        let mut versions = Vec::new();
        for item in found.0 {
            versions.push(self.items.memory(item, MessageSummary::default()).await?);
        }
        Ok(Some(versions))
    }

    /// One earlier version of a memory that is there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn version(
        &self,
        owner: UserId,
        id: MemoryId,
        version: Version,
    ) -> Result<Option<Memory>, StoreError> {
        let (there, found) = tokio::try_join!(
            self.is_there(owner, id),
            self.table.get::<MemoryItem>(keys::version(owner, id, version))
        )?;
        match found.filter(|_| there) {
            Some(item) => Ok(Some(self.items.memory(item, MessageSummary::default()).await?)),
            None => Ok(None),
        }
    }

    async fn is_there(&self, owner: UserId, id: MemoryId) -> Result<bool, StoreError> {
        let request = self.table.client().get_item().table_name(self.table.name()).consistent_read(true);
        let request =
            request.set_key(Some(keys::memory(owner, id).attributes())).projection_expression(keys::PK);
        Ok(request.send().await.map_err(table::failed)?.item.is_some())
    }
}
