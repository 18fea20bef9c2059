//! Memo answers from the caller's memories.

use std::sync::Arc;

use e2e::{Person, Stack};
use serde_json::json;

crate::trials!(answers_with_citations_from_the_callers_memories, never_shows_somebody_elses_memories);

async fn answers_with_citations_from_the_callers_memories(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "Groceries", "content": {"text": "Oat milk, bread and coffee."}})).await;
    let wifi = ada
        .save(&json!({"title": "Wifi", "content": {"text": "The wifi password at the cabin is heron-42."}}))
        .await;
    let reply = ada.post("/ai/chat", &json!({"message": "What is the wifi password at the cabin?"})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.body["citations"][0]["memoryId"], wifi["id"]);
    assert!(reply.body["response"].as_str().unwrap().contains("heron-42"));
    assert_eq!(reply.body["metadata"]["model"], "built-in");
}

async fn never_shows_somebody_elses_memories(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let secret = ada.save(&json!({"title": "Vault", "content": {"text": "The vault code is 471199."}})).await;
    let reply = eve.post("/ai/chat", &json!({"message": "What is the vault code?"})).await;
    assert_eq!((reply.status.as_u16(), &reply.body["citations"]), (200, &json!([])));
    assert!(!reply.body.to_string().contains("471199"));
    let aimed =
        eve.post("/ai/chat", &json!({"message": "What is the code?", "memoryId": secret["id"]})).await;
    assert_eq!(aimed.status, 404);
}
