//! One piece of news on its way from the webhook to the worker.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{AccountUpdate, ContactUpdate, Delivery, DeliveryOrigin, StatusUpdate, json};
use super::{sender_hash, sha256_hex};

/// One piece of news: a message of the queue `inbound`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "update", rename_all = "camelCase")]
pub enum Update {
    /// A message that somebody sent, or the business itself from its phone.
    Message(Delivery),
    /// How far a message that the business sent has come.
    Status(StatusUpdate),
    /// A change of a number's address book.
    Contact(ContactUpdate),
    /// Something that happened to a business account.
    Account(AccountUpdate),
}

/// What says which it is.
#[derive(Deserialize)]
struct Tagged {
    update: Tag,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Tag {
    Message,
    Status,
    Contact,
    Account,
}

impl Update {
    /// The largest body that any queue takes, in bytes.
    pub const MAX_BODY_BYTES: usize = 256 * 1024;

    /// As a body for the queue, at most [`Self::MAX_BODY_BYTES`], in ASCII. A message that is too large travels with the beginnings of
    /// its texts; if these are too many, as the beginning of what it says.
    ///
    /// # Errors
    /// Never in practice: everything in an update can be written as JSON.
    pub fn to_body(&self) -> Result<String, serde_json::Error> {
        let body = self.in_ascii()?;
        let Self::Message(delivery) = self else { return Ok(body) };
        if body.len() <= Self::MAX_BODY_BYTES {
            return Ok(body);
        }
        if let Some(cut) = delivery.with_beginnings() {
            let body = Self::Message(cut).in_ascii()?;
            if body.len() <= Self::MAX_BODY_BYTES {
                return Ok(body);
            }
        }
        Self::Message(delivery.without_message()).in_ascii()
    }

    fn in_ascii(&self) -> Result<String, serde_json::Error> {
        Ok(json::ascii(&serde_json::to_string(self)?))
    }

    /// Reads what [`Self::to_body`] wrote.
    ///
    /// # Errors
    /// If it is something else.
    pub fn from_body(body: &str) -> Result<Self, serde_json::Error> {
        let Tagged { update } = serde_json::from_str(body)?;
        match update {
            Tag::Message => serde_json::from_str(body).map(Self::Message),
            Tag::Status => serde_json::from_str(body).map(Self::Status),
            Tag::Contact => serde_json::from_str(body).map(Self::Contact),
            Tag::Account => serde_json::from_str(body).map(Self::Account),
        }
    }

    /// What keeps its order: all news of one chat, by a hash of whom it is with.
    pub fn group(&self) -> String {
        let (chat, otherwise) = match self {
            Self::Message(delivery) => (delivery.contact_hash(), delivery.sender_hash()),
            Self::Status(status) => (sender_hash(&status.recipient), status.message_hash()),
            Self::Contact(contact) => (contact.contact_hash(), sha256_hex(contact.phone.as_bytes())),
            Self::Account(account) => {
                (None, sha256_hex(account.business_account_id.as_deref().unwrap_or("account").as_bytes()))
            }
        };
        chat.unwrap_or(otherwise)
    }

    /// The same for the same news, however often they come.
    pub fn deduplication(&self) -> String {
        let of = |parts: &[&str]| sha256_hex(parts.join(" ").as_bytes());
        match self {
            Self::Message(delivery) => match delivery.origin {
                DeliveryOrigin::Live => delivery.message_hash(),
                // In a history, media come under the id of what held their place.
                DeliveryOrigin::Echo => of(&[&delivery.wamid, "echo", &delivery.kind]),
                DeliveryOrigin::History => of(&[&delivery.wamid, "history", &delivery.kind]),
            },
            Self::Status(status) => {
                of(&[&status.wamid, &status.status, &sender_hash(&status.recipient).unwrap_or_default()])
            }
            Self::Contact(contact) => {
                let number = contact.phone_number_id.as_deref().unwrap_or_default();
                let action = if contact.is_removed { "remove" } else { "add" };
                of(&[number, &contact.phone, action, &contact.at.to_string()])
            }
            Self::Account(account) => {
                let id = account.business_account_id.as_deref().unwrap_or_default();
                of(&[
                    id,
                    &account.field,
                    account.event.as_deref().unwrap_or_default(),
                    &account.at.to_string(),
                ])
            }
        }
    }
}

/// By hand: serde's own way cannot keep a message as it came.
impl<'de> Deserialize<'de> for Update {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_body(raw.get()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
