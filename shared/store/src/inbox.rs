//! Messages of phones that nobody has linked: kept for a while, never dropped in silence.

use app_domain::{StoreError, Timestamp, UnclaimedMessage};
use serde::Serialize;

use crate::keys::{self, Key};
use crate::table::{ABSENT, Table, unless_refused};

/// The unclaimed messages of the table.
#[derive(Clone)]
pub struct Inbox(Table);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InboxItem<'a> {
    wamid: &'a str,
    received_at: Timestamp,
    payload: &'a str,
    ttl: i64,
}

impl Inbox {
    /// The unclaimed messages of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Keeps a message. `Ok(false)` if it is kept already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep(&self, message: &UnclaimedMessage) -> Result<bool, StoreError> {
        let key = keys::inbox(&message.phone, &message.wamid);
        self.put(key, &message.wamid, message.received_at, &message.payload).await
    }

    /// Keeps a message whose sender hides the phone, under a hash of whatever else is known of the sender. `Ok(false)` if it
    /// is kept already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep_hidden(
        &self,
        sender_hash: &str,
        wamid: &str,
        received_at: Timestamp,
        payload: &str,
    ) -> Result<bool, StoreError> {
        self.put(keys::hidden_inbox(sender_hash, wamid), wamid, received_at, payload).await
    }

    async fn put(
        &self,
        key: Key,
        wamid: &str,
        received_at: Timestamp,
        payload: &str,
    ) -> Result<bool, StoreError> {
        let ttl = received_at.plus(UnclaimedMessage::KEPT_FOR).as_seconds();
        let put = self.0.put(key, &InboxItem { wamid, received_at, payload, ttl })?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        unless_refused(request.condition_expression(ABSENT).send().await)
    }
}
