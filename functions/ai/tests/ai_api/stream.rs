//! Answers that are told while they are made.

use std::time::Duration;

use app_testing::openai::{Fault, Script};
use serde_json::{Value, json};

use crate::ear::{Ear, Event, names, words};
use crate::stage::{MODEL, Stage};

/// Far longer than it takes, and shorter than anybody waits for a test.
const SOON: Duration = Duration::from_secs(5);

async fn hear(stage: &Stage, body: &Value) -> Vec<Event> {
    let ear = Ear::ask(&stage.streams, &stage.me, body).await;
    assert_eq!(ear.status, 200);
    ear.all().await
}

/// What is the same of two answers to one question.
fn plain(mut answer: Value) -> Value {
    for id in ["conversationId", "questionId", "messageId"] {
        assert!(answer[id].take().is_string(), "{answer}");
    }
    assert!(answer["metadata"]["processingTime"].take().is_u64());
    answer
}

/// Waits until something is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, looking).await.unwrap();
}

fn path(start: &Value) -> String {
    let [talk, answer] = ["conversationId", "messageId"].map(|id| start[id].as_str().unwrap());
    format!("/ai/conversations/{talk}/messages/{answer}")
}

#[tokio::test]
async fn an_answer_comes_piece_by_piece_and_is_the_same_in_the_end() {
    let stage = Stage::new().await;
    stage.save("Cabin", "The wifi password at the cabin is heron-42.").await;
    stage.save("Boat", "The boat is at the lake by the cabin.").await;
    let question = json!({"message": "What is the wifi password at the cabin?"});
    let script = || Script::text("The wifi password is heron-42 [1]. Ask again [1].").usage(900, 20);
    stage.openai.answer(script());
    let at_once = stage.answer(&question).await;
    stage.openai.answer(script());
    let events = hear(&stage, &question).await;

    assert_eq!(names(&events), ["start", "delta", "citation", "delta", "done"]);
    let (start, done) = (&events[0].data, &events.last().unwrap().data);
    assert_eq!(words(&events), done["response"].as_str().unwrap());
    assert!(events.iter().filter(|event| event.name == "delta").count() > 4);
    assert_eq!(plain(done.clone()), plain(at_once));
    assert_eq!(start["model"], MODEL);
    for id in ["conversationId", "questionId", "messageId"] {
        assert_eq!(start[id], done[id]);
    }
    let citation = events.iter().find(|event| event.name == "citation").unwrap();
    assert_eq!(
        (&citation.data["number"], &citation.data["memoryId"]),
        (&json!(1), &done["citations"][0]["memoryId"])
    );
    let mut bytes = 0;
    for event in &events {
        bytes += event.data["text"].as_str().map_or(0, str::len);
        assert_eq!(event.id, format!("{}:{bytes}", done["messageId"].as_str().unwrap()), "{event:?}");
    }
}

#[tokio::test]
async fn the_built_in_model_is_told_the_same_way() {
    let stage = Stage::built_in().await;
    stage.save("Cabin", "The wifi password at the cabin is heron-42.").await;
    let question = json!({"message": "What is the wifi password at the cabin?"});
    let at_once = stage.answer(&question).await;
    let events = hear(&stage, &question).await;
    assert_eq!(names(&events), ["start", "delta", "citation", "done"]);
    let done = events.last().unwrap().data.clone();
    assert_eq!(words(&events), done["response"].as_str().unwrap());
    assert_eq!(plain(done), plain(at_once));
}

#[tokio::test]
async fn what_is_told_is_what_is_kept() {
    let stage = Stage::new().await;
    stage.save(&format!("Cabin {}", "by the lake ".repeat(20)), "The wifi password is heron-42.").await;
    stage.openai.answer(Script::new().say("It is\r\nheron-42\u{7} [1], ").say("\u{1b}[1mas\u{0} ever."));
    let events = hear(&stage, &json!({"message": "What is the wifi password at the cabin?"})).await;
    let (citation, done) =
        (events.iter().find(|event| event.name == "citation").unwrap(), events.last().unwrap());
    let response = done.data["response"].as_str().unwrap();
    assert_eq!((words(&events).as_str(), response), (response, "It is\nheron-42 [1], [1mas ever."));
    assert_eq!(citation.data["title"], done.data["citations"][0]["title"]);
    let last = events.iter().rfind(|event| event.name == "delta").unwrap();
    assert_eq!(last.id, done.id, "who goes on from there has all of it");
}

