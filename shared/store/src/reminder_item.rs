//! Reminders as they are stored: when they are due and what has become of them in the clear, what they say sealed.

use std::sync::Arc;

use app_domain::{
    MemoryId, Reminder, ReminderId, ReminderState, ReminderText, Sealing, StoreError, Timestamp, UserId,
    Version,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table::corrupt;

/// A reminder. That it has a version keeps a change of its text from undoing one of its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReminderItem {
    pub(crate) id: ReminderId,
    pub(crate) owner: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_id: Option<MemoryId>,
    pub(crate) at: Timestamp,
    pub(crate) state: ReminderState,
    pub(crate) version: Version,
    created_at: Timestamp,
    pub(crate) by_updated: String,
    sealed: ByteBuf,
    /// Absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

/// Where a reminder is in its owner's list: those that wait come first, and of each state the soonest. No two are at the same place.
pub(crate) fn place(state: ReminderState, at: Timestamp, id: ReminderId) -> String {
    format!("{}#{at}#{id}", rank(state))
}

/// The place of a state among the others.
pub(crate) fn rank(state: ReminderState) -> usize {
    ReminderState::ALL.iter().position(|other| *other == state).unwrap_or_default()
}

/// Turns reminders into items and back.
#[derive(Clone)]
pub(crate) struct ReminderItems(Arc<dyn Sealing>);

impl ReminderItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    /// A reminder that waits.
    pub(crate) async fn item(
        &self,
        reminder: &Reminder,
        version: Version,
    ) -> Result<ReminderItem, StoreError> {
        let Reminder { id, owner, memory, ref text, at, state, created_at } = *reminder;
        let sealed = self.0.seal(owner, &record(id), text.as_str().as_bytes()).await?;
        Ok(ReminderItem {
            id,
            owner,
            memory_id: memory,
            at,
            state,
            version,
            created_at,
            by_updated: place(state, at, id),
            sealed: ByteBuf::from(sealed),
            ttl: None,
        })
    }

    /// A reminder that waits no more, and is forgotten a while after `now`.
    pub(crate) async fn ended(
        &self,
        reminder: &Reminder,
        now: Timestamp,
    ) -> Result<ReminderItem, StoreError> {
        let item = self.item(reminder, Version::FIRST).await?;
        Ok(ReminderItem { ttl: Some(now.plus(Reminder::KEPT_FOR).as_seconds()), ..item })
    }

    pub(crate) async fn reminder(&self, item: ReminderItem) -> Result<Reminder, StoreError> {
        let text = self.0.open(item.owner, &record(item.id), &item.sealed).await?;
        let text = String::from_utf8(text).map_err(corrupt)?;
        Ok(Reminder {
            id: item.id,
            owner: item.owner,
            memory: item.memory_id,
            text: ReminderText::parse(&text).map_err(corrupt)?,
            at: item.at,
            state: item.state,
            created_at: item.created_at,
        })
    }
}

/// The name under which a reminder's text is sealed.
fn record(id: ReminderId) -> String {
    format!("reminder/{id}")
}
