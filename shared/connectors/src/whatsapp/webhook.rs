//! What one webhook call brings. Members that are not known are passed over, types that are not known are kept.

use std::time::Duration;

use app_domain::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Delivery, json, sha256_hex};

/// The one field whose changes hold messages.
const MESSAGES: &str = "messages";
/// Far longer than any id so far; what is longer would not fit into a key of the table.
const MAX_ID_BYTES: usize = 512;
/// As much as is shown of a name, and of a type.
const MAX_NAME_CHARS: usize = 200;

/// Everything in one webhook call.
#[derive(Debug, Default)]
pub struct Webhook {
    /// The messages, over all entries and changes, in order.
    pub deliveries: Vec<Delivery>,
    /// How many statuses of messages that the business sent.
    pub statuses: usize,
    /// How many faults of the account, the app or the platform.
    pub errors: usize,
    /// The fields of changes that are not about messages.
    pub other_fields: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default, deserialize_with = "or_default")]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "or_default")]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default, deserialize_with = "text")]
    field: Option<String>,
    value: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
struct Messages {
    #[serde(default, deserialize_with = "forgiving")]
    metadata: Metadata,
    #[serde(default, deserialize_with = "forgiving")]
    contacts: Vec<Contact>,
    #[serde(default, deserialize_with = "or_default")]
    messages: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "or_default")]
    statuses: Vec<IgnoredAny>,
    #[serde(default, deserialize_with = "or_default")]
    errors: Vec<IgnoredAny>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, deserialize_with = "text")]
    phone_number_id: Option<String>,
}

#[derive(Deserialize)]
struct Contact {
    #[serde(default, deserialize_with = "forgiving")]
    profile: Profile,
    #[serde(default, deserialize_with = "text")]
    wa_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    user_id: Option<String>,
}

#[derive(Default, Deserialize)]
struct Profile {
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
}

/// What every message says of itself, whatever its type.
#[derive(Default, Deserialize)]
struct Header {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    from: Option<String>,
    #[serde(default, deserialize_with = "text")]
    from_user_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    timestamp: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: Option<String>,
}

impl Webhook {
    /// Reads the body of a call that arrived at `received_at`. Every message in it becomes a delivery, however odd.
    ///
    /// # Errors
    /// If it is not JSON, or lists are no lists.
    pub fn read(body: &[u8], received_at: Timestamp) -> Result<Self, serde_json::Error> {
        let envelope: Envelope = serde_json::from_slice(&json::repaired(body))?;
        let mut webhook = Self::default();
        for change in envelope.entry.into_iter().flat_map(|entry| entry.changes) {
            match (change.field, change.value) {
                (Some(field), Some(value)) if field == MESSAGES => {
                    webhook.add(serde_json::from_str(value.get())?, received_at);
                }
                (field, _) => webhook.other_fields.push(field.unwrap_or_else(|| "none".to_owned())),
            }
        }
        Ok(webhook)
    }

    fn add(&mut self, change: Messages, received_at: Timestamp) {
        let Messages { metadata, contacts, messages, statuses, errors } = change;
        self.statuses += statuses.len();
        self.errors += errors.len();
        for message in messages {
            // A call's messages come in their order, all at once: a millisecond each keeps the order.
            let place = u64::try_from(self.deliveries.len()).unwrap_or(0);
            let received_at = received_at.plus(Duration::from_millis(place));
            self.deliveries.push(delivery(message, &metadata, &contacts, received_at));
        }
    }
}

fn delivery(
    message: Box<RawValue>,
    metadata: &Metadata,
    contacts: &[Contact],
    received_at: Timestamp,
) -> Delivery {
    let header: Header = serde_json::from_str(message.get()).unwrap_or_default();
    let contact = contacts.iter().find(|contact| {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        same(&contact.wa_id, &header.from) || same(&contact.user_id, &header.from_user_id)
    });
    // `wa_id` can differ from `from` where a country writes mobile numbers in two ways: one contact is then the sender's.
    let contact = contact.or(contacts.first().filter(|_| contacts.len() == 1));
    let id = header.id.filter(|id| id.len() <= MAX_ID_BYTES);
    Delivery {
        // A message without an id that can be used is known by its bytes, so that it is still dealt with once.
        wamid: id.unwrap_or_else(|| format!("sha256:{}", sha256_hex(message.get().as_bytes()))),
        from: header.from,
        user_id: header.from_user_id.or_else(|| contact.and_then(|contact| contact.user_id.clone())),
        contact_name: contact.and_then(|contact| contact.profile.name.as_deref()).map(shortened),
        phone_number_id: metadata.phone_number_id.clone(),
        timestamp: header.timestamp,
        kind: shortened(header.kind.as_deref().unwrap_or("unknown")),
        received_at,
        message: Some(message),
        text: None,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_NAME_CHARS).collect()
}

/// `null` is as good as absent.
fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// For what is only told beside a message: of another shape, it is as good as absent.
fn forgiving<'de, T: serde::de::DeserializeOwned + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

/// A member that should be text: a number is taken by its digits, anything else is as good as absent.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
