//! The fake refuses what the vendor refuses, so that a client which passes here passes there.

use app_testing::graph::FakeGraph;
use serde_json::{Value, json};

use crate::support::start;

async fn post(fake: &FakeGraph, path: &str, token: Option<&str>, body: &Value) -> (u16, i64) {
    let mut request = reqwest::Client::new().post(format!("{}{path}", fake.base_url())).json(body);
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    (status, answer["error"]["code"].as_i64().unwrap_or_default())
}

fn path() -> String {
    format!("/{}/{}/messages", FakeGraph::VERSION, FakeGraph::NUMBER)
}

fn good() -> Value {
    json!({ "messaging_product": "whatsapp", "to": "+4915550002222", "type": "text", "text": { "body": "Hello" } })
}

#[tokio::test]
async fn only_the_right_address_and_token_are_taken() {
    let (fake, _) = start();
    let bearer = format!("Bearer {}", FakeGraph::TOKEN);
    assert_eq!(post(&fake, &path(), Some(&bearer), &good()).await, (200, 0));
    for token in [None, Some(FakeGraph::TOKEN), Some("Bearer x"), Some("Basic x")] {
        assert_eq!(post(&fake, &path(), token, &good()).await, (401, 190), "{token:?}");
    }
    let number = FakeGraph::NUMBER;
    for wrong in [format!("/v25.0/{number}/messages"), format!("/{number}/messages"), "/v26.0".to_owned()] {
        assert_eq!(post(&fake, &wrong, Some(&bearer), &good()).await, (400, 2500), "{wrong}");
    }
    assert_eq!(post(&fake, "/v26.0/1/messages", Some(&bearer), &good()).await, (400, 100));
    assert_eq!(fake.outbox().len(), 1);
}

#[tokio::test]
async fn only_messages_that_are_right_in_all_are_taken() {
    let (fake, _) = start();
    let bearer = format!("Bearer {}", FakeGraph::TOKEN);
    let cases = [
        (json!({ "extra": 1 }), 100),
        (json!({ "messaging_product": null }), 131_009),
        (json!({ "messaging_product": "sms" }), 131_009),
        (json!({ "recipient_type": "group" }), 131_009),
        (json!({ "to": "4915550002222" }), 131_009),
        (json!({ "to": "+49 1555" }), 131_009),
        (json!({ "to": 4_915_550_002_222_u64 }), 131_009),
        (json!({ "to": "" }), 131_008),
        (json!({ "to": "+4915550001111" }), 131_021),
        (json!({ "recipient": "DE.48151623421108" }), 100),
        (json!({ "type": "poll" }), 131_051),
        (json!({ "type": "template" }), 100),
        (json!({ "text": {} }), 131_008),
        (json!({ "text": { "body": 7 } }), 131_009),
        (json!({ "text": { "body": "x", "extra": 1 } }), 100),
        (json!({ "text": { "body": "x", "preview_url": "no" } }), 131_009),
        (json!({ "text": { "body": "x".repeat(4097) } }), 131_009),
        (json!({ "text": "x" }), 131_009),
        (json!({ "context": { "id": "wamid.1" } }), 100),
        (json!({ "context": { "message_id": "1" } }), 131_009),
        (json!({ "biz_opaque_callback_data": "x".repeat(513) }), 131_009),
    ];
    for (change, code) in cases {
        let mut body = good();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(post(&fake, &path(), Some(&bearer), &body).await, (400, code), "{change}");
    }
    let mut nobody = good();
    nobody.as_object_mut().unwrap().remove("to");
    assert_eq!(post(&fake, &path(), Some(&bearer), &nobody).await, (400, 131_008));
    assert!(fake.outbox().is_empty());
}

#[tokio::test]
async fn reactions_are_taken_without_context() {
    let (fake, _) = start();
    let bearer = format!("Bearer {}", FakeGraph::TOKEN);
    let mut body = json!({
        "messaging_product": "whatsapp", "to": "+4915550002222", "type": "reaction",
        "reaction": { "message_id": "wamid.C1", "emoji": "👍" },
    });
    assert_eq!(post(&fake, &path(), Some(&bearer), &body).await, (200, 0));
    assert_eq!(fake.outbox()[0].text, "👍");
    body["context"] = json!({ "message_id": "wamid.C1" });
    assert_eq!(post(&fake, &path(), Some(&bearer), &body).await, (400, 131_009));
}
