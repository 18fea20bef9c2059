//! Conversations that go on and on.

use app_domain::MemoryDraft;
use app_testing::openai::Script;
use serde_json::{Value, json};

use crate::prompt::turns;
use crate::stage::Stage;

/// Asks a question, says so many table calls it took, and what the model was sent.
async fn asked(stage: &Stage, talk: &Value, number: usize) -> (usize, Value) {
    stage.openai.answer(Script::text(&format!("Answer number {number}.")));
    let message = format!("Question number {number}: is the heron-{number} by the pond?");
    stage.meter.take();
    let answer = stage.answer(&json!({"message": message, "conversationId": talk})).await;
    let calls = stage.meter.take().calls.len();
    assert_eq!(answer["status"], "complete", "{answer}");
    (calls, stage.asked().pop().unwrap())
}

#[tokio::test]
async fn a_long_conversation_costs_no_more_for_each_question_and_is_remembered_in_short() {
    let stage = Stage::new().await;
    let first = "My sister Berta keeps herons at the lake of Neusiedl, and I look after them in June.";
    let talk = stage.answer(&json!({"message": first})).await["conversationId"].clone();
    stage.asked();
    let mut costs = Vec::new();
    let mut last = Value::Null;
    for number in 1..60 {
        let (calls, prompt) = asked(&stage, &talk, number).await;
        costs.push(calls);
        last = prompt;
    }
    let mean = |costs: &[usize]| costs.iter().sum::<usize>() as f64 / costs.len() as f64;
    // Every tenth or so is summed up: means of ten are compared.
    let (early, late) = (mean(&costs[9..19]), mean(&costs[49..]));
    assert!(late <= early * 1.25 + 1.0, "{early} calls, then {late}: {costs:?}");

    let turns = turns(&last);
    assert!((12..=42).contains(&turns.len()), "{}", turns.len());
    assert!(!turns.iter().any(|(_, text)| text == first), "it was said too long ago");
    let prompt = &turns.last().unwrap().1;
    let (_, summary) = prompt.split_once("What was said long before, in short:\n").unwrap();
    let summary = summary.split("\n\n").next().unwrap();
    assert!(summary.contains("heron"), "{summary}");
    assert!(summary.split_whitespace().count() <= 320, "{summary}");
    // What is told in short is not told at length as well.
    let (_, oldest) = &turns[1];
    assert!(oldest.starts_with("Question number "), "{oldest}");
    let number: usize = oldest.split([' ', ':']).nth(2).unwrap().parse().unwrap();
    assert!(number >= 59 - 16, "{number}");
}

#[tokio::test]
async fn what_is_told_in_short_holds_no_memory_that_is_kept_since() {
    let stage = Stage::new().await;
    let category = stage.category("Diary").await;
    let draft = MemoryDraft { category: Some(category), ..MemoryDraft::default() };
    stage.save_as(&stage.me, "Vault", "The vault code is blue-4711.", draft).await;
    let mut talk = Value::Null;
    for number in 1..20 {
        stage.openai.answer(Script::text("The vault code is blue-4711, as you wrote in the diary [1]."));
        let message = format!("Question number {number}: what is the code of the vault at the old bank?");
        talk = stage.answer(&json!({"message": message, "conversationId": talk})).await["conversationId"]
            .clone();
    }
    stage.set(&json!({"keptCategories": [category]})).await;
    stage.asked();
    stage.answer(&json!({"message": "And who has the key?", "conversationId": talk})).await;
    let sent = stage.asked().pop().unwrap().to_string();
    assert!(sent.contains("What was said long before, in short:"), "{sent}");
    assert!(!sent.contains("4711"), "{sent}");
}
