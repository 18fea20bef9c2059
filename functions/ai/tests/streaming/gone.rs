//! Clients that go away in the middle of an answer.

use std::time::Duration;

use app_testing::openai::Script;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::told::Event;

crate::trials!(
    who_goes_away_leaves_an_interrupted_answer_and_a_function_that_goes_on,
    who_goes_away_before_the_model_speaks_leaves_a_function_that_goes_on,
);

/// Says something, and goes on for longer than any test.
fn endless() -> Script {
    let script = Script::new().say("It is ");
    (0..600).fold(script, |script, _| script.wait(Duration::from_millis(200)).say("long "))
}

async fn who_goes_away_leaves_an_interrupted_answer_and_a_function_that_goes_on() {
    let mut stage = Stage::new().await;
    stage.openai.answer(endless());
    let mut told = stage.ask().await;
    let start = told.next("start").await;
    told.next("delta").await;
    drop(told);
    goes_on(&mut stage).await;
    let kept = settled(&stage, &start).await;
    let how = (&kept["answer"]["status"], &kept["answer"]["failure"]);
    assert_eq!(how, (&json!("interrupted"), &json!("interrupted")), "{kept}");
    assert!(kept["text"].as_str().unwrap().starts_with("It is "), "{kept}");
}

async fn who_goes_away_before_the_model_speaks_leaves_a_function_that_goes_on() {
    let mut stage = Stage::new().await;
    stage.openai.answer(endless().wait_first(Duration::from_secs(1)));
    let mut told = stage.ask().await;
    let start = told.next("start").await;
    while stage.openai.take_seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(told);
    goes_on(&mut stage).await;
    let kept = settled(&stage, &start).await;
    assert_eq!(kept["answer"]["failure"], "interrupted", "{kept}");
}

/// The next question is answered.
async fn goes_on(stage: &mut Stage) {
    stage.openai.answer(Script::text("At nine."));
    let done = stage.ask().await.rest().await.pop().unwrap();
    assert_eq!((done.name.as_str(), &done.data["response"]), ("done", &json!("At nine.")));
    assert!(stage.lambda.is_alive());
}

/// What is kept of an answer that nobody waits for, when nobody listens to the model any more.
async fn settled(stage: &Stage, start: &Event) -> Value {
    let mut kept = Value::Null;
    for _ in 0..100 {
        kept = stage.kept(start).await;
        if kept["answer"]["status"] != "pending" && stage.openai.disconnects() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stage.openai.disconnects(), 1);
    kept
}
