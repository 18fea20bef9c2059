//! Searches that people keep: few and small, all of a person's in one sealed item.

use std::sync::Arc;

use app_domain::{SavedSearch, Sealing, StoreError, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys;
use crate::table::{self, ABSENT, Table, number};
use crate::tries::Tries;

/// The name under which they are sealed.
const RECORD: &str = "searches";

/// The saved searches of the table. Cloning shares the client.
#[derive(Clone)]
pub struct SavedSearches {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

/// Why saved searches were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SavingError<E> {
    /// The change itself refused.
    #[error("the change is not allowed")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct SearchesItem {
    version: u64,
    sealed: ByteBuf,
}

impl SavedSearches {
    /// The saved searches of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// All of a person's, in the order they were made.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of(&self, owner: UserId) -> Result<Vec<SavedSearch>, StoreError> {
        Ok(self.read(owner).await?.1)
    }

    /// Changes a person's. `change` is made anew if another writer came first; its answer is returned.
    ///
    /// # Errors
    /// See [`SavingError`].
    pub async fn change<T: Send, E: Send>(
        &self,
        owner: UserId,
        change: impl Fn(&mut Vec<SavedSearch>) -> Result<T, E> + Send + Sync,
    ) -> Result<T, SavingError<E>> {
        let mut tries = Tries::begin();
        loop {
            let (before, mut searches) = self.read(owner).await?;
            let answer = change(&mut searches).map_err(SavingError::Refused)?;
            let plain = serde_json::to_vec(&searches).map_err(table::corrupt)?;
            let sealed = self.sealing.seal(owner, RECORD, &plain).await?;
            let item = SearchesItem { version: before + 1, sealed: ByteBuf::from(sealed) };
            let put = self.table.put(keys::saved_searches(owner), &item)?;
            let request = self.table.client().put_item().table_name(self.table.name());
            let request = request.set_item(Some(put.item));
            let request = if before == 0 {
                request.condition_expression(ABSENT)
            } else {
                request
                    .condition_expression("version = :before")
                    .expression_attribute_values(":before", number(before))
            };
            if table::unless_refused(request.send().await)? {
                return Ok(answer);
            }
            tries.again().await?;
        }
    }

    /// A person's, and how often they have been written.
    async fn read(&self, owner: UserId) -> Result<(u64, Vec<SavedSearch>), StoreError> {
        let Some(item) = self.table.get::<SearchesItem>(keys::saved_searches(owner)).await? else {
            return Ok((0, Vec::new()));
        };
        let plain = self.sealing.open(owner, RECORD, &item.sealed).await?;
        Ok((item.version, serde_json::from_slice(&plain).map_err(table::corrupt)?))
    }
}
