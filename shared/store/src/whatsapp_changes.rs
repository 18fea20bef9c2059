//! Edits, reactions and revocations that came before the message that they change: kept for a few days, until it comes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{Sealing, StoreError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::Value;

use crate::keys;
use crate::table::{self, ABSENT, Table, unless_refused};

/// The pending changes of the table.
#[derive(Clone)]
pub struct PendingChanges {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

/// Not what it says.
impl fmt::Debug for PendingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingChange({})", self.at)
    }
}

/// A change that waits for what it changes.
#[derive(Clone, PartialEq)]
pub struct PendingChange {
    /// The messenger's id of the message that it came as.
    pub wamid: String,
    /// What it does.
    pub change: Value,
    /// When it was made.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeItem {
    wamid: String,
    user_id: UserId,
    /// Who made it: nobody changes what somebody else wrote.
    sender_hash: String,
    made_at: Timestamp,
    /// The change, in JSON.
    sealed: ByteBuf,
    ttl: i64,
}

/// From when it was made: a message can come seven days late, and may then have to wait.
const KEPT_FOR: Duration = Duration::from_secs(10 * 24 * 60 * 60);

impl PendingChanges {
    /// The pending changes of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// Keeps a change of the message `of`, made by a sender whose messages are `owner`'s. `Ok(false)` if it is kept already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep(
        &self,
        owner: UserId,
        of: &str,
        sender_hash: &str,
        change: &PendingChange,
    ) -> Result<bool, StoreError> {
        let plain = serde_json::to_vec(&change.change).map_err(table::corrupt)?;
        let sealed = self.sealing.seal(owner, &record(&change.wamid), &plain).await?;
        let item = ChangeItem {
            wamid: change.wamid.clone(),
            user_id: owner,
            sender_hash: sender_hash.to_owned(),
            made_at: change.at,
            sealed: ByteBuf::from(sealed),
            ttl: change.at.plus(KEPT_FOR).as_seconds(),
        };
        let put = self.table.put(keys::early_change(of, &change.wamid), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request.set_item(Some(put.item)).condition_expression(ABSENT);
        unless_refused(request.send().await)
    }

    /// The changes that this sender made of a message, in the order in which they were made.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of(
        &self,
        owner: UserId,
        wamid: &str,
        sender_hash: &str,
    ) -> Result<Vec<PendingChange>, StoreError> {
        let (items, _) = self.table.query::<ChangeItem>(keys::early_changes(wamid), "", None, None).await?;
        let mut changes = Vec::new();
        for item in items {
            if item.user_id != owner || item.sender_hash != sender_hash {
                continue;
            }
            let plain = self.sealing.open(owner, &record(&item.wamid), &item.sealed).await?;
            let change = serde_json::from_slice(&plain).map_err(table::corrupt)?;
            changes.push(PendingChange { wamid: item.wamid, change, at: item.made_at });
        }
        changes.sort_by(|one, other| (one.at, &one.wamid).cmp(&(other.at, &other.wamid)));
        Ok(changes)
    }

    /// Forgets a change of the message `of` that has been made.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn done(&self, of: &str, wamid: &str) -> Result<(), StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::early_change(of, wamid).attributes()));
        request.send().await.map_err(table::failed).map(drop)
    }
}

/// The name under which a change is sealed.
fn record(wamid: &str) -> String {
    format!("whatsapp-change/{wamid}")
}
