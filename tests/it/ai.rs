//! Memo answers from the caller's memories, by the built-in model and by one on a server.

use std::sync::Arc;

use app_testing::openai::Script;
use e2e::{Person, Stack};
use serde_json::{Value, json};

crate::trials!(
    answers_with_citations_from_the_callers_memories,
    never_shows_somebody_elses_memories,
    a_conversation_goes_on_branches_and_ends,
    texts_are_filed_and_told_in_short,
    facts_are_learnt_and_taken_back,
    answers_are_told_while_they_are_made,
    a_model_on_a_server_uses_tools_and_is_paid_for,
);

const WIFI: &str = "The wifi password at the cabin is heron-42.";
const QUESTION: &str = "What is the wifi password at the cabin?";

async fn with_wifi(stack: &Arc<Stack>) -> (Person, Value) {
    let ada = Person::registered(stack).await;
    ada.save(&json!({"title": "Groceries", "content": {"text": "Oat milk, bread and coffee."}})).await;
    let wifi = ada.save(&json!({"title": "Wifi", "content": {"text": WIFI}})).await;
    (ada, wifi)
}

async fn answers_with_citations_from_the_callers_memories(stack: Arc<Stack>) {
    let (ada, wifi) = with_wifi(&stack).await;
    let reply = ada.post("/ai/chat", &json!({"message": QUESTION})).await;
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

async fn a_conversation_goes_on_branches_and_ends(stack: Arc<Stack>) {
    let (ada, _) = with_wifi(&stack).await;
    let first = ada.post("/ai/chat", &json!({"message": QUESTION})).await.body;
    let id = first["conversationId"].as_str().unwrap();
    let path = format!("/ai/conversations/{id}");
    let next = json!({"message": "And what is on the list of groceries?", "conversationId": id});
    let next = ada.post("/ai/chat", &next).await;
    assert!(next.body["response"].as_str().unwrap().contains("Oat milk"), "{}", next.body);
    let again = json!({"again": first["messageId"], "conversationId": id});
    let again = ada.post("/ai/chat", &again).await;
    assert_eq!((again.status.as_u16(), &again.body["questionId"]), (200, &first["questionId"]));

    let messages = ada.get(&format!("{path}/messages")).await.body["messages"].clone();
    assert_eq!(messages.as_array().unwrap().len(), 5, "{messages}");
    let listed = ada.get("/ai/conversations").await.body["conversations"].clone();
    assert_eq!((&listed[0]["id"], &listed[0]["title"]), (&json!(id), &json!(QUESTION)));
    let renamed = ada.patch(&path, &json!({"title": "The cabin"})).await;
    assert_eq!(renamed.body["conversation"]["title"], "The cabin");

    let forked = ada.post(&format!("{path}/fork"), &json!({"messageId": first["messageId"]})).await;
    assert_eq!(forked.status, 201, "{}", forked.body);
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.get(&path).await.status, 404);
    let fork = format!("/ai/conversations/{}", forked.body["conversation"]["id"].as_str().unwrap());
    let copied = ada.get(&format!("{fork}/messages")).await.body["messages"].clone();
    assert_eq!((copied.as_array().unwrap().len(), &copied[0]["text"]), (2, &first["response"]));
}

async fn texts_are_filed_and_told_in_short(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let text = "The dentist said that the tooth is fine. The next visit is in May. Paid forty euros.";
    let filed = ada.post("/ai/categorize", &json!({"content": text})).await;
    assert_eq!(
        (filed.status.as_u16(), &filed.body["suggestedCategory"]),
        (200, &json!("Health")),
        "{}",
        filed.body
    );
    let short = ada.post("/ai/summarize", &json!({"content": text.repeat(20), "maxLength": 20})).await;
    assert_eq!(short.status, 200, "{}", short.body);
    assert!(short.body["wordCount"].as_u64().unwrap() <= 20 && short.body["summary"] != "");
    ada.save(&json!({"title": "Tooth", "content": text})).await;
    let suggested = ada.get("/ai/suggestions").await;
    assert!(!suggested.body["questions"].as_array().unwrap().is_empty(), "{}", suggested.body);
}

