//! Tests of a message's way through the queue.

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
    let cards: Vec<Value> =
        (0..20_000).map(|n| json!({"name": {"formatted_name": format!("Person {n}")}})).collect();
    let body = delivery(&json!({"type": "contacts", "contacts": cards})).to_body().unwrap();
    assert!(body.len() <= Delivery::MAX_BODY_BYTES);
    let arrived = Delivery::from_body(&body).unwrap();
    assert!(arrived.message.is_none());
    assert!(matches!(arrived.reading(), Reading::Words(words) if words.starts_with("Person 0\nPerson 1\n")));
}

#[test]
fn what_nests_too_deep_to_be_read_is_kept_without_words() {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let message = RawValue::from_string(format!(r#"{{"type":"text","text":{deep}}}"#)).unwrap();
    let delivery = Delivery { message: Some(message), ..text("") };
    assert_eq!(Delivery::from_body(&delivery.to_body().unwrap()).unwrap().reading(), Reading::NoWords);
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
fn neither_hash_nor_debug_shows_the_phone() {
    let delivery = text("private");
    let shown = format!("{delivery:?} {} {}", delivery.sender_hash(), delivery.message_hash());
    assert!(!shown.contains("4915550002222") && !shown.contains("private"), "{shown}");
}

#[test]
fn someone_who_hides_the_phone_is_known_by_another_id() {
    let hidden = |id: &str| Delivery { from: None, user_id: Some(id.to_owned()), ..text("") };
    assert_eq!(hidden("DE.1").phone(), None);
    assert_eq!(hidden("DE.1").sender_hash(), hidden("DE.1").sender_hash());
    assert_ne!(hidden("DE.1").sender_hash(), hidden("DE.2").sender_hash());
}
