//! One message on its way from the webhook to the worker.

use std::fmt;

use app_domain::{MemoryId, PhoneNumber, Timestamp};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Reading, json, sha256_hex};

/// How much text is kept of a message that is too large to travel whole.
const CUT_TEXT_CHARS: usize = 8000;

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
            Reading::Words(words) => Some(words.chars().take(CUT_TEXT_CHARS).collect()),
            Reading::NoWords | Reading::Notice => None,
        };
        let cut = Self {
            message: None,
            text,
            ..self.clone()
        };
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
        self.message
            .as_ref()
            .and_then(|message| serde_json::from_str(message.get()).ok())
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
        let sender = self
            .from
            .as_deref()
            .or(self.user_id.as_deref())
            .unwrap_or(&self.wamid);
        sha256_hex(sender.as_bytes())
    }

    /// Stands for the message where its id would not fit.
    pub fn message_hash(&self) -> String {
        sha256_hex(self.wamid.as_bytes())
    }

    /// When it was sent: not after it reached us, and then if nothing sensible is said.
    pub fn sent_at(&self) -> Timestamp {
        let seconds = self
            .timestamp
            .as_deref()
            .and_then(|seconds| seconds.parse::<u32>().ok());
        let sent = seconds.and_then(|seconds| Timestamp::from_millis(i64::from(seconds) * 1000));
        sent.map_or(self.received_at, |sent| sent.min(self.received_at))
    }

    /// The id of the memory it becomes.
    pub fn memory_id(&self) -> MemoryId {
        let hash = digest(&SHA256, self.wamid.as_bytes());
        let unique = hash
            .as_ref()
            .iter()
            .take(4)
            .fold(0, |bits, byte| (bits << 8) | u32::from(*byte));
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
mod tests {
    use super::*;
    use serde_json::json;

    const RECEIVED: i64 = 1_795_000_020_500;

    fn delivery(message: &Value) -> Delivery {
        Delivery {
            wamid: "wamid.1".to_owned(),
            from: Some("4915550002222".to_owned()),
            user_id: None,
            contact_name: Some("Jörg 🚀 \u{ffff}".to_owned()),
            phone_number_id: None,
            timestamp: Some("1795000000".to_owned()),
            kind: message["type"].as_str().unwrap().to_owned(),
            received_at: Timestamp::from_millis(RECEIVED).unwrap(),
            message: Some(serde_json::value::to_raw_value(message).unwrap()),
            text: None,
        }
    }

    fn text(body: &str) -> Delivery {
        delivery(&json!({"type": "text", "text": {"body": body}}))
    }

    #[test]
    fn it_travels_in_ascii_and_arrives_as_it_was() {
        let sent = text("Über 🚀");
        let body = sent.to_body().unwrap();
        assert!(body.is_ascii());
        let arrived = Delivery::from_body(&body).unwrap();
        assert_eq!(arrived.contact_name, sent.contact_name);
        assert_eq!(arrived.received_at, sent.received_at);
        assert_eq!(arrived.reading(), Reading::Words("Über 🚀".to_owned()));
    }

    #[test]
    fn what_is_too_large_travels_as_the_beginning_of_its_text() {
        let cards: Vec<Value> = (0..20_000)
            .map(|n| json!({"name": {"formatted_name": format!("Person {n}")}}))
            .collect();
        let body = delivery(&json!({"type": "contacts", "contacts": cards}))
            .to_body()
            .unwrap();
        assert!(body.len() <= Delivery::MAX_BODY_BYTES);
        let arrived = Delivery::from_body(&body).unwrap();
        assert!(arrived.message.is_none());
        assert!(
            matches!(arrived.reading(), Reading::Words(words) if words.starts_with("Person 0\nPerson 1\n"))
        );
    }

    #[test]
    fn what_nests_too_deep_to_be_read_is_kept_without_words() {
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        let message = RawValue::from_string(format!(r#"{{"type":"text","text":{deep}}}"#)).unwrap();
        let delivery = Delivery {
            message: Some(message),
            ..text("")
        };
        assert_eq!(
            Delivery::from_body(&delivery.to_body().unwrap())
                .unwrap()
                .reading(),
            Reading::NoWords
        );
    }

    #[test]
    fn the_time_of_sending_is_never_after_the_arrival() {
        let sent_at = |timestamp: Option<&str>| {
            Delivery {
                timestamp: timestamp.map(str::to_owned),
                ..text("")
            }
            .sent_at()
            .as_millis()
        };
        assert_eq!(sent_at(Some("1795000000")), 1_795_000_000_000);
        for odd in [
            Some("1795000021"),
            Some("-1"),
            Some("99999999999999999999"),
            Some("soon"),
            None,
        ] {
            assert_eq!(sent_at(odd), RECEIVED, "{odd:?}");
        }
    }

    #[test]
    fn neither_hash_nor_debug_shows_the_phone() {
        let delivery = text("private");
        let shown = format!(
            "{delivery:?} {} {}",
            delivery.sender_hash(),
            delivery.message_hash()
        );
        assert!(
            !shown.contains("4915550002222") && !shown.contains("private"),
            "{shown}"
        );
    }

    #[test]
    fn someone_who_hides_the_phone_is_known_by_another_id() {
        let hidden = |id: &str| Delivery {
            from: None,
            user_id: Some(id.to_owned()),
            ..text("")
        };
        assert_eq!(hidden("DE.1").phone(), None);
        assert_eq!(hidden("DE.1").sender_hash(), hidden("DE.1").sender_hash());
        assert_ne!(hidden("DE.1").sender_hash(), hidden("DE.2").sender_hash());
    }
}
