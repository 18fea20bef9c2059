//! Searches that people keep: few and small, all of a person's in one sealed item.

use app_domain::{SavedSearch, Sealing, StoreError, UserId};

use crate::keys;
use crate::sealed_record::{SavingError, SealedRecord};
use crate::table::Table;

/// The saved searches of the table. Cloning shares the client.
#[derive(Clone)]
pub struct SavedSearches(SealedRecord<Vec<SavedSearch>>);

impl SavedSearches {
    /// The saved searches of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self(SealedRecord::new(table, sealing, keys::saved_searches, "searches"))
    }

    /// All of a person's, in the order they were made.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of(&self, owner: UserId) -> Result<Vec<SavedSearch>, StoreError> {
        self.0.of(owner).await
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
        self.0.change(owner, change).await
    }
}
