//! What people may have models of others do in a day.

use app_domain::Role;
use app_testing::Call;
use app_testing::openai::{Fault, Script};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::ear::Ear;
use crate::stage::{Setup, Stage, budgets};

async fn with(tokens: &str, dollars: &str) -> Stage {
    Stage::with(Setup { budgets: budgets(tokens, dollars), ..Setup::default() }).await
}

async fn today(stage: &Stage) -> Value {
    stage.get("/ai/usage").await["today"].clone()
}

fn tokens(call: &Value) -> u64 {
    call["promptTokens"].as_u64().unwrap() + call["completionTokens"].as_u64().unwrap()
}

#[tokio::test]
async fn who_has_used_up_their_budget_waits_for_the_next_day() {
    let stage = with("10000", "null").await;
    stage.openai.answer(Script::text("Yes.").usage(8_000, 500));
    stage.answer(&json!({"message": "Are you there?"})).await;
    stage.asked();
    let refused = stage.ask(&json!({"message": "Still there?"})).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (429, json!("AiBudgetExceeded")));
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    assert_eq!(stage.asked().len(), 0, "nobody was asked");

    let question = json!({"message": "Still there?"});
    let events = Ear::ask(&stage.streams, &stage.me, &question).await.all().await;
    let error = &events.last().unwrap().data["error"];
    assert_eq!((&error["code"], &error["type"]), (&json!(429), &json!("AiBudgetExceeded")));
    let told = stage.post("/ai/summarize", &json!({"content": "One. Two. Three."})).await;
    assert_eq!((told.status.as_u16(), told.error_type()), (429, json!("AiBudgetExceeded")));

    let other = stage.person(Role::Premium);
    let theirs = stage.send_as(&other, Call::post("/ai/chat", &question)).await;
    assert_eq!(theirs.status, 200, "everybody has their own");
    let built_in = stage.answer(&json!({"message": "Still there?", "model": "built-in"})).await;
    assert_eq!(built_in["metadata"]["model"], "built-in");
}

#[tokio::test]
async fn many_calls_at_once_never_pass_the_budget() {
    // Each may use as much as an answer can have, and what is read.
    let stage = with("12000", "null").await;
    for _ in 0..20 {
        stage.openai.answer(Script::text("Yes.").usage(900, 100));
    }
    let question = json!({"message": "Are you there?"});
    let replies = join_all((0..20).map(|_| stage.ask(&question))).await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    let refused = replies.iter().filter(|reply| reply.error_type() == "AiBudgetExceeded").count();
    assert_eq!(done + refused, 20, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert!(done > 0 && refused > 0, "{done} {refused}");
    assert_eq!(stage.asked().len(), done);
    let (usage, calls) = (stage.get("/ai/usage").await, stage.calls().await);
    let used = usage["today"]["tokensUsed"].as_u64().unwrap();
    assert_eq!(used, done as u64 * 1_000);
    assert!(used <= 12_000);
    assert_eq!(calls.iter().map(tokens).sum::<u64>(), used);
    let day = &usage["days"][0];
    assert_eq!((&day["calls"], &day["refused"], &day["failed"]), (&json!(20), &json!(refused), &json!(0)));
    assert_eq!((&day["promptTokens"], &day["completionTokens"]), (&json!(done * 900), &json!(done * 100)));
    assert_eq!(day["byTask"][0]["tokens"], json!(used));
    let statuses = |status: &str| calls.iter().filter(|call| call["status"] == status).count();
    assert_eq!((statuses("done"), statuses("refused")), (done, refused));
}

#[tokio::test]
async fn money_is_a_limit_too() {
    // A dollar for a million tokens that are read, ten for those that are written: an answer may cost about two cents.
    let stage = with("null", "0.03").await;
    stage.openai.answer(Script::text("Yes.").usage(1_000, 1_000));
    stage.answer(&json!({"message": "Are you there?"})).await;
    let left = today(&stage).await;
    assert_eq!(
        (&left["costUsd"], &left["costLimitUsd"], &left["tokensLimit"]),
        (&json!(0.011), &json!(0.03), &Value::Null)
    );
    let refused = stage.ask(&json!({"message": "Still there?"})).await;
    assert_eq!(refused.error_type(), json!("AiBudgetExceeded"), "{}", refused.text);
    assert_eq!(today(&stage).await["costUsd"], json!(0.011));
}

#[tokio::test]
async fn what_failed_gives_back_what_was_reserved() {
    let stage = with("10000", "null").await;
    for _ in 0..6 {
        (0..3).for_each(|_| stage.openai.fail(Fault::Status(500)));
        assert_eq!(stage.ask(&json!({"message": "Are you there?"})).await.status, 503);
        (0..3).for_each(|_| stage.openai.fail(Fault::Status(500)));
        assert_eq!(stage.post("/ai/summarize", &json!({"content": "One. Two."})).await.status, 503);
    }
    assert_eq!(today(&stage).await["tokensUsed"], 0);
    assert_eq!(stage.ask(&json!({"message": "Are you there?"})).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_runs_out_of_budget_keeps_what_it_has() {
    let stage = with("10000", "null").await;
    let first = Script::text("Let me look. ").call("call_1", "search_memories", r#"{"query": "key"}"#);
    stage.openai.answer(first.usage(8_500, 100));
    let answer = stage.answer(&json!({"message": "Where is the key?"})).await;
    assert_eq!((&answer["status"], &answer["failure"]), (&json!("interrupted"), &json!("budget")));
    assert_eq!(answer["response"].as_str().unwrap().trim(), "Let me look.");
    assert_eq!(today(&stage).await["tokensUsed"], 8_600);
}

#[tokio::test]
async fn administrators_see_what_everybody_used() {
    let stage = Stage::new().await;
    let (admin, other) = (stage.person(Role::Admin), stage.person(Role::Premium));
    let question = Call::post("/ai/chat", &json!({"message": "hi"}));
    stage.openai.answer(Script::text("Yes.").usage(100, 10));
    stage.answer(&json!({"message": "hi"})).await;
    stage.openai.answer(Script::text("Yes.").usage(200, 20));
    assert_eq!(stage.send_as(&other, question).await.status, 200);
    let all = crate::stage::good(stage.send_as(&admin, Call::get("/admin/ai-usage")).await);
    let days = all["days"].as_array().unwrap();
    let [day] = days.as_slice() else { panic!("{all}") };
    assert_eq!(
        (&day["calls"], &day["promptTokens"], &day["completionTokens"]),
        (&json!(2), &json!(300), &json!(30))
    );
    assert_eq!(day["costUsd"], json!(0.0006));
    assert_eq!(stage.calls().await.len(), 1, "but nobody sees the calls of others");
    let refused = stage.send(Call::get("/admin/ai-usage")).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (403, json!("PermissionDenied")));
}
