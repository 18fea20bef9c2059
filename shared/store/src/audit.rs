//! The audit log: entries are added, never changed.

use app_domain::{AuditEntry, AuditEvent, AuditId, Origin, SessionId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};

use crate::keys::{self, AUDIT_PREFIX};
use crate::table::{self, Table, if_absent};

/// The audit logs of the table.
#[derive(Clone)]
pub struct AuditLog(Table);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuditItem {
    id: AuditId,
    user_id: UserId,
    event: AuditEvent,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    #[serde(flatten)]
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    ttl: i64,
}

/// The writing of an entry, as a part of the transaction that it tells of.
pub(crate) fn entry(table: &Table, entry: &AuditEntry) -> Result<TransactWriteItem, StoreError> {
    let put = table.put(keys::audit(entry.user_id, entry.id), &AuditItem::new(entry))?;
    Ok(table::put(if_absent(put)))
}

impl AuditLog {
    /// The audit logs of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Adds an entry about something that nothing else is stored of.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn record(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        self.0.transact(vec![entry(&self.0, audit)?]).await?.map_err(|_| StoreError::Conflict)
    }

    /// A person's newest `limit` entries, those before `after`, and the last one's id if more may follow.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        user: UserId,
        after: Option<AuditId>,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, Option<AuditId>), StoreError> {
        let (owner, after) = (keys::owner(user), after.map(|id| keys::audit(user, id)));
        let (items, more) = self.0.query(owner, AUDIT_PREFIX, after, Some(limit)).await?;
        let entries: Vec<AuditEntry> = items.into_iter().map(AuditItem::into_entry).collect();
        let last = entries.last().map(|entry| entry.id).filter(|_| more);
        Ok((entries, last))
    }
}

impl AuditItem {
    fn new(entry: &AuditEntry) -> Self {
        let entry = entry.clone();
        Self {
            id: entry.id,
            user_id: entry.user_id,
            event: entry.event,
            at: entry.at,
            actor: entry.actor,
            session_id: entry.session_id,
            origin: entry.origin,
            detail: entry.detail,
            ttl: entry.at.plus(AuditEntry::KEPT_FOR).as_seconds(),
        }
    }

    fn into_entry(self) -> AuditEntry {
        AuditEntry {
            id: self.id,
            user_id: self.user_id,
            event: self.event,
            at: self.at,
            actor: self.actor,
            session_id: self.session_id,
            origin: self.origin,
            detail: self.detail,
        }
    }
}
