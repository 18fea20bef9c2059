//! Questions and their answers.

use app_domain::{Content, MemoryDraft, Privacy, Role};
use app_testing::Call;
use app_testing::openai::{Fault, Script};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::prompt::{number_of, said, turns};
use crate::stage::{MODEL, Stage};

#[tokio::test]
async fn the_built_in_model_quotes_and_cites() {
    let stage = Stage::built_in().await;
    stage.save("Groceries", "Buy oat milk and bread on Friday.").await;
    let dentist = stage.save("Dentist", "The dentist's appointment is on 3 March at 9:30.").await;
    let answer = stage.answer(&json!({"message": "When is my dentist appointment?"})).await;
    let cited = &answer["citations"][0];
    assert_eq!((&cited["memoryId"], &cited["title"]), (&json!(dentist), &json!("Dentist")));
    assert!(cited["quote"].as_str().unwrap().contains("9:30"), "{answer}");
    assert!(answer["response"].as_str().unwrap().contains("9:30"), "{answer}");
    assert!(answer["confidence"].as_f64().unwrap() > 0.5, "{answer}");
    let metadata = &answer["metadata"];
    assert_eq!((&metadata["model"], &metadata["memoriesConsidered"]), (&json!("built-in"), &json!(2)));
    let call = &stage.calls().await[0];
    assert_eq!(
        (&call["model"], &call["status"], &call["costUsd"], &call["conversationId"]),
        (&json!("built-in"), &json!("done"), &json!(0.0), &answer["conversationId"])
    );
}

#[tokio::test]
async fn it_says_so_when_nothing_fits() {
    let stage = Stage::built_in().await;
    stage.save("Groceries", "Buy oat milk.").await;
    let answer = stage.answer(&json!({"message": "What is the capital of Mongolia?"})).await;
    assert_eq!((&answer["citations"], &answer["confidence"]), (&json!([]), &json!(0.0)));
}

#[tokio::test]
async fn a_served_answer_is_cited_by_its_own_numbers() {
    let stage = Stage::new().await;
    let cabin = stage.save("Cabin", "The wifi password at the cabin is heron-42.").await;
    let boat = stage.save("Boat", "The wifi password on the boat is osprey-7.").await;
    let work = stage.save("Work", "The wifi password at work changes daily.").await;
    let script = Script::text("The passwords are heron-42 or osprey-7 [2][1] or so [2][9].");
    stage.openai.answer(script.usage(1_000, 50));
    let answer = stage.answer(&json!({"message": "What is the wifi password?"})).await;
    assert_eq!(answer["response"], "The passwords are heron-42 or osprey-7 [1][2] or so [1].");
    let asked = stage.asked();
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    let of = |number| {
        let mut all = [("Cabin", cabin), ("Boat", boat), ("Work", work)].into_iter();
        all.find(|(title, _)| number_of(asked, title) == number).unwrap().1
    };
    for (number, place) in [(2, 0), (1, 1)] {
        let cited = &answer["citations"][place];
        assert_eq!(cited["memoryId"], json!(of(number)), "{answer}");
        assert!(cited["quote"].as_str().unwrap().starts_with("The wifi password"), "{answer}");
    }
    assert_eq!(answer["citations"].as_array().unwrap().len(), 2);
    let sure = answer["confidence"].as_f64().unwrap();
    assert!(sure > 0.4 && sure <= 1.0, "{answer}");
    assert!(!answer["suggestions"].as_array().unwrap().is_empty(), "{answer}");
    let metadata = &answer["metadata"];
    assert_eq!((&metadata["model"], &metadata["tokensUsed"]), (&json!(MODEL), &json!(1_050)));
    assert_eq!((&answer["status"], answer.get("failure")), (&json!("complete"), None));
    let calls = stage.calls().await;
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(
        (&call["promptTokens"], &call["completionTokens"], &call["costUsd"]),
        (&json!(1_000), &json!(50), &json!(0.0015))
    );
    assert_eq!((&call["task"], &call["status"]), (&json!("chat"), &json!("done")));
    assert_eq!(call["conversationId"], answer["conversationId"]);
}