#[tokio::test]
async fn tools_are_told_when_they_are_used() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::new().call("call_1", "search_memories", r#"{"query": "cabin"}"#));
    stage.openai.answer(Script::new().call("call_2", "create_memory", r#"{"text": "Bring wood."}"#));
    stage.openai.answer(Script::text("I propose to save that."));
    let events = hear(&stage, &json!({"message": "Remember to bring wood."})).await;
    let tools: Vec<[&Value; 2]> = events
        .iter()
        .filter(|event| event.name == "tool")
        .map(|event| [&event.data["tool"], &event.data["status"]])
        .collect();
    let told =
        [["search_memories", "running"], ["create_memory", "proposed"]].map(|told| told.map(|it| json!(it)));
    assert_eq!(tools, told.each_ref().map(|told| told.each_ref()));
    let done = &events.last().unwrap().data;
    assert_eq!(done["actions"][0]["arguments"]["text"], "Bring wood.");
}

#[tokio::test]
async fn what_goes_wrong_is_an_event() {
    let stage = Stage::new().await;
    (0..3).for_each(|_| stage.openai.fail(Fault::Status(500)));
    let events = hear(&stage, &json!({"message": "Are you there?"})).await;
    assert_eq!(names(&events), ["start", "error"]);
    let error = &events[1].data["error"];
    assert_eq!((&error["code"], &error["type"]), (&json!(503), &json!("ModelUnavailable")), "{error}");
    let kept = &stage.get(&path(&events[0].data)).await["message"]["answer"];
    assert_eq!((&kept["status"], &kept["failure"]), (&json!("failed"), &json!("unavailable")));

    stage.openai.answer(Script::text("One moment, I am ").error("server_error", None));
    let events = hear(&stage, &json!({"message": "Are you there now?"})).await;
    assert_eq!(names(&events), ["start", "delta", "error"]);
    assert_eq!(words(&events), "One moment, I am ");
    let kept = &stage.get(&path(&events[0].data)).await["message"];
    assert_eq!(
        (&kept["text"], &kept["answer"]["status"]),
        (&json!("One moment, I am "), &json!("interrupted"))
    );
    // Nothing of it is begun where nothing can be asked.
    let ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": " "})).await;
    assert_eq!(ear.status, 422);
}

#[tokio::test]
async fn what_was_said_is_kept_when_the_client_goes_away() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::text("The wifi password is ").stall());
    let mut ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": "What is the password?"})).await;
    let start = ear.next_of("start").await.data;
    ear.next_of("delta").await;
    drop(ear);
    let path = path(&start);
    until(async || stage.get(&path).await["message"]["answer"]["status"] != "pending").await;
    let kept = &stage.get(&path).await["message"];
    assert_eq!(
        (&kept["answer"]["status"], &kept["answer"]["failure"]),
        (&json!("interrupted"), &json!("interrupted"))
    );
    assert!(kept["text"].as_str().unwrap().starts_with("The "), "{kept}");
    until(async || stage.openai.disconnects() == 1).await;
    let calls = stage.calls().await;
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((&call["status"], call.get("failure")), (&json!("cancelled"), None));
    assert!(call["promptTokens"].as_u64().unwrap() > 100, "it was read: {call}");
    let used = &stage.get("/ai/usage").await["today"]["tokensUsed"];
    let settled = call["promptTokens"].as_u64().unwrap() + call["completionTokens"].as_u64().unwrap();
    assert_eq!(used, &json!(settled), "and what was reserved beyond that is free again");
}

