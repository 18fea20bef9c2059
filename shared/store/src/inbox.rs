//! Messages of phones that nobody has linked: kept for a while, never dropped in silence.

use std::fmt;

use app_domain::{PhoneNumber, StoreError, Timestamp, UnclaimedMessage};
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{self, INBOX_PREFIX, Key};
use crate::table::{self, Table, text, unless_refused};

/// The unclaimed messages of the table.
#[derive(Clone)]
pub struct Inbox(Table);

/// A message as it was found in the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// The messenger's own id of it.
    pub wamid: String,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The message as it came, in JSON.
    pub payload: String,
    key: Key,
    mark: Option<Uuid>,
}

/// Not what it says.
impl fmt::Debug for KeptMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptMessage({})", self.received_at)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InboxItem<'a> {
    wamid: &'a str,
    received_at: Timestamp,
    payload: &'a str,
    /// Another each time that it is kept: who has found it before must not remove it.
    mark: Uuid,
    ttl: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    wamid: String,
    received_at: Timestamp,
    payload: String,
    /// Absent from older items.
    mark: Option<Uuid>,
}

impl Inbox {
    /// The unclaimed messages of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Keeps a message. `Ok(false)` if it was kept already; whoever has found it by then cannot remove it any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep(&self, message: &UnclaimedMessage) -> Result<bool, StoreError> {
        let partition = keys::inbox_of(&message.phone);
        self.put(partition, &message.wamid, message.received_at, &message.payload).await
    }

    /// Keeps a message whose sender hides the phone, under a hash of whatever else is known of the sender. `Ok(false)` as above.
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
        self.put(keys::sender_partition(sender_hash), wamid, received_at, payload).await
    }

    /// Messages of a phone, in no order: at most `limit`. What is removed makes room for the next.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(&self, phone: &PhoneNumber, limit: u32) -> Result<Vec<KeptMessage>, StoreError> {
        let found = self.found(keys::inbox_of(phone), limit).await?;
        if found.is_empty() && phone.canonical() != *phone {
            return self.found(keys::inbox_of_as_written(phone), limit).await;
        }
        Ok(found)
    }

    /// The same of a sender who hides the phone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page_hidden(&self, sender_hash: &str, limit: u32) -> Result<Vec<KeptMessage>, StoreError> {
        self.found(keys::sender_partition(sender_hash), limit).await
    }

    /// Removes a message that has found its place. `Ok(false)` if it has been kept once more since it was found: then it stays.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(&self, message: &KeptMessage) -> Result<bool, StoreError> {
        let request = self.0.client().delete_item().table_name(self.0.name());
        let request = request.set_key(Some(message.key.clone().attributes()));
        let request = match message.mark {
            Some(mark) => request
                .condition_expression("attribute_not_exists(pk) OR mark = :mark")
                .expression_attribute_values(":mark", text(mark)),
            None => request.condition_expression("attribute_not_exists(mark)"),
        };
        unless_refused(request.send().await)
    }

    async fn put(
        &self,
        partition: String,
        wamid: &str,
        received_at: Timestamp,
        payload: &str,
    ) -> Result<bool, StoreError> {
        let ttl = received_at.plus(UnclaimedMessage::KEPT_FOR).as_seconds();
        let item = InboxItem { wamid, received_at, payload, mark: Uuid::new_v4(), ttl };
        let put = self.0.put(keys::inbox(partition, wamid), &item)?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        let answer = request.return_values(ReturnValue::AllOld).send().await.map_err(table::failed)?;
        Ok(answer.attributes.is_none_or(|before| before.is_empty()))
    }

    async fn found(&self, partition: String, limit: u32) -> Result<Vec<KeptMessage>, StoreError> {
        let (items, _) = self.0.query(partition.clone(), INBOX_PREFIX, None, Some(limit)).await?;
        let message = |Found { wamid, received_at, payload, mark }| {
            let key = keys::inbox(partition.clone(), &wamid);
            KeptMessage { wamid, received_at, payload, key, mark }
        };
        Ok(items.into_iter().map(message).collect())
    }
}
