//! WhatsApp connections as they are stored: whose a phone, an id and a number are, and what is known of a connection.

use app_domain::{
    BusinessUserId, CategoryId, Chat, ConnectedPhone, ConnectionFault, ConversationId, MemoryId, OwnNumber,
    PendingPhone, PhoneNumber, StoreError, Timestamp, UserId, WhatsappLink,
};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key};
use crate::table::{self, Table, text};

/// A person's connection.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkItem {
    phone: Option<PhoneNumber>,
    connected_at: Option<Timestamp>,
    last_sync_at: Option<Timestamp>,
    sender_id: Option<BusinessUserId>,
    chat: Option<Chat>,
    pending_phone: Option<PhoneNumber>,
    pending_until: Option<Timestamp>,
    own_number: Option<OwnItem>,
    paused_at: Option<Timestamp>,
    #[serde(default)]
    is_muted: bool,
    fault: Option<FaultItem>,
    shared_fault: Option<FaultItem>,
    pub(crate) last_memory: Option<MemoryId>,
    pub(crate) talk: Option<ConversationId>,
    pub(crate) talked_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnItem {
    phone_number_id: String,
    business_account_id: String,
    display_phone_number: String,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_inbound_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FaultItem {
    code: i64,
    message: String,
    at: Timestamp,
}

/// A code that was given out for a phone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeItem {
    pub(crate) user_id: UserId,
    pub(crate) expires_at: Timestamp,
    pub(crate) ttl: i64,
}

/// Whose a phone, or the id of somebody who may hide it, is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnerItem {
    pub(crate) user_id: UserId,
    /// Where the messages are filed. Should it be deleted, they are filed in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) category_id: Option<CategoryId>,
    pub(crate) since: Timestamp,
    /// The phone as the connection has it. Absent from older items, which have it in their key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<PhoneNumber>,
    /// The id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sender_id: Option<BusinessUserId>,
}

impl LinkItem {
    pub(crate) fn link(self) -> WhatsappLink {
        let connected = self.phone.zip(self.connected_at);
        let pending = self.pending_phone.zip(self.pending_until);
        WhatsappLink {
            connected: connected.map(|(phone, since)| ConnectedPhone {
                phone,
                since,
                user_id: self.sender_id,
                chat: self.chat,
                last_sync_at: self.last_sync_at,
            }),
            pending: pending.map(|(phone, expires_at)| PendingPhone { phone, expires_at }),
            own: self.own_number.map(OwnNumber::from),
            paused_at: self.paused_at,
            is_muted: self.is_muted,
            fault: self.fault.map(ConnectionFault::from),
            shared_fault: self.shared_fault.map(ConnectionFault::from),
        }
    }
}

impl From<OwnItem> for OwnNumber {
    fn from(item: OwnItem) -> Self {
        Self {
            phone_number_id: item.phone_number_id,
            business_account_id: item.business_account_id,
            display_phone_number: item.display_phone_number,
            since: item.since,
            token_expires_at: item.token_expires_at,
            last_inbound_at: item.last_inbound_at,
        }
    }
}

impl From<&OwnNumber> for OwnItem {
    fn from(number: &OwnNumber) -> Self {
        let number = number.clone();
        Self {
            phone_number_id: number.phone_number_id,
            business_account_id: number.business_account_id,
            display_phone_number: number.display_phone_number,
            since: number.since,
            token_expires_at: number.token_expires_at,
            last_inbound_at: number.last_inbound_at,
        }
    }
}

impl From<FaultItem> for ConnectionFault {
    fn from(FaultItem { code, message, at }: FaultItem) -> Self {
        Self { code, message, at }
    }
}

impl From<&ConnectionFault> for FaultItem {
    fn from(fault: &ConnectionFault) -> Self {
        Self { code: fault.code, message: fault.message.clone(), at: fault.at }
    }
}

/// A change of a person's connection.
pub(crate) fn link(table: &Table, user: UserId) -> UpdateBuilder {
    Update::builder().table_name(table.name()).set_key(Some(keys::whatsapp_link(user).attributes()))
}

/// The write of an item that says whose something is: `before` had it, or nobody.
pub(crate) fn owned(
    table: &Table,
    key: Key,
    item: &impl Serialize,
    before: UserId,
) -> Result<TransactWriteItem, StoreError> {
    let mut put = table.put(key, item)?;
    put.condition_expression = Some(FREE_OR_THEIRS.to_owned());
    put.expression_attribute_values = Some([(":holder".to_owned(), text(before))].into());
    Ok(table::put(put))
}

/// The removal of an item that says that something is a person's. Nothing happens if it is nobody's; it is refused if it is somebody
/// else's.
pub(crate) fn freed(table: &Table, key: Key, holder: UserId) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(table.name())
        .set_key(Some(key.attributes()))
        .condition_expression(FREE_OR_THEIRS)
        .expression_attribute_values(":holder", text(holder));
    table::delete(delete)
}

const FREE_OR_THEIRS: &str = "attribute_not_exists(pk) OR userId = :holder";
