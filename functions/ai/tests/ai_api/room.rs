//! How much a model is given to read, and what comes of there being more.

use app_testing::openai::Script;
use serde_json::json;

use crate::prompt::{results, tools};
use crate::stage::{Setup, Stage};

/// A text of about ten tokens for each line.
fn lines(of: &str, count: usize) -> String {
    (0..count).map(|number| format!("Line {number} tells of the {of} cabin.\n")).collect()
}

#[tokio::test]
async fn a_long_memory_is_read_whole_before_its_text_is_replaced() {
    let stage = Stage::new().await;
    let text = lines("red", 600);
    let cabin = stage.save("Red cabin", &text).await;
    let replace = r#"{"memory": 1, "text": "The red cabin is sold."}"#;
    stage.openai.answer(Script::new().call("call_1", "update_memory", replace));
    stage.openai.answer(Script::new().call("call_2", "get_memory", r#"{"memory": 1}"#));
    stage.openai.answer(Script::new().call("call_3", "update_memory", replace));
    stage.openai.answer(Script::text("Shall I?"));
    stage.set(&json!({"confirmWrites": false})).await;
    let answer = stage.answer(&json!({"message": "The red cabin is sold."})).await;
    let asked = stage.asked();
    assert!(!asked[0].to_string().contains("Line 599 "), "it is too long to be shown at first");
    let told = results(asked.last().unwrap());
    assert!(told[0].contains("only a part"), "{}", told[0]);
    assert!(text.lines().all(|line| told[1].contains(line)), "{}", told[1]);
    assert!(told[2].contains("It is done"), "{}", told[2]);
    let [done] = answer["actions"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!((&done["status"], &done["outcome"]["memoryId"]), (&json!("done"), &json!(cabin)));
}

#[tokio::test]
async fn what_is_longer_than_a_model_reads_is_never_replaced() {
    let stage = Stage::new().await;
    let cabin = stage.save("Red cabin", &lines("red", 1_700)).await;
    let before = stage.memories.get(stage.me.user, cabin).await.unwrap();
    stage.set(&json!({"confirmWrites": false})).await;
    stage.openai.answer(Script::new().calls(&[
        ("call_1", "get_memory", r#"{"memory": 1}"#),
        ("call_2", "update_memory", r#"{"memory": 1, "text": "The red cabin is sold."}"#),
    ]));
    stage.openai.answer(Script::text("I cannot."));
    let answer = stage.answer(&json!({"message": "The red cabin is sold."})).await;
    assert_eq!(answer["actions"], json!([]));
    assert_eq!(stage.memories.get(stage.me.user, cabin).await.unwrap(), before);
}

#[tokio::test]
async fn a_model_that_reads_little_answers_whatever_there_is() {
    let stage = Stage::with(Setup { window: 6_000, ..Setup::default() }).await;
    for color in ["red", "green", "blue", "white"] {
        stage.save(&format!("{color} cabin"), &lines(color, 200)).await;
    }
    let mut talk = json!(null);
    for number in 0..4 {
        stage.openai.answer(Script::text(&lines("old", 20)));
        let message = format!("{}What does line {number} tell of the red cabin?", lines("new", 20));
        let answer = stage.answer(&json!({"message": message, "conversationId": talk})).await;
        assert_eq!(answer["status"], "complete", "{answer}");
        talk = answer["conversationId"].clone();
    }
    stage.asked();
    stage.openai.answer(Script::new().calls(&[
        ("call_1", "search_memories", r#"{"query": "green cabin"}"#),
        ("call_2", "get_memory", r#"{"memory": 1}"#),
        ("call_3", "search_memories", r#"{"query": "blue cabin"}"#),
    ]));
    stage.openai.answer(Script::text("The green one."));
    let answer = stage.answer(&json!({"message": "Which cabin is it?", "conversationId": talk})).await;
    assert_eq!((&answer["status"], &answer["response"]), (&json!("complete"), &json!("The green one.")));
    assert_eq!(results(&stage.asked()[1]).len(), 3);
}

#[tokio::test]
async fn who_has_nearly_used_up_what_an_answer_may_cost_answers_at_once() {
    let stage = Stage::new().await;
    let look = |call| Script::new().call(call, "search_memories", r#"{"query": "cabin"}"#);
    stage.openai.answer(look("call_1").usage(60_000, 100));
    stage.openai.answer(look("call_2").usage(54_000, 100));
    stage.openai.answer(Script::text("There is none."));
    let answer = stage.answer(&json!({"message": "Which cabin is it?"})).await;
    assert_eq!((&answer["status"], &answer["response"]), (&json!("complete"), &json!("There is none.")));
    let asked = stage.asked();
    assert_eq!((asked.len(), tools(&asked[1]).is_empty(), tools(&asked[2]).len()), (3, false, 0));
}