async fn facts_are_learnt_and_taken_back(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let asked = ada.post("/ai/chat", &json!({"message": "I live in Graz."})).await.body;
    let learnt = ada.post("/ai/facts/extract", &json!({"conversationId": asked["conversationId"]})).await;
    assert_eq!(
        (learnt.status.as_u16(), learnt.body["added"].as_array().unwrap().len()),
        (200, 1),
        "{}",
        learnt.body
    );
    let facts = ada.get("/ai/facts?status=active").await.body["facts"].clone();
    assert_eq!(
        (&facts[0]["value"], &facts[0]["sources"][0]["messageId"]),
        (&json!("Graz"), &asked["questionId"])
    );
    let undo = format!("/ai/facts/batches/{}/undo", learnt.body["batchId"].as_str().unwrap());
    assert_eq!(ada.post(&undo, &json!({})).await.body["removed"], learnt.body["added"]);
    assert_eq!(ada.post(&undo, &json!({})).await.error_type(), "AlreadyUndone");
    assert_eq!(ada.get("/ai/facts").await.body["facts"], json!([]));
}

async fn answers_are_told_while_they_are_made(stack: Arc<Stack>) {
    let (ada, wifi) = with_wifi(&stack).await;
    let asked = json!({"message": QUESTION});
    let told = ada.post_to_stream("/ai/chat/stream", &asked).await;
    assert_eq!(
        (told.status.as_u16(), &told.headers["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    let events = events(told.body.as_str().unwrap());
    let (start, done) = (&events[0], &events[events.len() - 1]);
    assert_eq!((start.0.as_str(), done.0.as_str()), ("start", "done"));
    let words: String = events
        .iter()
        .filter(|(name, _)| name == "delta")
        .map(|(_, data)| data["text"].as_str().unwrap())
        .collect();
    assert_eq!((&json!(words), &done.1["citations"][0]["memoryId"]), (&done.1["response"], &wifi["id"]));
    assert!(words.contains("heron-42"));
    let whole = ada.post("/ai/chat", &asked).await.body;
    for same in ["response", "citations", "confidence", "suggestions", "status"] {
        assert_eq!(whole[same], done.1[same], "{same}");
    }
    let stranger = Person::stranger(&stack).post_to_stream("/ai/chat/stream", &asked).await;
    assert_eq!((stranger.status.as_u16(), stranger.error_type()), (401, &json!("Unauthenticated")));
}

/// The names of server-sent events, with their data.
fn events(text: &str) -> Vec<(String, Value)> {
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
    };
    let events = text.split("\n\n").filter(|event| event.contains("data:"));
    events
        .map(|event| {
            let data = field(event, "data:").unwrap();
            (field(event, "event:").unwrap(), serde_json::from_str(&data).unwrap())
        })
        .collect()
}

async fn a_model_on_a_server_uses_tools_and_is_paid_for(stack: Arc<Stack>) {
    let Some(models) = stack.models() else { return };
    let (ada, wifi) = with_wifi(&stack).await;
    let create = r#"{"title": "Guests", "text": "Guests get the password heron-42."}"#;
    models.answer(Script::new().call("call_1", "create_memory", create).usage(900, 20));
    models
        .answer(Script::text("The password is heron-42 [1]. I proposed a note for guests.").usage(1000, 30));
    let asked =
        json!({"message": "What is the wifi password? Note it for guests.", "model": Stack::SERVED_MODEL});
    let reply = ada.post("/ai/chat", &asked).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.body["citations"][0]["memoryId"], wifi["id"], "{}", reply.body);
    assert_eq!(reply.body["metadata"]["tokensUsed"], 1950);
    let action = reply.body["actions"][0].clone();
    assert_eq!((&action["tool"], &action["status"]), (&json!("create_memory"), &json!("proposed")));
    assert_eq!(ada.memories().await.len(), 2);

    let text = |name: &str| reply.body[name].as_str().unwrap().to_owned();
    let (conversation, message) = (text("conversationId"), text("messageId"));
    let path = format!(
        "/ai/conversations/{conversation}/messages/{message}/actions/{}",
        action["id"].as_str().unwrap()
    );
    let done = ada.post(&path, &json!({"approve": true})).await;
    assert_eq!(
        (done.status.as_u16(), &done.body["action"]["status"]),
        (200, &json!("done")),
        "{}",
        done.body
    );
    assert_eq!(ada.post(&path, &json!({"approve": true})).await.error_type(), "AlreadyDecided");
    let memories = ada.memories().await;
    assert_eq!((memories.len(), &memories[0]["title"]), (3, &json!("Guests")));

    let usage = ada.get("/ai/usage").await.body;
    assert_eq!(
        (&usage["today"]["tokensUsed"], &usage["days"][0]["calls"]),
        (&json!(1950), &json!(2)),
        "{usage}"
    );
    let calls = ada.get("/ai/interactions").await.body["interactions"].clone();
    assert_eq!((&calls[0]["status"], &calls[0]["model"]), (&json!("done"), &json!(Stack::SERVED_MODEL)));
}
