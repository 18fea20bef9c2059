//! What it costs to bring things in and to take them back: the calls, and how much is read and written.

use app_store::{Precedence, Restored};

use crate::conversations::{chain, conversation};
use crate::stage::{QUOTA, Stage, at, file, memory_titled, message};

/// What was asked since the last time.
fn asked(stage: &Stage) -> Vec<String> {
    stage.meter.take().calls
}

#[tokio::test]
async fn bringing_in_costs_few_calls() {
    let stage = Stage::new().await;
    let owner = stage.owner;
    // The first call makes the person's key.
    stage.memories.take_in(&memory_titled("The first", 9), at(1), Precedence::Newer).await.unwrap();
    asked(&stage);
    let memory = memory_titled("A trip", 0);
    stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
    assert_eq!(asked(&stage), ["BatchGetItem", "TransactWriteItems"]);
    stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
    assert_eq!(asked(&stage), ["BatchGetItem", "GetItem"]);
    stage.files.restore(&file(Some(memory.id), None, 1), QUOTA).await.unwrap();
    assert_eq!(asked(&stage), ["GetItem", "TransactWriteItems"]);
    let given: Vec<_> = (0..98).map(|n| message(memory.id, n, None)).collect();
    stage.messages.restore(owner, memory.id, &given, Precedence::Newer).await.unwrap();
    assert_eq!(asked(&stage), ["GetItem", "BatchGetItem", "TransactWriteItems", "TransactWriteItems"]);
    stage.messages.restore(owner, memory.id, &given, Precedence::Newer).await.unwrap();
    assert_eq!(asked(&stage), ["GetItem", "BatchGetItem"]);
    let talk = conversation();
    stage.conversations.restore(&talk, Precedence::Newer).await.unwrap();
    assert_eq!(asked(&stage), ["GetItem", "Query", "TransactWriteItems"]);
    stage.conversations.restore_turns(owner, talk.id, &chain(&talk, 90)).await.unwrap();
    assert_eq!(asked(&stage), ["GetItem", "BatchGetItem", "TransactWriteItems"]);

    let wanted: Vec<_> = given.iter().rev().map(|message| (message.id, message.version)).collect();
    stage.messages.unmake_all(owner, memory.id, &wanted[..90]).await.unwrap();
    let calls = ["GetItem", "BatchGetItem", "Query", "TransactWriteItems", "Query", "TransactWriteItems"];
    assert_eq!(asked(&stage), calls);
    stage.messages.unmake_all(owner, memory.id, &wanted).await.unwrap();
    stage.files.unmake(owner, file(None, None, 1).id, app_domain::Version::FIRST, at(9)).await.unwrap();
    asked(&stage);
    stage.memories.unmake(owner, memory.id, memory.version, at(9)).await.unwrap();
    let calls = ["GetItem", "Query", "TransactWriteItems"];
    let unmade = asked(&stage);
    assert_eq!(unmade[..3], calls);
    assert!(unmade.len() <= 8, "{unmade:?}");
}

#[tokio::test]
async fn two_hundred_messages_take_five_transactions() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given: Vec<_> = (0..200).map(|n| message(memory, n, None)).collect();
    stage.meter.take();
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, vec![Restored::Made; 200]);
    let cost = stage.meter.take();
    assert_eq!((cost.of("TransactWriteItems"), cost.of("BatchGetItem"), cost.calls.len()), (5, 2, 8));
    assert!(cost.writes <= 200.0 * 4.0 + 50.0, "{}", cost.writes);
}

#[tokio::test]
async fn a_long_chat_comes_in_and_goes_a_hundred_writes_at_a_time() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given: Vec<_> = (0..2_000).map(|n| message(memory, n, (n % 7 == 5).then(|| n - 5))).collect();
    stage.meter.take();
    for batch in given.chunks(200) {
        stage.messages.restore(stage.owner, memory, batch, Precedence::Newer).await.unwrap();
    }
    let cost = stage.meter.take();
    // A message and its note, a unit each, count twice in a transaction; replies have a place in their thread besides.
    assert!(cost.of("TransactWriteItems") <= 60 && cost.calls.len() <= 90, "{:?}", cost.calls);
    assert!(cost.writes <= 2_000.0 * 4.4, "{}", cost.writes);
    stage.audit(memory).await;
    let wanted: Vec<_> = given.iter().rev().map(|message| (message.id, message.version)).collect();
    for batch in wanted.chunks(200) {
        stage.messages.unmake_all(stage.owner, memory, batch).await.unwrap();
    }
    let cost = stage.meter.take();
    assert!(cost.of("TransactWriteItems") <= 90, "{:?}", cost.calls);
    assert!(stage.audit(memory).await.is_empty());
}