#[tokio::test]
async fn a_client_that_goes_away_while_the_model_is_silent_ends_the_answer() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::new().stall());
    let mut ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": "Are you there?"})).await;
    let start = ear.next_of("start").await.data;
    drop(ear);
    let path = path(&start);
    until(async || stage.get(&path).await["message"]["answer"]["status"] == "failed").await;
    until(async || stage.calls().await[0]["status"] == "cancelled").await;
}

#[tokio::test]
async fn who_goes_away_before_the_first_word_pays_for_what_was_read() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::text("Too late.").wait_first(SOON));
    let mut ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": "Are you there?"})).await;
    ear.next_of("start").await;
    until(async || !stage.asked().is_empty()).await;
    drop(ear);
    until(async || stage.calls().await[0]["status"] == "cancelled").await;
    let call = &stage.calls().await[0];
    assert!(call["promptTokens"].as_u64().unwrap() > 100, "{call}");
    assert_eq!(stage.get("/ai/usage").await["today"]["tokensUsed"], call["promptTokens"]);
}

#[tokio::test]
async fn who_was_cut_off_hears_exactly_the_rest() {
    let stage = Stage::new().await;
    let pause = Duration::from_millis(700);
    let script = Script::text("Größe 38 passt ").wait(pause).say("Ihnen, sagt der Schuster.");
    stage.openai.answer(script);
    let mut ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": "Welche Größe?"})).await;
    let start = ear.next_of("start").await.data;
    let first = ear.next_of("delta").await;
    let path = format!("{}/stream", path(&start));
    // While it is still made, and when it has been.
    for _ in 0..2 {
        let rest = Ear::follow(&stage.streams, &stage.me, &path, Some(&first.id)).await.all().await;
        assert_eq!(names(&rest), ["delta", "done"]);
        let whole = rest.last().unwrap().data["response"].as_str().unwrap();
        assert_eq!(words(&[std::slice::from_ref(&first), &rest[..]].concat()), whole);
    }
    let all = ear.all().await;
    let done = all.last().unwrap();
    let after = Ear::follow(&stage.streams, &stage.me, &path, Some(&done.id)).await.all().await;
    assert_eq!(names(&after), ["done"], "all has been heard");
    assert_eq!(plain(after[0].data.clone())["response"], plain(done.data.clone())["response"]);
    let whole = "Größe 38 passt Ihnen, sagt der Schuster.";
    for unknown in [None, Some("nonsense"), Some("0190a0a0-0000-7000-8000-000000000000:5")] {
        let rest = Ear::follow(&stage.streams, &stage.me, &path, unknown).await.all().await;
        assert_eq!(words(&rest), whole, "{unknown:?}");
    }
    // In the middle of a character, and behind the end, there is nothing to go on from.
    let answer = start["messageId"].as_str().unwrap();
    for bytes in [3, 4_000] {
        let last = format!("{answer}:{bytes}");
        let rest = Ear::follow(&stage.streams, &stage.me, &path, Some(&last)).await.all().await;
        assert_eq!(words(&rest), if bytes == 3 { whole } else { "" }, "{bytes}");
    }
}

#[tokio::test]
async fn what_is_no_answer_cannot_be_followed() {
    let stage = Stage::new().await;
    let answer = stage.answer(&json!({"message": "hi"})).await;
    let talk = answer["conversationId"].as_str().unwrap();
    for turn in [answer["questionId"].as_str().unwrap(), talk, "x"] {
        let path = format!("/ai/conversations/{talk}/messages/{turn}/stream");
        let ear = Ear::follow(&stage.streams, &stage.me, &path, None).await;
        assert_eq!(ear.status, 404, "{turn}");
    }
}

#[tokio::test]
async fn a_silent_stream_says_that_it_lives() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::text("Now.").wait_first(Duration::from_millis(10_500)));
    let mut ear = Ear::ask(&stage.streams, &stage.me, &json!({"message": "When?"})).await;
    assert_eq!(ear.headers["content-type"], "text/event-stream");
    ear.next_of("start").await;
    assert_eq!(ear.next().await.unwrap(), Event::default(), "a comment");
    assert_eq!(ear.all().await.last().unwrap().data["response"], "Now.");
}
