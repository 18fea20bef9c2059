//! One message on its way from the webhook to the worker.

use std::fmt;

use app_domain::{MemoryId, PhoneNumber, Timestamp};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::reading::beginning_of;
use super::{Reading, json, sha256_hex};

/// One message of one sender, with what the webhook says around it. `Debug` hides who sent it and what it says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// WhatsApp's id of the message: opaque, unique, the same each time it is delivered.
    pub wamid: String,
    /// The sender's phone in digits; absent when the sender hides it.
    pub from: Option<String>,
    /// The sender's id in the eyes of this business, which someone who hides the phone still has.
    pub user_id: Option<String>,
    /// The name that the sender shows.
    pub contact_name: Option<String>,
    /// Which of the business's numbers the message was sent to.
    pub phone_number_id: Option<String>,
    /// When it was sent, in seconds since 1970, as it was delivered.
    pub timestamp: Option<String>,
    /// The message's type, known or not.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The message as it came; absent if it was too large for the queue.
    pub message: Option<Box<RawValue>>,
    /// The beginning of what it says, when `message` is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Delivery {
    /// The largest body that any queue takes, in bytes.
    pub const MAX_BODY_BYTES: usize = 256 * 1024;

    /// As a body for the queue, at most [`Self::MAX_BODY_BYTES`], in ASCII. A message that is too large travels as the beginning
    /// of its text.
    ///
    /// # Errors
    /// Never in practice: everything in a delivery can be written as JSON.
    pub fn to_body(&self) -> Result<String, serde_json::Error> {
        let body = json::ascii(&serde_json::to_string(self)?);
        if body.len() <= Self::MAX_BODY_BYTES {
            return Ok(body);
        }
        let text = match self.reading() {
            Reading::Words(words) => Some(beginning_of(&words)),
            Reading::NoWords | Reading::Notice => None,
        };
        let cut = Self { message: None, text, ..self.clone() };
        Ok(json::ascii(&serde_json::to_string(&cut)?))
    }

    /// Reads what [`Self::to_body`] wrote.
    ///
    /// # Errors
    /// If it is something else.
    pub fn from_body(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }

    /// The message as JSON; `None` if it did not travel, or nests deeper than can be read.
    pub fn message_json(&self) -> Option<Value> {
        self.message.as_ref().and_then(|message| serde_json::from_str(message.get()).ok())
    }

    /// What it says.
    pub fn reading(&self) -> Reading {
        match (self.message_json(), &self.text) {
            (None, Some(text)) => Reading::Words(text.clone()),
            (message, _) => Reading::of(&self.kind, &message.unwrap_or_default()),
        }
    }

    /// The sender's phone, unless it is hidden.
    pub fn phone(&self) -> Option<PhoneNumber> {
        self.from.as_deref().and_then(PhoneNumber::from_digits)
    }

    /// Stands for the sender where the phone must not be seen; messages of one sender keep their order by it.
    pub fn sender_hash(&self) -> String {
        let sender = self.from.as_deref().or(self.user_id.as_deref()).unwrap_or(&self.wamid);
        sha256_hex(sender.as_bytes())
    }

    /// Stands for the message where its id would not fit.
    pub fn message_hash(&self) -> String {
        sha256_hex(self.wamid.as_bytes())
    }

    /// When it was sent: not after it reached us, and then if nothing sensible is said.
    pub fn sent_at(&self) -> Timestamp {
        let seconds = self.timestamp.as_deref().and_then(|seconds| seconds.parse::<u32>().ok());
        let sent = seconds.and_then(|seconds| Timestamp::from_millis(i64::from(seconds) * 1000));
        sent.map_or(self.received_at, |sent| sent.min(self.received_at))
    }

    /// The id of the memory it becomes.
    pub fn memory_id(&self) -> MemoryId {
        let hash = digest(&SHA256, self.wamid.as_bytes());
        let unique = hash.as_ref().iter().take(4).fold(0, |bits, byte| (bits << 8) | u32::from(*byte));
        MemoryId::of_message(self.sent_at(), self.received_at, unique)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("wamid", &self.wamid)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
