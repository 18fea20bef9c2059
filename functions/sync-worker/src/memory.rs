//! The memory that a message becomes.

use app_connectors::whatsapp::Delivery;
use app_domain::{
    Content, Invalid, Memory, MemoryDraft, MemorySource, MemoryTitle, Metadata, PhoneNumber, UserId,
};
use serde_json::{Map, Value, json};

/// The one type whose words are all there is to it.
const TEXT: &str = "text";
/// Fits into a memory's content however it is escaped.
const CUT_TEXT_CHARS: usize = 8000;

/// The memory of `owner` that a message of theirs becomes: made when it was sent.
pub(crate) fn memory(
    delivery: &Delivery,
    words: Option<&str>,
    owner: UserId,
    phone: &PhoneNumber,
) -> Result<Memory, Invalid> {
    let contact = delivery.contact_name.as_deref().map(on_one_line).filter(|name| !name.is_empty());
    let draft = MemoryDraft {
        title: Some(title(contact.as_deref())?),
        content: Some(content(delivery, words)?),
        metadata: metadata(contact, phone)?,
        ..MemoryDraft::default()
    };
    Memory::new(delivery.memory_id(), owner, MemorySource::Whatsapp, draft, delivery.sent_at())
}

fn title(contact: Option<&str>) -> Result<MemoryTitle, Invalid> {
    match contact {
        Some(name) => MemoryTitle::parse(&format!("WhatsApp message from {name}")),
        None => MemoryTitle::parse("WhatsApp message"),
    }
}

/// A name as it can stand in a title; names come as their owners type them.
fn on_one_line(name: &str) -> String {
    let words = name.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn metadata(contact: Option<String>, phone: &PhoneNumber) -> Result<Metadata, Invalid> {
    let mut members = Map::new();
    members.insert("source".to_owned(), json!("whatsapp"));
    members.insert("phoneNumber".to_owned(), json!(phone.to_string()));
    members.extend(contact.map(|name| ("contact".to_owned(), json!(name))));
    Metadata::parse(members)
}

/// What the message says, and, unless that is all, the message as it came. Too large for a memory, the message is left out
/// first and the words are cut last, both marked.
fn content(delivery: &Delivery, words: Option<&str>) -> Result<Content, Invalid> {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    // An empty text, where there are no words, keeps searches from reading the ids in the message as words.
    set("text", json!(words.unwrap_or_default()));
    set("type", json!(delivery.kind));
    set("whatsappId", json!(delivery.wamid));
    if let Some(timestamp) = &delivery.timestamp {
        set("timestamp", json!(timestamp));
    }
    if words.is_none() {
        set("unsupported", json!(true));
    }
    if delivery.kind == TEXT && words.is_some() && delivery.message.is_some() {
        return Content::parse(Value::Object(members.clone())).or_else(|_| cut(members));
    }
    let without_message = with(members, "messageOmitted", json!(true));
    let Some(message) = delivery.message_json() else {
        return Content::parse(Value::Object(without_message.clone())).or_else(|_| cut(without_message));
    };
    let mut whole = with(without_message.clone(), "message", message);
    whole.remove("messageOmitted");
    Content::parse(Value::Object(whole))
        .or_else(|_| Content::parse(Value::Object(without_message.clone())))
        .or_else(|_| cut(without_message))
}

fn with(mut members: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    members.insert(name.to_owned(), value);
    members
}

fn cut(mut members: Map<String, Value>) -> Result<Content, Invalid> {
    let beginning = members["text"].as_str().map(|text| text.chars().take(CUT_TEXT_CHARS).collect::<String>());
    members.insert("text".to_owned(), json!(beginning));
    members.insert("textCut".to_owned(), json!(true));
    Content::parse(Value::Object(members))
}
