//! Messages of phones that nobody has linked: kept for a while, never dropped in silence.

use app_domain::{StoreError, Timestamp, UnclaimedMessage};
use serde::Serialize;

use crate::keys;
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
        let item = InboxItem {
            wamid: &message.wamid,
            received_at: message.received_at,
            payload: &message.payload,
            ttl: message.received_at.plus(UnclaimedMessage::KEPT_FOR).as_seconds(),
        };
        let put = self.0.put(keys::inbox(&message.phone, &message.wamid), &item)?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        unless_refused(request.condition_expression(ABSENT).send().await)
    }
}
