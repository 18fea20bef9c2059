//! Tests of the way through the queue.

use app_domain::{Sender, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::whatsapp::{Reading, Webhook};

const RECEIVED: i64 = 1_795_000_020_500;

fn updates(field: &str, value: &Value) -> Vec<Update> {
    let call = json!({"entry": [{"id": "9", "changes": [{"field": field, "value": value}]}]}).to_string();
    Webhook::read(call.as_bytes(), Timestamp::from_millis(RECEIVED).unwrap()).unwrap().updates
}

fn delivery(message: &Value) -> Delivery {
    let contact = json!({"profile": {"name": "Jörg 🚀 \u{ffff}"}, "wa_id": message["from"]});
    let value = json!({"contacts": [contact], "messages": [message]});
    match updates("messages", &value).remove(0) {
        Update::Message(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

fn text(body: &str) -> Delivery {
    delivery(
        &json!({"id": "wamid.1", "from": "4915550002222", "timestamp": "1795000000", "type": "text", "text": {"body": body}}),
    )
}

fn through_the_queue(delivery: Delivery) -> Delivery {
    match Update::from_body(&Update::Message(delivery).to_body().unwrap()).unwrap() {
        Update::Message(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

fn words(delivery: &Delivery) -> Option<String> {
    match delivery.reading() {
        Reading::Said(said) => said.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_travels_in_ascii_and_arrives_as_it_was() {
    let sent = text("Über 🚀");
    let body = Update::Message(sent.clone()).to_body().unwrap();
    assert!(body.is_ascii());
    let arrived = through_the_queue(sent.clone());
    assert_eq!(arrived.contact_name, sent.contact_name);
    assert_eq!((arrived.received_at, &arrived.sender), (sent.received_at, &sent.sender));
    assert_eq!(words(&arrived).as_deref(), Some("Über 🚀"));
    let again: Update = serde_json::from_str(&body).unwrap();
    assert_eq!(again.to_body().unwrap(), body);
}

#[test]
fn what_is_too_large_travels_as_the_beginning_of_its_text() {
    let cards: Vec<Value> =
        (0..20_000).map(|n| json!({"name": {"formatted_name": format!("Person {n}")}})).collect();
    let large = delivery(&json!({"type": "contacts", "contacts": cards}));
    assert!(Update::Message(large.clone()).to_body().unwrap().len() <= Update::MAX_BODY_BYTES);
    let arrived = through_the_queue(large);
    assert!(arrived.message.is_none());
    assert!(words(&arrived).unwrap().starts_with("Contact: Person 0\n\nContact: Person 1\n\n"));
}

#[test]
fn what_is_cut_is_still_about_the_same() {
    let long = "x".repeat(300_000);
    let body = json!({"type": "text", "text": {"body": long}});
    let edit =
        json!({"id": "wamid.2", "type": "edit", "edit": {"original_message_id": "wamid.1", "message": body}});
    let arrived = through_the_queue(delivery(&edit));
    let Reading::Edit { of, said } = arrived.reading() else { panic!("no correction") };
    assert_eq!((of.as_str(), arrived.is_cut), ("wamid.1", true));
    assert!(said.text.unwrap().ends_with("x…"));
    let photo = json!({"type": "image", "image": {"id": "8800", "caption": "The lake", "more": long}, "context": {"id": "wamid.0"}});
    let Reading::Said(said) = through_the_queue(delivery(&photo)).reading() else { panic!("no photo") };
    assert_eq!((said.media.unwrap().media_id.as_str(), said.reply_to.as_deref()), ("8800", Some("wamid.0")));
}

#[test]
fn what_nests_too_deep_to_be_read_is_kept_without_words() {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let message = RawValue::from_string(format!(r#"{{"type":"text","text":{deep}}}"#)).unwrap();
    assert_eq!(words(&through_the_queue(Delivery { message: Some(message), ..text("") })), None);
}

#[test]
fn the_time_of_sending_is_never_after_the_arrival() {
    let sent_at = |timestamp: Option<&str>| {
        Delivery { timestamp: timestamp.map(str::to_owned), ..text("") }.sent_at().as_millis()
    };
    assert_eq!(sent_at(Some("1795000000")), 1_795_000_000_000);
    for odd in [Some("1795000021"), Some("-1"), Some("99999999999999999999"), Some("soon"), None] {
        assert_eq!(sent_at(odd), RECEIVED, "{odd:?}");
    }
}

#[test]
fn neither_hash_nor_debug_shows_who_wrote_what() {
    let state = json!({"type": "contact", "action": "add", "contact": {"full_name": "private", "phone_number": "4915550002222"}});
    let status = json!({"id": "wamid.private", "status": "sent", "recipient_id": "4915550002222"});
    let mut all = updates("smb_app_state_sync", &json!({"state_sync": [state]}));
    all.extend(updates("messages", &json!({"statuses": [status]})));
    all.push(Update::Message(text("private")));
    assert_eq!(all.len(), 3);
    for update in &all {
        let shown = format!("{update:?} {} {}", update.group(), update.deduplication());
        assert!(!shown.contains("4915550002222") && !shown.contains("private"), "{shown}");
    }
    let shown = format!("{:?} {:?}", text("private").reading(), text("private").sender);
    assert!(!shown.contains("private") && !shown.contains("4915550002222"), "{shown}");
}

#[test]
fn all_news_of_one_chat_are_one_group() {
    let phone = "5511987654321";
    let history = json!({"metadata": {"display_phone_number": "4915550001111"}, "history": [{"threads": [{"id": phone, "messages": [
        {"id": "wamid.h1", "from": "4915550001111", "type": "text"}, {"id": "wamid.h2", "from": phone, "type": "text"}]}]}]});
    let mut all = updates("history", &history);
    // Brazil's ninth digit: WhatsApp writes the same phone in two ways.
    all.extend(updates("messages", &json!({"messages": [{"id": "wamid.1", "from": "551187654321"}], "statuses": [{"id": "wamid.2", "status": "read", "recipient_id": phone}]})));
    all.extend(updates(
        "smb_message_echoes",
        &json!({"message_echoes": [{"id": "wamid.3", "from": "4915550001111", "to": phone}]}),
    ));
    all.extend(updates(
        "smb_app_state_sync",
        &json!({"state_sync": [{"type": "contact", "contact": {"phone_number": "+5511987654321"}}]}),
    ));
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|update| update.group() == all[0].group()), "{all:?}");
}

#[test]
fn the_same_news_are_known_again_and_others_are_not_taken_for_them() {
    let status = |status: &str, participant: &str| {
        let status = json!({"id": "wamid.1", "status": status, "recipient_type": "group", "recipient_id": "group", "recipient_participant_id": participant});
        updates("messages", &json!({"statuses": [status]})).remove(0).deduplication()
    };
    assert_eq!(status("read", "4915550002222"), status("read", "4915550002222"));
    let history = |kind: &str| {
        updates("history", &json!({"messages": [{"id": "wamid.1", "type": kind}]})).remove(0).deduplication()
    };
    let mut all = vec![
        status("read", "4915550002222"),
        status("read", "4915550003333"),
        status("sent", "4915550002222"),
        Update::Message(text("x")).deduplication(),
        history("media_placeholder"),
        history("image"),
    ];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn someone_who_hides_the_phone_is_known_by_another_id() {
    let hidden = |id: &str| delivery(&json!({"type": "text", "from_user_id": id}));
    assert_eq!(hidden("DE.1").phone(), None);
    assert_eq!(hidden("DE.1").sender_hash(), hidden("DE.1").sender_hash());
    assert_ne!(hidden("DE.1").sender_hash(), hidden("DE.2").sender_hash());
    assert_eq!(delivery(&json!({})).contact(), Sender::default());
    assert_eq!(delivery(&json!({})).contact_hash(), None);
}

#[test]
fn what_is_no_update_is_an_error() {
    for body in ["", "{}", r#"{"update":"other"}"#, r#"{"update":"message"}"#, r#"{"wamid":"wamid.1"}"#] {
        assert!(Update::from_body(body).is_err(), "{body}");
    }
}
