//! Tests of the memory that a message becomes.

use app_connectors::whatsapp::{Reading, Update, Webhook};
use app_domain::{MediaKind, MediaState, Timestamp};

use super::*;

const RECEIVED: i64 = 1_795_000_100_000;

/// How a message arrives whose sender shows this name.
fn delivery(name: &str, message: &Value) -> Delivery {
    let contacts = json!([{"profile": {"name": name}, "wa_id": "4915550002222"}]);
    let metadata = json!({"phone_number_id": "700800900100200"});
    let value = json!({"metadata": metadata, "contacts": contacts, "messages": [message]});
    let call = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
    let received_at = Timestamp::from_millis(RECEIVED).unwrap();
    let webhook = Webhook::read(call.to_string().as_bytes(), received_at).unwrap();
    match Update::from_body(&webhook.updates[0].to_body().unwrap()).unwrap() {
        Update::Message(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

/// The memory that it becomes.
fn memory_of(name: &str, message: &Value) -> Memory {
    let delivery = delivery(name, message);
    let Reading::Said(said) = delivery.reading() else { panic!("nothing said") };
    let phone = delivery.phone();
    let filing = Filing {
        owner: UserId::new(delivery.received_at),
        category: None,
        tags: Tags::default(),
        phone: phone.as_ref(),
        quoted: Quoted::default(),
        contact: None,
    };
    memory(&delivery, &said, filing).unwrap()
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
    let content =
        json!({"text": "Buy oat milk", "type": "text", "timestamp": "1795000000", "whatsappId": "wamid.1"});
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
fn media_are_to_be_fetched() {
    let voice =
        message("audio", json!({"id": "8800", "voice": true, "sha256": "abc", "mime_type": "audio/ogg"}));
    let memory = memory_of("Mara", &voice);
    assert_eq!(memory.content.as_ref().unwrap().text(), "", "words are to be written down, and nothing else");
    assert_eq!(memory.title.as_ref().unwrap().as_str(), "WhatsApp voice message from Mara");
    let media = memory.media.clone().unwrap();
    assert_eq!((media.kind, media.state), (MediaKind::Voice, MediaState::Pending));
    assert_eq!((media.source.media_id.as_str(), media.source.sha256.as_deref()), ("8800", Some("abc")));
    assert_eq!(media.source.phone_number_id.as_deref(), Some("700800900100200"));
    let content = content_of(memory);
    assert_eq!((&content["unsupported"], &content["message"]), (&Value::Null, &voice));
}

#[test]
fn what_has_nothing_to_read_is_marked() {
    let poll = message("unsupported", json!({"type": "poll_creation"}));
    let content = content_of(memory_of("Mara", &poll));
    assert_eq!((&content["unsupported"], &content["message"]), (&json!(true), &poll));
}

#[test]
fn what_is_passed_on_or_answers_says_so() {
    let with = |context: Value| {
        let mut message = text("x");
        message["context"] = context;
        content_of(memory_of("Mara", &message))
    };
    assert_eq!(with(json!({"forwarded": true}))["forwarded"], json!(true));
    let often = with(json!({"frequently_forwarded": true}));
    assert_eq!((&often["forwarded"], &often["frequentlyForwarded"]), (&json!(true), &json!(true)));
    let reply = with(json!({"from": "4915550001111", "id": "wamid.OUT7"}));
    assert_eq!(reply["replyTo"], json!({"whatsappId": "wamid.OUT7"}));
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
