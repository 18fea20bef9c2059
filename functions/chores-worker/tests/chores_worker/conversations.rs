//! Conversations that are gone, and what was said in them.

use app_domain::{Chore, Conversation, ConversationTitle, Turn, TurnText};
use app_testing::{event, table};
use serde_json::json;

use crate::stage::{Stage, at, hasty};

/// A conversation of so many questions, each with its answer.
async fn conversation(stage: &Stage, questions: usize) -> Conversation {
    let all = &stage.conversations;
    let new = Conversation::new(stage.owner, ConversationTitle::of_any("a trip"), None, at(0));
    let question = |parent| {
        let text = TurnText::parse("Where?").unwrap();
        Turn::question(new.id, stage.owner, parent, text, at(0))
    };
    let first = question(None);
    let mut answer = first.answered(at(0));
    let begun = all.begin(&new, &first, &answer).await.unwrap();
    for _ in 1..questions {
        let next = question(Some(answer.id));
        answer = next.answered(at(0));
        all.ask(stage.owner, new.id, Some(&next), &answer, at(0)).await.unwrap();
    }
    begun
}

#[tokio::test]
async fn what_a_request_did_not_remove_is_removed_in_parts() {
    let stage = Stage::at(&table().await, hasty);
    let (gone, kept) = (conversation(&stage, 752).await, conversation(&stage, 1).await);
    assert!(!stage.conversations.delete(stage.owner, gone.id, at(0)).await.unwrap());
    stage.handle_event(event("chores-worker/sweep.json")).await;
    let chore = Chore::RemoveConversation { owner: stage.owner, conversation: gone.id, day: at(0).day() };
    assert_eq!(stage.queue.take(), [json!(chore)]);
    // 1,004 of 1,504 turns are left.
    assert_eq!(stage.finish(&chore).await, 3);
    assert!(stage.conversations.remove_turns(stage.owner, gone.id, 0).await.unwrap());
    stage.handle_event(event("chores-worker/sweep.json")).await;
    assert!(stage.queue.take().is_empty(), "nothing is due any more");
    let turns = stage.conversations.turns(stage.owner, kept.id, None, 10, at(0)).await.unwrap();
    assert_eq!(turns.0.len(), 2);
}

#[tokio::test]
async fn a_conversation_that_is_there_stays_whatever_the_queue_says() {
    let stage = Stage::new().await;
    let kept = conversation(&stage, 2).await;
    let chore = Chore::RemoveConversation { owner: stage.owner, conversation: kept.id, day: at(0).day() };
    assert!(stage.handle(&[json!(chore), json!(chore)]).await.is_empty());
    let turns = stage.conversations.turns(stage.owner, kept.id, None, 10, at(0)).await.unwrap();
    assert_eq!(turns.0.len(), 4);
}

#[tokio::test]
async fn one_that_nobody_knows_is_no_trouble() {
    let stage = Stage::new().await;
    assert!(stage.handle_event(event("chores-worker/remove-conversation.json")).await.is_empty());
}
