//! Meta's webhook in JSON, read with patience: members that are not known are passed over, odd ones are as good as absent.

use app_domain::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Far longer than any id so far; what is longer would not fit into a key of the table.
pub(super) const MAX_ID_BYTES: usize = 512;
/// As much as is shown of a name, and of a type.
const MAX_NAME_CHARS: usize = 200;

#[derive(Deserialize)]
pub(super) struct Envelope {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) entry: Vec<Entry>,
}

/// What happened to one business account.
#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default, deserialize_with = "id")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) time: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) changes: Vec<Change>,
}

#[derive(Deserialize)]
pub(super) struct Change {
    #[serde(default, deserialize_with = "text")]
    pub(super) field: Option<String>,
    pub(super) value: Option<Box<RawValue>>,
}

/// What happened to one number: the value of `messages`, `history`, `smb_message_echoes` and `smb_app_state_sync`.
#[derive(Default, Deserialize)]
pub(super) struct News {
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) metadata: Metadata,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) contacts: Vec<Contact>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) messages: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message_echoes: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) history: Vec<Chunk>,
    #[serde(default, deserialize_with = "each")]
    pub(super) statuses: Vec<Status>,
    #[serde(default, deserialize_with = "each")]
    pub(super) state_sync: Vec<State>,
    #[serde(default, deserialize_with = "each")]
    pub(super) errors: Vec<Fault>,
}

#[derive(Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default, deserialize_with = "id")]
    pub(super) phone_number_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) display_phone_number: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Contact {
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) profile: Profile,
    #[serde(default, deserialize_with = "id")]
    pub(super) wa_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) user_id: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Profile {
    #[serde(default, deserialize_with = "text")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) username: Option<String>,
}

/// What every message says of itself, whatever its type.
#[derive(Default, Deserialize)]
pub(super) struct Header {
    #[serde(default, deserialize_with = "id")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) from: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) from_user_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) to: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) to_user_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) group_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) timestamp: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub(super) kind: Option<String>,
}

/// A part of the history of a number.
#[derive(Deserialize)]
pub(super) struct Chunk {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) threads: Vec<Thread>,
    #[serde(default, deserialize_with = "each")]
    pub(super) errors: Vec<Fault>,
}

/// The chat with one contact.
#[derive(Deserialize)]
pub(super) struct Thread {
    #[serde(default, deserialize_with = "id")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) user_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) messages: Vec<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Status {
    #[serde(default, deserialize_with = "id")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) timestamp: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) recipient_type: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) recipient_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) recipient_user_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) recipient_participant_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) recipient_participant_user_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub(super) biz_opaque_callback_data: Option<String>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) errors: Vec<Fault>,
}

/// A change of a number's address book.
#[derive(Default, Deserialize)]
pub(super) struct State {
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) action: Option<String>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) contact: Card,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) metadata: Moment,
}

#[derive(Default, Deserialize)]
pub(super) struct Card {
    #[serde(default, deserialize_with = "id")]
    pub(super) phone_number: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) full_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) first_name: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Moment {
    #[serde(default, deserialize_with = "id")]
    pub(super) timestamp: Option<String>,
}

/// The value of `account_update`.
#[derive(Default, Deserialize)]
pub(super) struct AccountNews {
    #[serde(default, deserialize_with = "text")]
    pub(super) event: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Fault {
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) code: Option<i64>,
    #[serde(default, deserialize_with = "text")]
    pub(super) title: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) message: Option<String>,
}

/// The beginning of a name that is too long.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(MAX_NAME_CHARS).collect()
}

/// A time in seconds since 1970, as Meta writes it: not after it reached us, and then if nothing sensible is said.
pub(super) fn millis_of(seconds: Option<&str>, received_at: Timestamp) -> Timestamp {
    let seconds = seconds.and_then(|seconds| seconds.parse::<u32>().ok());
    let at = seconds.and_then(|seconds| Timestamp::from_millis(i64::from(seconds) * 1000));
    at.map_or(received_at, |at| at.min(received_at))
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

/// A list, each member of which is forgiven on its own.
fn each<'de, T: serde::de::DeserializeOwned + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let raw: Vec<Box<RawValue>> = or_default(deserializer)?;
    Ok(raw.iter().map(|raw| serde_json::from_str(raw.get()).unwrap_or_default()).collect())
}

/// A member that should be text: a number is taken by its digits, anything else is as good as absent.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A member that should be an id: what is longer than any id is as good as absent.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text(deserializer)?.filter(|id| id.len() <= MAX_ID_BYTES))
}
