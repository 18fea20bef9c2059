//! How people want Memo to be: one sealed item of each who has ever changed it.

use app_domain::{MemoSettings, Sealing, StoreError, UserId};

use crate::keys;
use crate::sealed_record::{SavingError, SealedRecord};
use crate::table::Table;

/// Memo's settings in the table. Cloning shares the client.
#[derive(Clone)]
pub struct MemoPreferences(SealedRecord<MemoSettings>);

impl MemoPreferences {
    /// The settings in `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self(SealedRecord::new(table, sealing, keys::memo_settings, "memo-settings"))
    }

    /// How a person wants Memo to be.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId) -> Result<MemoSettings, StoreError> {
        self.0.of(owner).await
    }

    /// Changes it. `change` is made anew if another writer came first; its answer is returned.
    ///
    /// # Errors
    /// See [`SavingError`].
    pub async fn change<T: Send, E: Send>(
        &self,
        owner: UserId,
        change: impl Fn(&mut MemoSettings) -> Result<T, E> + Send + Sync,
    ) -> Result<T, SavingError<E>> {
        self.0.change(owner, change).await
    }
}
