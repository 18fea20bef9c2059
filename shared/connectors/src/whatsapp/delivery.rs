//! One message with what the webhook says around it.

use std::fmt;

use app_domain::{Chat, MemoryId, PhoneNumber, Recipient, Sender, Timestamp};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::{Contact, Header, Metadata, Thread, millis_of, shortened};
use super::{Reading, Said, beginning_of, hash, sender_hash, sha256_hex};

/// How a message came to the webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOrigin {
    /// Somebody wrote to the number.
    #[default]
    Live,
    /// The number's owner wrote to somebody, from their phone.
    Echo,
    /// It was written, in either direction, before the number was connected.
    History,
}

/// One message, with what the webhook says around it. `Debug` hides who sent it and what it says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// WhatsApp's id of the message: opaque, unique, the same each time it is delivered.
    pub wamid: String,
    /// Who wrote it, as far as that can be read.
    #[serde(default)]
    pub sender: Sender,
    /// The sender's phone, as it was delivered; absent when the sender hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// To whom the number's owner wrote: a phone, or the id of somebody who hides it. Absent if somebody wrote to the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The group that it was written in, which others read too; absent in a chat between two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The name that the other side shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<String>,
    /// The other side's name at WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Which of the business's numbers it was sent to, or from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// The same number as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_phone: Option<String>,
    /// The business account that the number belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_account_id: Option<String>,
    /// When it was sent, in seconds since 1970, as it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The message's type, known or not.
    #[serde(rename = "type")]
    pub kind: String,
    /// How it came.
    #[serde(default)]
    pub origin: DeliveryOrigin,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The message as it came, unless it `is_cut`; absent if even that was too large for the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<RawValue>>,
    /// Whether only the beginnings of its texts are here, because it was too large for the queue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
    /// The beginning of what it says, when `message` is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What the webhook says around a message.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) origin: DeliveryOrigin,
    pub(super) account: Option<&'a str>,
    pub(super) metadata: &'a Metadata,
    pub(super) contacts: &'a [Contact],
    pub(super) thread: Option<&'a Thread>,
    pub(super) received_at: Timestamp,
}

impl Delivery {
    pub(super) fn of(message: Box<RawValue>, around: &Around<'_>) -> Self {
        let header: Header = serde_json::from_str(message.get()).unwrap_or_default();
        let Metadata { phone_number_id, display_phone_number } = around.metadata;
        let is_ours = match around.origin {
            DeliveryOrigin::Live => false,
            DeliveryOrigin::Echo => true,
            DeliveryOrigin::History => {
                let is_addressed = header.to.is_some() || header.to_user_id.is_some();
                is_addressed || (header.from.is_some() && header.from == *display_phone_number)
            }
        };
        let (phone, user_id) =
            if is_ours { (&header.to, &header.to_user_id) } else { (&header.from, &header.from_user_id) };
        let in_thread =
            |id: fn(&Thread) -> &Option<String>| around.thread.and_then(|thread| id(thread).clone());
        let phone = phone.clone().or_else(|| in_thread(|thread| &thread.id));
        let user_id = user_id.clone().or_else(|| in_thread(|thread| &thread.user_id));
        let named = contact_of(around.contacts, phone.as_deref(), user_id.as_deref());
        let only = around.contacts.first().filter(|_| around.contacts.len() == 1);
        let contact = named.or(only);
        // Who somebody is decides whose memories these are: a contact tells it only if it is surely theirs.
        let known = named.or(only.filter(|_| phone.is_none() && user_id.is_none()));
        let phone = phone.or_else(|| known.and_then(|contact| contact.wa_id.clone()));
        let user_id = user_id.or_else(|| known.and_then(|contact| contact.user_id.clone()));
        let sender = if is_ours {
            hash::sender(header.from.as_deref(), header.from_user_id.as_deref())
        } else {
            hash::sender(phone.as_deref(), user_id.as_deref())
        };
        Self {
            // A message without an id that can be used is known by its bytes, so that it is still dealt with once.
            wamid: header.id.unwrap_or_else(|| format!("sha256:{}", sha256_hex(message.get().as_bytes()))),
            sender,
            from: header.from,
            to: phone.or(user_id).filter(|_| is_ours),
            group_id: header.group_id,
            contact_name: contact.and_then(|contact| contact.profile.name.as_deref()).map(shortened),
            username: contact.and_then(|contact| contact.profile.username.as_deref()).map(shortened),
            phone_number_id: phone_number_id.clone(),
            business_phone: display_phone_number.clone(),
            business_account_id: around.account.map(str::to_owned),
            timestamp: header.timestamp,
            kind: shortened(header.kind.as_deref().unwrap_or("unknown")),
            origin: around.origin,
            received_at: around.received_at,
            message: Some(message).filter(|message| message.get() != "null"),
            is_cut: false,
            text: None,
        }
    }

