//! What models of others never see.

use app_domain::{
    Attachments, Content, MemoryDraft, MemoryId, Message, MessageDraft, MessageId, MessageText, MessageType,
    Metadata, Permission, Privacy,
};
use app_testing::Call;
use app_testing::openai::Script;
use serde_json::{Value, json};

use crate::prompt::results;
use crate::stage::{MODEL, Setup, Stage, good};

const KEPT: &str = "The vault code is blue-4711.";

/// Saves what is not to leave: of a kept category, internal and sealed.
async fn secrets(stage: &Stage) -> [MemoryId; 3] {
    let category = stage.category("Diary").await;
    stage.set(&json!({"keptCategories": [category]})).await;
    let kept = MemoryDraft { category: Some(category), ..MemoryDraft::default() };
    let kept = stage.save_as(&stage.me, "Vault", KEPT, kept).await;
    let internal = MemoryDraft { privacy: Privacy::Internal, ..MemoryDraft::default() };
    let internal = stage.save_as(&stage.me, "Vault key", "The vault key is at red-4712.", internal).await;
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../docs/sealed-memories/vectors.json")).unwrap();
    let content = Content::parse(json!({"jwe": vectors["vectors"][0]["jwe"]})).ok();
    let sealed = MemoryDraft { content, privacy: Privacy::Sealed, ..MemoryDraft::default() };
    let sealed = stage.save_as(&stage.me, "Vault sealed-4713", "", sealed).await;
    [kept, internal, sealed]
}

/// All that the model was sent.
fn sent(stage: &Stage) -> String {
    stage.asked().iter().map(Value::to_string).collect()
}

#[tokio::test]
async fn who_does_not_want_models_of_others_has_the_built_in_one() {
    let stage = Stage::new().await;
    stage.save("Vault", KEPT).await;
    stage.set(&json!({"externalModels": false})).await;
    let answer = stage.answer(&json!({"message": "What is the vault code?"})).await;
    assert_eq!(answer["metadata"]["model"], "built-in");
    assert!(answer["response"].as_str().unwrap().contains("blue-4711"));
    let named = stage.ask(&json!({"message": "What is the vault code?", "model": MODEL})).await;
    assert_eq!((named.status.as_u16(), named.error_type()), (422, json!("ModelExcluded")));
    for path in ["/ai/categorize", "/ai/summarize"] {
        let done = good(stage.post(path, &json!({"content": KEPT})).await);
        assert_eq!(done["metadata"]["model"], "built-in");
    }
    good(stage.post("/ai/facts/extract", &json!({"conversationId": answer["conversationId"]})).await);
    assert_eq!(sent(&stage), "");
}

