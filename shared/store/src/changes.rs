//! What has changed since it was last indexed.
//!
//! Whatever writes something that can be found notes it here in the same transaction. A search reads these notes before it asks
//! the index, so that it finds what was written a moment ago and nothing that was removed; the indexer takes them away once the
//! index has caught up.

use app_domain::{Findable, MemoryId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys;
use crate::table::{self, Table, text};

/// The changes of the table.
#[derive(Clone)]
pub struct Changes(Table);

/// Something that was made, changed or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    id: Uuid,
    /// What it was.
    pub of: Findable,
    /// Whether with it came or went what is below it: a memory was removed, restored, sealed or unsealed.
    pub with_below: bool,
}

impl Change {
    /// When it was noted.
    pub fn noted_at(&self) -> Option<Timestamp> {
        let (seconds, nanos) = self.id.get_timestamp()?.to_unix();
        Timestamp::from_millis(i64::try_from(seconds * 1_000 + u64::from(nanos) / 1_000_000).ok()?)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeItem {
    of: String,
    /// What the indexer's part of the table's stream is told from the rest by.
    is_change: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    with_below: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Noted {
    sk: String,
    of: String,
    #[serde(default)]
    with_below: bool,
}

/// The write that notes a change. Its id only has to be new and to sort by time more or less: a clock that is a little off
/// changes which of very many changes a search reads first.
pub(crate) fn note(table: &Table, owner: UserId, of: Findable) -> Result<TransactWriteItem, StoreError> {
    Ok(table::put(put(table, owner, of, false)?))
}

/// The write that notes that a memory comes or goes with all that is below it.
pub(crate) fn note_with_below(
    table: &Table,
    owner: UserId,
    memory: MemoryId,
) -> Result<TransactWriteItem, StoreError> {
    Ok(table::put(put(table, owner, Findable::Memory(memory), true)?))
}

/// Notes several changes, outside a transaction.
pub(crate) async fn note_all(
    table: &Table,
    owner: UserId,
    changed: impl Iterator<Item = Findable>,
) -> Result<(), StoreError> {
    table.put_all(changed.map(|of| put(table, owner, of, false)).collect::<Result<_, _>>()?).await
}

fn put(table: &Table, owner: UserId, of: Findable, with_below: bool) -> Result<Put, StoreError> {
    table.put(
        keys::change(owner, Uuid::now_v7()),
        &ChangeItem { of: of.to_string(), is_change: true, with_below },
    )
}

/// Whose change it is that was put at a key of the table, given as its partition. `None` if it is none.
pub fn owner_of_change(partition: &str) -> Option<UserId> {
    keys::owner_of_changes(partition)
}

impl Changes {
    /// The changes of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// A person's newest changes, the last first: at most `limit`. With whether there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(&self, owner: UserId, limit: u32) -> Result<(Vec<Change>, bool), StoreError> {
        self.read(owner, limit, false).await
    }

    /// A person's oldest changes, the first first: at most `limit`. With whether there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn oldest(&self, owner: UserId, limit: u32) -> Result<(Vec<Change>, bool), StoreError> {
        self.read(owner, limit, true).await
    }

    /// Notes that these may have changed, so that they are indexed again.
    ///
    /// # Errors
    /// If the store fails. Some may be noted.
    pub async fn note(
        &self,
        owner: UserId,
        changed: impl Iterator<Item = Findable>,
    ) -> Result<(), StoreError> {
        note_all(&self.0, owner, changed).await
    }

    /// Takes changes away that the index knows of.
    ///
    /// # Errors
    /// If the store fails. Some may be gone.
    pub async fn forget(&self, owner: UserId, changes: &[Change]) -> Result<(), StoreError> {
        let keys = changes.iter().map(|change| keys::change(owner, change.id)).collect();
        self.0.delete_all(keys).await
    }

    async fn read(
        &self,
        owner: UserId,
        limit: u32,
        is_ascending: bool,
    ) -> Result<(Vec<Change>, bool), StoreError> {
        let answer = self
            .0
            .client()
            .query()
            .table_name(self.0.name())
            .key_condition_expression("pk = :changes")
            .expression_attribute_values(":changes", text(keys::changes(owner)))
            .consistent_read(true)
            .scan_index_forward(is_ascending)
            .limit(limit.cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        let more = answer.last_evaluated_key.is_some();
        let change = |item| {
            let Noted { sk, of, with_below } = table::from_item(item)?;
            let (id, of) = (sk.parse().map_err(table::corrupt)?, of.parse().map_err(table::corrupt)?);
            Ok(Change { id, of, with_below })
        };
        let changes: Result<_, StoreError> =
            answer.items.unwrap_or_default().into_iter().map(change).collect();
        Ok((changes?, more))
    }
}
