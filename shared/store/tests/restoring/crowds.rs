//! Two attempts at once, and people who write meanwhile.

use std::sync::Arc;

use app_store::{Precedence, Restored, Unmade};
use futures_util::future::join_all;

use crate::conversations::{chain, conversation};
use crate::stage::{QUOTA, Stage, at, file, memory_titled, message};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_attempts_at_once_make_everything_once() {
    let stage = Arc::new(Stage::new().await);
    let memory = memory_titled("A trip", 0);
    let messages: Vec<_> = (0..150)
        .map(|n| message(memory.id, n, (n % 2 == 1).then(|| n - n % 7).filter(|p| p % 2 == 0)))
        .collect();
    let talk = conversation();
    let turns = chain(&talk, 120);
    let attempt = |stage: Arc<Stage>| {
        let (memory, messages, talk, turns) = (memory.clone(), messages.clone(), talk.clone(), turns.clone());
        tokio::spawn(async move {
            let owner = stage.owner;
            stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
            stage.files.restore(&file(Some(memory.id), None, 1), QUOTA).await.unwrap();
            stage.messages.restore(owner, memory.id, &messages, Precedence::Newer).await.unwrap();
            stage.conversations.restore(&talk, Precedence::Newer).await.unwrap();
            stage.conversations.restore_turns(owner, talk.id, &turns).await.unwrap();
        })
    };
    for ended in join_all((0..3).map(|_| attempt(Arc::clone(&stage)))).await {
        ended.unwrap();
    }
    assert_eq!(stage.audit(memory.id).await.len(), 150);
    assert_eq!(stage.files.usage(stage.owner).await.unwrap().count, 1);
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 1);
    assert_eq!(stage.conversations.get(stage.owner, talk.id).await.unwrap().unwrap().turns, 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_come_in_while_others_are_written_and_taken_back() {
    let stage = Arc::new(Stage::new().await);
    let memory = stage.memory().await;
    let first: Vec<_> = (0..100).map(|n| message(memory, n, None)).collect();
    stage.messages.restore(stage.owner, memory, &first, Precedence::Newer).await.unwrap();
    let wanted: Vec<_> = first.iter().map(|message| (message.id, message.version)).collect();
    let second: Vec<_> = (200..300).map(|n| message(memory, n, Some(n - 150))).collect();
    let by_hand = (0..10).map(|n| (stage.clone(), message(memory, 400 + n, None)));
    let writers = join_all(
        by_hand.map(|(stage, message)| async move { stage.messages.create(&message).await.unwrap() }),
    );
    let (unmade, restored, _) = tokio::join!(
        stage.messages.unmake_all(stage.owner, memory, &wanted),
        stage.messages.restore(stage.owner, memory, &second, Precedence::Newer),
        writers
    );
    assert_eq!(restored.unwrap(), vec![Restored::Made; 100]);
    let stayed = unmade.unwrap().iter().filter(|unmade| **unmade == Unmade::Changed).count();
    assert_eq!(stage.audit(memory).await.len(), 110 + stayed);
}
