//! How far a message that the business sent has come.

use std::fmt;

use app_domain::{DeliveryState, OutgoingKey, Sender, Timestamp};
use serde::{Deserialize, Serialize};

use super::wire::{Status, millis_of, shortened};
use super::{hash, sha256_hex};

/// News of a message that the business sent. They come in any order, and more than once. `Debug` hides to whom it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusUpdate {
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// How far it has come; absent if that is nothing we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DeliveryState>,
    /// The same in Meta's word.
    pub status: String,
    /// Since when.
    pub at: Timestamp,
    /// To whom it was sent; in a group, the one participant that this is about.
    pub recipient: Sender,
    /// What it was sent for; absent if it was not us who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<OutgoingKey>,
    /// Which of the business's numbers sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StatusError>,
}

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusError {
    /// Meta's code.
    pub code: i64,
    /// Meta's words for the code.
    pub title: String,
}

impl StatusUpdate {
    /// `None` if it does not say what message it is about, or nothing of it.
    pub(super) fn of(
        status: Status,
        phone_number_id: Option<String>,
        received_at: Timestamp,
    ) -> Option<Self> {
        let word = status.status?;
        let (phone, user_id) = match status.recipient_type.as_deref() {
            Some("group") => (status.recipient_participant_id, status.recipient_participant_user_id),
            _ => (status.recipient_id, status.recipient_user_id),
        };
        let error = status.errors.into_iter().next();
        Some(Self {
            wamid: status.id?,
            state: DeliveryState::parse(&word),
            status: shortened(&word),
            at: millis_of(status.timestamp.as_deref(), received_at),
            recipient: hash::sender(phone.as_deref(), user_id.as_deref()),
            key: status.biz_opaque_callback_data.as_deref().and_then(OutgoingKey::parse),
            phone_number_id,
            error: error.map(|error| StatusError {
                code: error.code.unwrap_or_default(),
                title: shortened(&error.title.or(error.message).unwrap_or_default()),
            }),
        })
    }

    /// Stands for the message where its id would not fit.
    pub fn message_hash(&self) -> String {
        sha256_hex(self.wamid.as_bytes())
    }
}

impl fmt::Debug for StatusUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusUpdate")
            .field("message", &self.message_hash())
            .field("status", &self.status)
            .field("key", &self.key)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
