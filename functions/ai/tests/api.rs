//! The function's operation, on a real table with the built-in model.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

use std::sync::Arc;

use ai::{App, router};
use app_ai::BuiltIn;
use app_domain::{
    Content, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Privacy, Role, Timestamp, UserId,
};
use app_store::Memories;
use app_testing::{Call, Reply, authenticator, caller, event, table};
use axum::Router;
use serde_json::{Value, json};
use uuid::Uuid;

async fn app() -> (Router, Memories) {
    let table = table().await;
    let memories = Memories::new(table.clone(), app_testing::vault(&table));
    let app = App { memories: memories.clone(), model: Arc::new(BuiltIn), authenticator: authenticator() };
    (router(app, "*"), memories)
}

async fn save(memories: &Memories, owner: UserId, title: &str, text: &str) -> MemoryId {
    let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
    let draft = MemoryDraft {
        title: Some(MemoryTitle::parse(title).unwrap()),
        content: Some(Content::parse(json!({"text": text})).unwrap()),
        ..MemoryDraft::default()
    };
    let memory = Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now).unwrap();
    memories.create(&memory).await.unwrap();
    memory.id
}

async fn ask(app: &Router, token: &str, body: Value) -> Reply {
    Call::post("/ai/chat", &body).as_caller(token).send(app).await
}

#[tokio::test]
async fn answers_from_the_callers_memories_and_cites_them() {
    let ((app, memories), (me, token)) = (app().await, caller(Role::Premium));
    save(&memories, me, "Groceries", "Buy oat milk and bread on Friday.").await;
    let dentist = save(&memories, me, "Dentist", "The dentist's appointment is on 3 March at 9:30.").await;
    let reply = ask(&app, &token, json!({"message": "When is my dentist appointment?"})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let body = reply.json();
    assert_eq!(body["citations"][0]["memoryId"], dentist.to_string());
    assert!(body["response"].as_str().unwrap().contains("9:30"));
    assert_eq!(
        (&body["metadata"]["model"], &body["metadata"]["memoriesConsidered"]),
        (&json!("built-in"), &json!(2))
    );
}

#[tokio::test]
async fn says_so_when_nothing_fits() {
    let ((app, memories), (me, token)) = (app().await, caller(Role::Premium));
    save(&memories, me, "Groceries", "Buy oat milk.").await;
    let body = ask(&app, &token, json!({"message": "What is the capital of Mongolia?"})).await.json();
    assert_eq!((&body["citations"], &body["confidence"]), (&json!([]), &json!(0.0)));
}

#[tokio::test]
async fn never_answers_from_somebody_elses_memories() {
    let ((app, memories), (_, token)) = (app().await, caller(Role::Premium));
    let theirs = save(&memories, caller(Role::Premium).0, "Secret", "The vault code is blue-4711.").await;
    let body = ask(&app, &token, json!({"message": "What is the vault code?"})).await;
    assert!(!body.text.contains("blue-4711"));
    assert_eq!(
        ask(&app, &token, json!({"message": "code?", "memoryId": theirs.to_string()})).await.status,
        404
    );
}

#[tokio::test]
async fn one_memory_can_be_asked_alone() {
    let ((app, memories), (me, token)) = (app().await, caller(Role::Premium));
    save(&memories, me, "Paris", "The Paris hotel costs 120 euros.").await;
    let rome = save(&memories, me, "Rome", "The Rome hotel costs 90 euros.").await;
    let body = ask(&app, &token, json!({"message": "How much is the hotel?", "memoryId": rome.to_string()}))
        .await
        .json();
    assert_eq!(body["citations"][0]["memoryId"], rome.to_string());
    assert_eq!(body["citations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_sealed_memory_is_never_shown_to_the_model() {
    let (app, memories) = app().await;
    let (owner, token) = caller(Role::Premium);
    let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
    let vectors = include_str!("../../../docs/sealed-memories/vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let draft = MemoryDraft {
        title: Some(MemoryTitle::parse("Where the spare key to the cabin is").unwrap()),
        content: Some(Content::parse(json!({"jwe": vectors["vectors"][0]["jwe"]})).unwrap()),
        privacy: Privacy::Sealed,
        ..MemoryDraft::default()
    };
    let sealed = Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now).unwrap();
    memories.create(&sealed).await.unwrap();
    let question = "Where is the spare key to the cabin?";
    let reply = ask(&app, &token, json!({"message": question})).await;
    let answer = reply.json();
    assert_eq!((&answer["metadata"]["memoriesConsidered"], &answer["citations"]), (&json!(0), &json!([])));
    let named = ask(&app, &token, json!({"message": question, "memoryId": sealed.id.to_string()})).await;
    assert_eq!((named.status.as_u16(), &named.json()["error"]["type"]), (422, &json!("SealedMemory")));
}

#[tokio::test]
async fn refuses_what_it_cannot_ask() {
    let ((app, _), (_, token)) = (app().await, caller(Role::Premium));
    for (body, field) in [
        (json!({"message": "  "}), "message"),
        (json!({"message": "x".repeat(10_001)}), "message"),
        (json!({}), "message"),
        (json!({"message": "hi", "model": "gpt-4"}), "model"),
        (json!({"message": "hi", "memoryId": "no-id"}), "memoryId"),
    ] {
        let reply = ask(&app, &token, body).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]));
    }
    let unknown = json!({"message": "hi", "memoryId": Uuid::now_v7()});
    assert_eq!(ask(&app, &token, unknown).await.status, 404);
}

#[tokio::test]
async fn needs_the_permission() {
    let ((app, _), (_, token)) = (app().await, caller(Role::User));
    assert_eq!(ask(&app, &token, json!({"message": "hi"})).await.error_type(), "PermissionDenied");
}

#[tokio::test]
async fn the_real_event_of_the_gateway_is_understood() {
    let ((app, _), (_, token)) = (app().await, caller(Role::Premium));
    let mut event = event("ai/chat.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {token}"));
    assert_eq!(Call::of_event(&event).send(&app).await.status, 200);
}
