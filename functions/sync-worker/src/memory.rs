//! The memory that a message becomes.

use app_connectors::whatsapp::{Delivery, beginning_of};
use app_domain::{
    Content, Invalid, InvalidMemory, Memory, MemoryDraft, MemorySource, MemoryTitle, Metadata, PhoneNumber,
    Provenance, UserId,
};
use serde_json::{Map, Value, json};

/// The one type whose words are all there is to it.
const TEXT: &str = "text";

/// The memory of `owner` that a message of theirs becomes: made when it was sent.
pub(crate) fn memory(
    delivery: &Delivery,
    words: Option<&str>,
    owner: UserId,
    phone: &PhoneNumber,
) -> Result<Memory, InvalidMemory> {
    let contact = delivery.contact_name.as_deref().map(on_one_line).filter(|name| !name.is_empty());
    let draft = MemoryDraft {
        title: Some(title(contact.as_deref()).map_err(of("title"))?),
        content: Some(content(delivery, words).map_err(of("content"))?),
        metadata: metadata(contact, phone).map_err(of("metadata"))?,
        provenance: Provenance { message_id: Some(delivery.wamid.clone()), ..Provenance::default() },
        ..MemoryDraft::default()
    };
    Memory::new(delivery.memory_id(), owner, MemorySource::Whatsapp, draft, delivery.sent_at())
}

fn of(field: &'static str) -> impl FnOnce(Invalid) -> InvalidMemory {
    move |invalid| InvalidMemory { field, invalid }
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

/// What the message says, and, unless that is all, the message as it came. Of what is too large for a memory, the message is
/// left out first, with a mark, and the words are cut last.
fn content(delivery: &Delivery, words: Option<&str>) -> Result<Content, Invalid> {
    let members = members(delivery, words);
    let omitted = with(members.clone(), "messageOmitted", json!(true));
    let whole = match delivery.message_json() {
        Some(_) if delivery.kind == TEXT && words.is_some() => members,
        Some(message) => with(members, "message", message),
        None => omitted.clone(),
    };
    let cut = with(omitted.clone(), "text", json!(beginning_of(words.unwrap_or_default())));
    let parse = |members| Content::parse(Value::Object(members));
    parse(whole).or_else(|_| parse(omitted)).or_else(|_| parse(cut))
}

fn members(delivery: &Delivery, words: Option<&str>) -> Map<String, Value> {
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
    members
}

fn with(mut members: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    members.insert(name.to_owned(), value);
    members
}

#[cfg(test)]
mod tests {
    use app_connectors::whatsapp::{Reading, Webhook};
    use app_domain::Timestamp;

    use super::*;

    const RECEIVED: i64 = 1_795_000_100_000;

    /// The memory that a message becomes whose sender shows this name.
    fn memory_of(name: &str, message: &Value) -> Memory {
        let contacts = json!([{"profile": {"name": name}, "wa_id": "4915550002222"}]);
        let value = json!({"contacts": contacts, "messages": [message]});
        let call = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
        let received_at = Timestamp::from_millis(RECEIVED).unwrap();
        let webhook = Webhook::read(call.to_string().as_bytes(), received_at).unwrap();
        let delivery = Delivery::from_body(&webhook.deliveries[0].to_body().unwrap()).unwrap();
        let words = match delivery.reading() {
            Reading::Words(words) => Some(words),
            Reading::NoWords | Reading::Notice => None,
        };
        memory(&delivery, words.as_deref(), UserId::new(received_at), &delivery.phone().unwrap()).unwrap()
    }

    fn message(kind: &str, content: Value) -> Value {
        let mut message =
            json!({"from": "4915550002222", "id": "wamid.1", "timestamp": "1795000000", "type": kind});
        message[kind] = content;
        message
    }

    fn text(body: &str) -> Value {
        message("text", json!({"body": body}))
    }

    fn content_of(memory: Memory) -> Value {
        memory.content.unwrap().value().clone()
    }

    #[test]
    fn a_text_becomes_its_words() {
        let memory = memory_of("Mara", &text("Buy oat milk"));
        assert_eq!(memory.title.as_ref().unwrap().as_str(), "WhatsApp message from Mara");
        assert_eq!(memory.source, MemorySource::Whatsapp);
        assert_eq!(memory.created_at.as_millis(), 1_795_000_000_000);
        let metadata = json!({"source": "whatsapp", "contact": "Mara", "phoneNumber": "+4915550002222"});
        assert_eq!(json!(memory.metadata), metadata);
        let content = json!({"text": "Buy oat milk", "type": "text", "timestamp": "1795000000", "whatsappId": "wamid.1"});
        assert_eq!(content_of(memory), content);
    }

    #[test]
    fn other_types_keep_the_message_as_it_came() {
        let image = message("image", json!({"id": "8800", "caption": "The lake"}));
        let content = content_of(memory_of("Mara", &image));
        assert_eq!((&content["text"], &content["message"]), (&json!("The lake"), &image));
        assert!(content["unsupported"].is_null());
    }

    #[test]
    fn what_has_no_words_is_marked_and_reads_as_nothing() {
        let voice = message("audio", json!({"id": "8800", "voice": true}));
        let memory = memory_of("Mara", &voice);
        assert_eq!(memory.content.as_ref().unwrap().text(), "");
        let content = content_of(memory);
        assert_eq!((&content["unsupported"], &content["message"]), (&json!(true), &voice));
    }

    #[test]
    fn any_name_makes_a_title() {
        let title = |name: &str| memory_of(name, &text("x")).title.unwrap().as_str().to_owned();
        assert_eq!(title(" Mara\n\u{7} Ö  🚀\t"), "WhatsApp message from Mara Ö 🚀");
        assert_eq!(title(" \n "), "WhatsApp message");
        assert_eq!(title(&"é".repeat(1000)).chars().count(), "WhatsApp message from ".len() + 200);
    }

    #[test]
    fn what_is_too_large_leaves_out_the_message_first_and_cuts_words_last() {
        let caption = |extra: usize| json!({"caption": "The lake", "extra": "x".repeat(extra)});
        let content = content_of(memory_of("Mara", &message("image", caption(70_000))));
        assert_eq!((&content["text"], &content["messageOmitted"]), (&json!("The lake"), &json!(true)));
        assert!(content["message"].is_null());

        // Too large even for the queue.
        let content = content_of(memory_of("Mara", &message("image", caption(300_000))));
        assert_eq!((&content["text"], &content["messageOmitted"]), (&json!("The lake"), &json!(true)));

        // The second is too large even for the queue.
        for letters in [30_000, 300_000] {
            let content = content_of(memory_of("Mara", &text(&"äb\u{1}".repeat(letters / 3))));
            assert_eq!(content["messageOmitted"], json!(true));
            assert!(content["text"].as_str().unwrap().ends_with('…'), "{letters}");
        }
    }
}