#[tokio::test]
async fn a_follow_up_knows_what_was_said() {
    let stage = Stage::new().await;
    stage.save("Cabin", "The wifi password at the cabin is heron-42.").await;
    stage.openai.answer(Script::text("It is heron-42 [1]."));
    let first = stage.answer(&json!({"message": "What is the wifi password?"})).await;
    stage.openai.answer(Script::text("At the cabin [1]."));
    let talk = &first["conversationId"];
    let second =
        stage.answer(&json!({"message": "And where was that again, please?", "conversationId": talk})).await;
    assert_eq!(&second["conversationId"], talk);
    let asked = stage.asked();
    let [_, follow_up] = asked.as_slice() else { panic!("{asked:?}") };
    let turns = turns(follow_up);
    let [(_, _), (user, question), (memo, answer), (last, text)] = turns.as_slice() else {
        panic!("{turns:?}")
    };
    assert_eq!((user.as_str(), memo.as_str(), last.as_str()), ("user", "assistant", "user"));
    assert_eq!((question.as_str(), answer.as_str()), ("What is the wifi password?", "It is heron-42 ."));
    assert!(text.ends_with("And where was that again, please?"), "{text}");
    let page = stage.get(&format!("/ai/conversations/{}/messages", talk.as_str().unwrap())).await;
    let roles: Vec<&Value> = page["messages"].as_array().unwrap().iter().map(|turn| &turn["role"]).collect();
    assert_eq!(roles, ["memo", "user", "memo", "user"]);
    let read = stage.get(&format!("/ai/conversations/{}", talk.as_str().unwrap())).await;
    let conversation = &read["conversation"];
    assert_eq!(
        (&conversation["title"], &conversation["messageCount"]),
        (&json!("What is the wifi password?"), &json!(4))
    );
    assert_eq!(conversation["currentMessageId"], second["messageId"]);
}

#[tokio::test]
async fn a_question_can_be_asked_in_place_of_an_earlier_one() {
    let stage = Stage::new().await;
    for words in ["one", "two", "three", "four"] {
        stage.openai.answer(Script::text(words));
    }
    let first = stage.answer(&json!({"message": "First?"})).await;
    let talk = first["conversationId"].clone();
    let second = stage.answer(&json!({"message": "Second?", "conversationId": talk})).await;
    let instead =
        json!({"message": "Another second?", "conversationId": talk, "insteadOf": second["questionId"]});
    let third = stage.answer(&instead).await;
    // An answer stands for its question.
    let instead =
        json!({"message": "Another first?", "conversationId": talk, "insteadOf": first["messageId"]});
    let fourth = stage.answer(&instead).await;
    let asked = stage.asked();
    let said: Vec<Vec<String>> = asked.iter().map(said).collect();
    assert_eq!(said[2], ["First?", "one", "Another second?"]);
    assert_eq!(said[3], ["Another first?"]);
    let path = format!("/ai/conversations/{}/messages/", talk.as_str().unwrap());
    let parent = async |id: &Value| {
        stage.get(&format!("{path}{}", id.as_str().unwrap())).await["message"]["parentId"].clone()
    };
    assert_eq!(parent(&third["questionId"]).await, parent(&second["questionId"]).await);
    assert_eq!(parent(&fourth["questionId"]).await, Value::Null);
    assert_eq!(parent(&third["messageId"]).await, third["questionId"]);
}

