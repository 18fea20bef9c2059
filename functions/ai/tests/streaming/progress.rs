//! What comes when, while all goes well and when the model fails.

use std::time::Duration;

use app_testing::openai::Script;
use serde_json::{Value, json};

use crate::child::{MODEL, SAVED};
use crate::stage::{QUESTION, STREAM, Stage};
use crate::told::{Event, Told};

crate::trials!(
    an_answer_is_told_while_the_model_makes_it,
    the_same_question_answered_at_once_has_the_same_answer,
    a_model_that_fails_in_the_middle_is_told_and_the_stream_ends,
    a_model_that_fails_at_once_is_told_and_the_stream_ends,
    a_stranger_is_refused_before_the_stream_begins,
    a_warm_function_answers_again_and_again,
);

/// What the model says, and then is silent for a while.
const PIECES: [&str; 4] = ["You see the dentist ", "on Thursday ", "at nine [1]. ", "Bring the card."];
const PAUSE: Duration = Duration::from_secs(1);

fn slowly() -> Script {
    let script = Script::new().wait_first(PAUSE);
    PIECES.iter().fold(script, |script, piece| script.say(piece).wait(PAUSE))
}

fn words(deltas: &[Event]) -> String {
    let deltas = deltas.iter().filter(|event| event.name == "delta");
    deltas.map(|event| event.data["text"].as_str().unwrap()).collect()
}

async fn an_answer_is_told_while_the_model_makes_it() {
    let stage = Stage::new().await;
    stage.openai.answer(slowly());
    let mut told = stage.ask().await;
    assert_eq!(told.sent_with["lambda-runtime-function-response-mode"], "streaming");
    assert_eq!(told.sent_with["content-type"], "application/vnd.awslambda.http-integration-response");
    assert_eq!(told.prelude["statusCode"], 200);
    assert_eq!(told.prelude["headers"]["content-type"], "text/event-stream");

    let start = told.next("start").await;
    assert_eq!(start.data["model"], MODEL);
    assert_eq!(stage.wire.brought(PIECES[0]), None, "the model spoke before the answer began");

    let mut events = Vec::new();
    for pair in PIECES.windows(2) {
        let delta = told.next("delta").await;
        // The space between two words may come with either of them.
        assert_eq!(delta.data["text"].as_str().map(str::trim), Some(pair[0].trim()));
        let said = stage.wire.brought(pair[0]).expect("the model to have said this");
        assert!(said < delta.at);
        assert_eq!(stage.wire.brought(pair[1]), None, "{} was held back", pair[0]);
        events.push(delta);
        if pair[0].contains("[1]") {
            events.push(told.next("citation").await);
        }
    }
    events.extend(told.rest().await);
    let done = events.pop().unwrap();
    assert_eq!((done.name.as_str(), &done.data["response"]), ("done", &json!(PIECES.concat())));
    assert_eq!(words(&events), PIECES.concat());
    assert_eq!(done.data["messageId"], start.data["messageId"]);
    assert_eq!(done.data["citations"][0]["title"], SAVED.0);
}

async fn the_same_question_answered_at_once_has_the_same_answer() {
    let stage = Stage::new().await;
    let script = Script::text(&PIECES.concat()).usage(900, 20);
    stage.openai.answer(script.clone());
    stage.openai.answer(script);
    let told = stage.ask().await.rest().await.pop().unwrap();
    assert_eq!(told.name, "done", "{}", told.data);
    let whole = stage.whole("POST", "/ai/chat", &json!({"message": QUESTION})).await;
    let timeless = |mut answer: Value| {
        for own in ["conversationId", "questionId", "messageId"] {
            assert!(answer[own].take().is_string());
        }
        assert!(answer["metadata"]["processingTime"].take().is_u64());
        answer
    };
    assert_eq!(timeless(told.data), timeless(whole));
}

async fn a_model_that_fails_in_the_middle_is_told_and_the_stream_ends() {
    let stage = Stage::new().await;
    let script = Script::new().say(PIECES[0]).say(PIECES[1]).error("server_error", None);
    stage.openai.answer(script);
    let mut told = stage.ask().await;
    assert_eq!(told.prelude["statusCode"], 200);
    let start = told.next("start").await;
    let mut events = told.rest().await;
    let error = events.pop().unwrap();
    let known = (error.name.as_str(), &error.data["error"]["type"]);
    assert_eq!(known, ("error", &json!("ModelUnavailable")), "{}", error.data);
    assert_eq!(words(&events), [PIECES[0], PIECES[1]].concat());

    let kept = stage.kept(&start).await;
    assert_eq!((&kept["text"], &kept["answer"]["status"]), (&json!(words(&events)), &json!("interrupted")));
}

async fn a_model_that_fails_at_once_is_told_and_the_stream_ends() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::new().error("server_error", None));
    let mut told = stage.ask().await;
    let start = told.next("start").await;
    let events = told.rest().await;
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names, &events[0].data["error"]["type"]), (vec!["error"], &json!("ModelUnavailable")));
    let kept = stage.kept(&start).await;
    assert_eq!(kept["answer"]["status"], "failed", "{kept}");
}

async fn a_stranger_is_refused_before_the_stream_begins() {
    let stage = Stage::new().await;
    let told = Told::by(&stage.lambda, "nobody", "POST", STREAM, &json!({"message": QUESTION})).await;
    assert_eq!(
        (&told.prelude["statusCode"], &told.prelude["headers"]["content-type"]),
        (&json!(401), &json!("application/json"))
    );
    let body: Value = serde_json::from_str(&told.text().await).unwrap();
    assert_eq!(body["error"]["type"], "InvalidToken");
}

async fn a_warm_function_answers_again_and_again() {
    let mut stage = Stage::new().await;
    for number in 1..=20 {
        let says = format!("Answer {number} is here.");
        stage.openai.answer(Script::text(&says));
        stage.wire.forget();
        let mut told = stage.ask().await;
        told.next("start").await;
        let mut events = told.rest().await;
        let done = events.pop().unwrap();
        assert_eq!((done.name.as_str(), &done.data["response"]), ("done", &json!(says)));
        assert_eq!(words(&events), says);
        assert!(stage.wire.brought("Answer ").is_some(), "the model was not asked again");
    }
    assert!(stage.lambda.is_alive());
}