#[tokio::test]
async fn what_is_kept_is_not_found_by_models_of_others() {
    let stage = Stage::new().await;
    secrets(&stage).await;
    stage.save("Vault code tour", "A tour of the vault, its code and its key begins at noon.").await;
    stage.openai.answer(Script::new().calls(&[
        ("call_1", "search_memories", r#"{"query": "vault code key sealed"}"#),
        ("call_2", "get_memory", r#"{"memory": 1}"#),
        ("call_3", "get_memory", r#"{"memory": 2}"#),
    ]));
    stage.openai.answer(Script::text("At noon [1][2][3]."));
    let answer = stage.answer(&json!({"message": "What is the vault code, and where is the key?"})).await;
    assert_eq!(answer["citations"].as_array().unwrap().len(), 1, "{answer}");
    let asked = stage.asked();
    assert!(results(&asked[1])[2].contains("There is no memory [2]"), "{asked:?}");
    let all: String = asked.iter().map(Value::to_string).collect();
    assert!(all.contains("begins at noon") && !all.contains("-471"), "{all}");
    assert!(!answer.to_string().contains("-471"), "{answer}");
    let place = good(stage.post("/ai/categorize", &json!({"content": "A vault."})).await);
    assert_eq!(place["metadata"]["model"], MODEL);
    assert!(!sent(&stage).contains("-471"), "nor as an example of what belongs where");
}

#[tokio::test]
async fn what_is_kept_can_be_talked_about_with_the_built_in_model_alone() {
    let stage = Stage::new().await;
    let [kept, internal, sealed] = secrets(&stage).await;
    for memory in [kept, internal] {
        let question = json!({"message": "What is it?", "memoryId": memory});
        assert_eq!(stage.answer(&question).await["metadata"]["model"], "built-in");
        let named = json!({"message": "What is it?", "memoryId": memory, "model": MODEL});
        let named = stage.ask(&named).await;
        assert_eq!((named.status.as_u16(), named.error_type()), (422, json!("ModelExcluded")));
        let place = good(stage.post("/ai/categorize", &json!({"memoryId": memory})).await);
        assert_eq!(place["metadata"]["model"], "built-in");
    }
    let named = stage.ask(&json!({"message": "What is it?", "memoryId": sealed, "model": "built-in"})).await;
    assert_eq!((named.status.as_u16(), named.error_type()), (422, json!("SealedMemory")));
    assert_eq!(sent(&stage), "");
}

#[tokio::test]
async fn what_the_built_in_model_quoted_stays_from_models_of_others() {
    let stage = Stage::new().await;
    secrets(&stage).await;
    let first = stage.answer(&json!({"message": "What is the vault code?", "model": "built-in"})).await;
    assert!(first["response"].as_str().unwrap().contains("blue-4711"), "{first}");
    let talk = &first["conversationId"];
    stage.answer(&json!({"message": "Thank you. What else is there?", "conversationId": talk})).await;
    let asked = sent(&stage);
    assert!(asked.contains("What is the vault code?") && !asked.contains("4711"), "{asked}");
}

#[tokio::test]
async fn what_was_said_before_it_was_kept_is_kept_from_then_on() {
    let stage = Stage::new().await;
    let category = stage.category("Diary").await;
    let draft = MemoryDraft { category: Some(category), ..MemoryDraft::default() };
    stage.save_as(&stage.me, "Vault", KEPT, draft).await;
    stage.openai.answer(Script::text("It is blue-4711 [1]."));
    let first = stage.answer(&json!({"message": "What is the vault code?"})).await;
    assert!(sent(&stage).contains("4711"));
    stage.set(&json!({"keptCategories": [category]})).await;
    stage.answer(&json!({"message": "Once more, please?", "conversationId": first["conversationId"]})).await;
    assert!(!sent(&stage).contains("4711"));
}

#[tokio::test]
async fn a_program_that_may_not_read_memories_is_told_nothing_of_them() {
    let stage = Stage::new().await;
    let memory = stage.save("Vault", KEPT).await;
    let program = stage.program(&[Permission::AccessAi]);
    let question = "What is the vault code?";
    for model in [MODEL, "built-in"] {
        let body = json!({"message": question, "model": model});
        let answer = good(stage.send_as(&program, Call::post("/ai/chat", &body)).await);
        assert!(!answer.to_string().contains("4711"), "{answer}");
    }
    for (path, body) in [
        ("/ai/chat", json!({"message": question, "memoryId": memory})),
        ("/ai/categorize", json!({"memoryId": memory})),
    ] {
        assert_eq!(stage.send_as(&program, Call::post(path, &body)).await.status, 404, "{path}");
    }
    let refused = stage.send_as(&program, Call::get("/ai/suggestions")).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (403, json!("PermissionDenied")));
    // Nor is a conversation about it, which somebody else began.
    let about =
        stage.answer(&json!({"message": "What is it?", "memoryId": memory, "model": "built-in"})).await;
    let more = json!({"message": question, "conversationId": about["conversationId"], "model": "built-in"});
    let answer = good(stage.send_as(&program, Call::post("/ai/chat", &more)).await);
    assert!(!answer.to_string().contains("4711"), "{answer}");
    assert!(!sent(&stage).contains("4711"));
}

#[tokio::test]
async fn messages_under_a_memory_leave_with_it_alone() {
    let stage = Stage::new().await;
    let [kept, ..] = secrets(&stage).await;
    let open = stage.save("Tour", "The vault tour begins at noon.").await;
    for (memory, text) in
        [(kept, "The vault light is green-4714."), (open, "The vault tour costs nine euros.")]
    {
        let at = app_runtime::now();
        let draft = MessageDraft {
            content: MessageText::parse(text).unwrap(),
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            parent: None,
            is_ai_generated: false,
            delivery: None,
        };
        let message = Message::new(MessageId::new(at), stage.me.user, memory, draft, at);
        stage.messages.create(&message).await.unwrap();
    }
    stage.answer(&json!({"message": "What does the vault tour cost, and what is the vault light?"})).await;
    let asked = sent(&stage);
    assert!(asked.contains("nine euros") && !asked.contains("-471"), "{asked}");
}

const PERSONAL: [&str; 4] =
    ["ada@example.org", "+43 316 5550199", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"];

async fn redacting() -> Stage {
    let stage = Stage::new().await;
    stage.set(&json!({"redaction": true, "instructions": "Sign as ada@example.org."})).await;
    let [mail, phone, card, account] = PERSONAL;
    stage.category("For ada@example.org").await;
    let text = format!("Write to {mail} or call {phone}. The card is {card}, the account {account}.");
    stage.save("Ada, ada@example.org", &text).await;
    stage
}

fn nothing_personal(sent: &str) {
    for personal in PERSONAL {
        assert!(!sent.contains(personal), "{personal}: {sent}");
    }
}

#[tokio::test]
async fn addresses_and_numbers_are_taken_out_and_put_back() {
    let stage = redacting().await;
    stage.set(&json!({"extractFacts": true})).await;
    let said = "Mail [EMAIL_1], call [PHONE_1], pay with [CARD_1] or [ACCOUNT_1] [1].";
    let look = Script::text("I write to [EMAIL_1] [1]. ").calls(&[
        ("call_1", "list_categories", "{}"),
        ("call_2", "search_memories", r#"{"query": "[PHONE_1]"}"#),
        ("call_3", "get_memory", r#"{"memory": "[EMAIL_1]"}"#),
        (
            "call_4",
            "create_memory",
            r#"{"text": "Mail [EMAIL_1] and pay [ACCOUNT_1].", "tags": ["[PHONE_1]"]}"#,
        ),
    ]);
    stage.openai.answer(look);
    stage.openai.answer(Script::text(said));
    let question = "My mail is ada@example.org and I was born on 2001-02-03. How do I reach Ada?";
    let answer = stage.answer(&json!({"message": question})).await;
    let [mail, phone, card, account] = PERSONAL;
    let whole =
        format!("I write to {mail} [1]. \n\nMail {mail}, call {phone}, pay with {card} or {account} [1].");
    assert_eq!(answer["response"], json!(whole));
    let arguments = &answer["actions"][0]["arguments"];
    assert_eq!(arguments["text"], json!(format!("Mail {mail} and pay {account}.")));
    assert_eq!(arguments["tags"], json!([phone]));
    let asked = stage.asked();
    assert_eq!(asked.len(), 2);
    assert!(results(&asked[1])[0].contains("For [EMAIL_1]"), "{asked:?}");
    let all: String = asked.iter().map(Value::to_string).collect();
    nothing_personal(&all);
    assert!(all.contains("2001-02-03"), "dates are not numbers of people");

    // What was said, and what is known, is hidden in the next question too.
    let talk = &answer["conversationId"];
    stage
        .answer(&json!({"message": "Thank you. My phone is +43 316 5550199.", "conversationId": talk}))
        .await;
    stage.answer(&json!({"message": "And what do you know of me?", "conversationId": talk})).await;
    nothing_personal(&sent(&stage));
}

#[tokio::test]
async fn other_work_takes_them_out_too() {
    let stage = redacting().await;
    let [mail, phone, ..] = PERSONAL;
    let text = format!("Ada is at {mail}. Her phone is {phone}.");
    let written = json!({"summary": "Ada is at [EMAIL_1].", "keyPoints": ["[PHONE_1]"]});
    stage.openai.answer(Script::text(&written.to_string()));
    let told = good(stage.post("/ai/summarize", &json!({"content": text})).await);
    assert_eq!(
        (&told["summary"], &told["keyPoints"]),
        (&json!(format!("Ada is at {mail}.")), &json!([phone]))
    );
    stage.openai.answer(Script::text(r#"{"places": [], "tags": []}"#));
    good(stage.post("/ai/categorize", &json!({"content": text})).await);
    let answer = stage.answer(&json!({"message": format!("My mail is {mail}.")})).await;
    let quote = "My mail is [EMAIL_1].";
    let fact = json!({"message": 1, "quote": quote, "subject": "me", "attribute": "email", "value": "[EMAIL_1]", "certainty": 0.9});
    stage.openai.answer(Script::text(&json!({"facts": [fact]}).to_string()));
    good(stage.post("/ai/facts/extract", &json!({"conversationId": answer["conversationId"]})).await);
    let facts = stage.get("/ai/facts").await;
    assert!(facts["facts"].as_array().unwrap().iter().any(|fact| fact["value"] == mail), "{facts}");
    nothing_personal(&sent(&stage));
}

#[tokio::test]
async fn a_model_of_ones_own_sees_what_is_kept_but_never_what_is_sealed() {
    let stage = Stage::with(Setup { is_external: false, ..Setup::default() }).await;
    let [.., sealed] = secrets(&stage).await;
    stage.set(&json!({"externalModels": false, "redaction": true})).await;
    stage.save("Vault mail", "Who has the vault code and the vault key is ada@example.org.").await;
    let answer =
        stage.answer(&json!({"message": "What is the vault code, and where is the vault key?"})).await;
    assert_eq!(answer["metadata"]["model"], MODEL);
    let asked = sent(&stage);
    for open in ["blue-4711", "red-4712", "ada@example.org"] {
        assert!(asked.contains(open), "{open}: {asked}");
    }
    assert!(!asked.contains("4713"));
    assert_eq!(stage.ask(&json!({"message": "What is it?", "memoryId": sealed})).await.status, 422);
}