    /// The same with the beginning of each text in the message: what it is about, and its media, stay known. `None` if it cannot be read.
    pub(super) fn with_beginnings(&self) -> Option<Self> {
        let message = serde_json::value::to_raw_value(&beginnings_of(self.message_json()?)).ok()?;
        Some(Self { message: Some(message), is_cut: true, ..self.clone() })
    }

    /// The same without the message, but with the beginning of what it says.
    pub(super) fn without_message(&self) -> Self {
        let text = match self.reading() {
            Reading::Said(said) | Reading::Edit { said, .. } => said.text.as_deref().map(beginning_of),
            _ => None,
        };
        Self { message: None, is_cut: true, text, ..self.clone() }
    }

    /// The message as JSON, cut or whole; `None` if it did not travel, or nests deeper than can be read.
    pub fn message_json(&self) -> Option<Value> {
        self.message.as_ref().and_then(|message| serde_json::from_str(message.get()).ok())
    }

    /// What it says.
    pub fn reading(&self) -> Reading {
        match (self.message_json(), &self.text) {
            (None, Some(text)) => Reading::Said(Box::new(Said {
                kind: self.kind.clone(),
                text: Some(text.clone()),
                ..Said::default()
            })),
            (message, _) => Reading::of(&self.kind, &message.unwrap_or_default()),
        }
    }

    /// Whether the number's owner wrote it.
    pub fn is_outgoing(&self) -> bool {
        self.origin == DeliveryOrigin::Echo || self.to.is_some()
    }

    /// The other side of the chat: whoever wrote to the number's owner, or to whom the owner wrote.
    pub fn contact(&self) -> Sender {
        if self.is_outgoing() {
            hash::sender(self.to.as_deref(), self.to.as_deref())
        } else {
            self.sender.clone()
        }
    }

    /// The sender's phone, unless it is hidden.
    pub fn phone(&self) -> Option<PhoneNumber> {
        self.sender.phone.clone()
    }

    /// The chat that it is part of; `None` if it does not say.
    pub fn chat(&self) -> Option<Chat> {
        let phone_number_id = self.phone_number_id.clone()?;
        Recipient::of(&self.contact()).map(|with| Chat { phone_number_id, with })
    }

    /// Stands for the sender where the phone must not be seen.
    pub fn sender_hash(&self) -> String {
        let sender = self.from.as_deref().unwrap_or(&self.wamid);
        hash::sender_hash(&self.sender).unwrap_or_else(|| sha256_hex(sender.as_bytes()))
    }

    /// Stands for the other side of the chat; `None` if nothing is known of them.
    pub fn contact_hash(&self) -> Option<String> {
        sender_hash(&self.contact())
    }

    /// Stands for the message where its id would not fit.
    pub fn message_hash(&self) -> String {
        sha256_hex(self.wamid.as_bytes())
    }

    /// When it was sent: not after it reached us, and then if nothing sensible is said.
    pub fn sent_at(&self) -> Timestamp {
        millis_of(self.timestamp.as_deref(), self.received_at)
    }

    /// The id of the memory it becomes.
    pub fn memory_id(&self) -> MemoryId {
        let hash = digest(&SHA256, self.wamid.as_bytes());
        let unique = hash.as_ref().iter().take(4).fold(0, |bits, byte| (bits << 8) | u32::from(*byte));
        MemoryId::of_message(self.sent_at(), self.received_at, unique)
    }
}

fn beginnings_of(value: Value) -> Value {
    match value {
        Value::String(text) => beginning_of(&text).into(),
        Value::Array(items) => items.into_iter().map(beginnings_of).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, beginnings_of(member))).collect()
        }
        other => other,
    }
}

/// Whom the webhook names beside the message. `wa_id` can differ from `from` where a country writes mobile numbers in two ways.
fn contact_of<'a>(
    contacts: &'a [Contact],
    phone: Option<&str>,
    user_id: Option<&str>,
) -> Option<&'a Contact> {
    let canonical = |phone| hash::sender(phone, None).phone.map(|phone| phone.canonical());
    contacts.iter().find(|contact| {
        let is_phone =
            canonical(phone).is_some_and(|phone| canonical(contact.wa_id.as_deref()) == Some(phone));
        is_phone || user_id.is_some_and(|id| contact.user_id.as_deref() == Some(id))
    })
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("message", &self.message_hash())
            .field("kind", &self.kind)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