#[tokio::test]
async fn an_answer_can_be_had_again() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::text("One way to say it."));
    let first = stage.answer(&json!({"message": "How?"})).await;
    let talk = &first["conversationId"];
    for turn in ["messageId", "questionId"] {
        stage.openai.answer(Script::text("Another way to say it."));
        let again = stage.answer(&json!({"conversationId": talk, "again": first[turn]})).await;
        assert_eq!(again["response"], "Another way to say it.");
        assert_eq!(again["questionId"], first["questionId"]);
        assert_ne!(again["messageId"], first["messageId"]);
    }
    assert!(stage.asked().iter().all(|asked| said(asked) == ["How?"]));
    let read = stage.get(&format!("/ai/conversations/{}", talk.as_str().unwrap())).await;
    assert_eq!(read["conversation"]["messageCount"], 4);
}

#[tokio::test]
async fn the_question_is_kept_when_the_model_fails_and_can_be_answered_again() {
    let stage = Stage::new().await;
    (0..3).for_each(|_| stage.openai.fail(Fault::Status(500)));
    let reply = stage.ask(&json!({"message": "Are you there?"})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("ModelUnavailable")));
    let talks = stage.get("/ai/conversations").await;
    let talk = &talks["conversations"][0];
    let messages = stage.get(&format!("/ai/conversations/{}/messages", talk["id"].as_str().unwrap())).await;
    let [answer, question] = messages["messages"].as_array().unwrap().as_slice() else {
        panic!("{messages}")
    };
    assert_eq!(question["text"], "Are you there?");
    assert_eq!(
        (&answer["answer"]["status"], &answer["answer"]["failure"]),
        (&json!("failed"), &json!("unavailable"))
    );
    stage.openai.answer(Script::text("I am."));
    let again = stage.answer(&json!({"conversationId": talk["id"], "again": answer["id"]})).await;
    assert_eq!((&again["response"], &again["questionId"]), (&json!("I am."), &question["id"]));
}

#[tokio::test]
async fn one_memory_can_be_asked_alone() {
    let stage = Stage::new().await;
    stage.save("Paris", "The Paris hotel costs 120 euros.").await;
    let rome = stage.save("Rome", "The Rome hotel costs 90 euros.").await;
    stage.openai.answer(Script::text("90 euros [1], 120 [2]."));
    let answer = stage.answer(&json!({"message": "How much is the hotel?", "memoryId": rome})).await;
    assert_eq!(answer["response"], "90 euros [1], 120.");
    assert_eq!(answer["citations"].as_array().unwrap().len(), 1);
    assert_eq!(answer["citations"][0]["memoryId"], json!(rome));
    // It stays about that memory.
    stage.openai.answer(Script::text("Still 90 euros [1]."));
    let talk = &answer["conversationId"];
    stage.answer(&json!({"message": "And the one in Paris, what was that?", "conversationId": talk})).await;
    assert!(stage.asked().iter().all(|asked| !asked.to_string().contains("120 euros")));
}

#[tokio::test]
async fn a_conversation_about_what_cannot_be_read_does_not_begin() {
    let stage = Stage::new().await;
    let vectors = include_str!("../../../../docs/sealed-memories/vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let content = Content::parse(json!({"jwe": vectors["vectors"][0]["jwe"]})).ok();
    let sealed = MemoryDraft { content, privacy: Privacy::Sealed, ..MemoryDraft::default() };
    let sealed = stage.save_as(&stage.me, "Where the spare key is", "", sealed).await;
    let other = stage.person(Role::Premium);
    let theirs =
        stage.save_as(&other, "Secret", "The vault code is blue-4711.", MemoryDraft::default()).await;
    for (memory, status, kind) in [
        (json!(sealed), 422, "SealedMemory"),
        (json!(theirs), 404, "NotFound"),
        (json!(Uuid::now_v7()), 404, "NotFound"),
    ] {
        let reply = stage.ask(&json!({"message": "What is in it?", "memoryId": memory})).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (status, json!(kind)));
    }
    assert_eq!(stage.get("/ai/conversations").await["conversations"], json!([]));
    assert_eq!(stage.asked(), Vec::<Value>::new());
}

#[tokio::test]
async fn somebody_elses_memories_and_conversations_are_not_there() {
    let stage = Stage::new().await;
    let other = stage.person(Role::Premium);
    stage.save_as(&other, "Vault", "The vault code is blue-4711.", MemoryDraft::default()).await;
    let call = Call::post("/ai/chat", &json!({"message": "What is the vault code?"}));
    let theirs = crate::stage::good(stage.send_as(&other, call).await);
    stage.asked();
    let answer = stage.answer(&json!({"message": "What is the vault code?"})).await;
    assert_eq!(answer["citations"], json!([]));
    assert!(!stage.asked()[0].to_string().contains("blue-4711"));

    let id = theirs["conversationId"].as_str().unwrap();
    let turn = theirs["messageId"].as_str().unwrap();
    for call in [
        Call::post("/ai/chat", &json!({"message": "And now?", "conversationId": id})),
        Call::post("/ai/chat", &json!({"conversationId": id, "again": turn})),
        Call::post(
            "/ai/chat",
            &json!({"message": "x", "conversationId": answer["conversationId"], "insteadOf": turn}),
        ),
        Call::get(&format!("/ai/conversations/{id}")),
        Call::get(&format!("/ai/conversations/{id}/messages")),
        Call::get(&format!("/ai/conversations/{id}/messages/{turn}")),
        Call::post(&format!("/ai/conversations/{id}/fork"), &json!({"messageId": turn})),
        Call::post(
            &format!("/ai/conversations/{id}/messages/{turn}/actions/action-1"),
            &json!({"approve": true}),
        ),
        Call::post("/ai/facts/extract", &json!({"conversationId": id})),
        Call::new(http::Method::PATCH, &format!("/ai/conversations/{id}")).json(&json!({"title": "x"})),
        Call::new(http::Method::DELETE, &format!("/ai/conversations/{id}")),
    ] {
        let reply = stage.send(call).await;
        assert_eq!(reply.status, 404, "{}", reply.text);
    }
    let path = format!("/ai/conversations/{id}/messages/{turn}/stream");
    assert_eq!(stage.me.call(Call::get(&path)).send(&stage.streams).await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let stage = Stage::new().await;
    let id = Uuid::now_v7();
    for (body, field) in [
        (json!({"message": "  "}), "message"),
        (json!({"message": "x".repeat(10_001)}), "message"),
        (json!({}), "message"),
        (json!({"message": "hi", "model": "gpt-4"}), "model"),
        (json!({"message": "hi", "memoryId": "no-id"}), "memoryId"),
        (json!({"message": "hi", "insteadOf": id}), "insteadOf"),
        (json!({"again": id}), "again"),
        (json!({"message": "hi", "again": id, "conversationId": id}), "again"),
        (json!({"message": "hi", "memoryId": id, "conversationId": id}), "memoryId"),
    ] {
        let reply = stage.ask(&body).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{body}");
    }
    assert_eq!(stage.ask(&json!({"message": "é".repeat(10_000)})).await.status, 200);
    let user = stage.person(Role::User);
    let refused = stage.send_as(&user, Call::post("/ai/chat", &json!({"message": "hi"}))).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (403, json!("PermissionDenied")));
}

#[tokio::test]
async fn the_model_can_be_chosen() {
    let stage = Stage::new().await;
    let models = stage.get("/ai/models").await;
    let listed = json!([{"name": MODEL, "isExternal": true}, {"name": "built-in", "isExternal": false}]);
    assert_eq!(models["models"], listed);
    let answer = stage.answer(&json!({"message": "Who are you?", "model": "built-in"})).await;
    assert_eq!((&answer["metadata"]["model"], stage.asked().len()), (&json!("built-in"), 0));
}

#[tokio::test]
async fn the_real_event_of_the_gateway_is_understood() {
    let stage = Stage::built_in().await;
    let mut event = app_testing::event("ai/chat.json");
    event["headers"]["Authorization"] = json!(stage.me.header.1);
    assert_eq!(Call::of_event(&event).send(&stage.router).await.status, 200);
}
