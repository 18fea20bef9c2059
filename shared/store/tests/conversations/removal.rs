//! How conversations go.

use app_store::{ConversationError, DueKind};
use app_testing::metered_table;

use crate::stage::{Stage, at, complete};

#[tokio::test]
async fn a_conversation_that_is_deleted_leaves_nothing() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let kept = stage.begin("kept").await;
    let before = meter.keys().await;
    let (gone, settled) = stage.answered(complete("x")).await;
    stage.talk(&gone, settled.id, 60).await;
    assert!(stage.conversations.delete(stage.owner, gone.id, at(2)).await.unwrap());
    assert_eq!(meter.keys().await, before);
    let again = stage.conversations.delete(stage.owner, gone.id, at(2)).await;
    assert!(matches!(again, Err(ConversationError::Missing)), "{again:?}");
    assert_eq!(meter.keys().await, before, "nothing is due for one that was not there");
    assert_eq!(stage.turns(&kept).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_too_much_for_a_request_is_due_and_not_seen() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let conversation = stage.begin("first").await;
    let before: Vec<String> = meter.keys().await.into_iter().filter(|key| !key.contains("#TALK")).collect();
    let (owner, id) = (stage.owner, conversation.id);
    let last = stage.talk(&conversation, conversation.leaf.unwrap(), 300).await;
    let left = stage.turn(&conversation, last).await.unwrap();
    assert!(!stage.conversations.delete(owner, id, at(2)).await.unwrap());
    let turns = |keys: Vec<String>| keys.into_iter().filter(|key| key.contains("#TALK#")).count();
    assert_eq!(turns(meter.keys().await), 102);

    let failure = stage.turn(&conversation, last).await;
    assert!(matches!(failure, Err(ConversationError::Missing)), "{failure:?}");
    assert!(!stage.conversations.settle(&left.settled(complete("late"))).await.unwrap());
    let work = stage.due(at(2)).await.items;
    assert_eq!(
        (work.len(), work[0].kind, work[0].owner, work[0].id),
        (1, DueKind::Conversation, owner, id.as_uuid())
    );

    assert!(!stage.conversations.remove_turns(owner, id, 100).await.unwrap());
    assert_eq!(turns(meter.keys().await), 2);
    for _ in 0..2 {
        assert!(stage.conversations.remove_turns(owner, id, 2).await.unwrap());
        stage.due.done(&at(2).day(), work[0]).await.unwrap();
        assert_eq!(meter.keys().await, before);
    }
}

#[tokio::test]
async fn nothing_is_removed_of_a_conversation_that_is_there() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    assert!(stage.conversations.remove_turns(stage.owner, conversation.id, 100).await.unwrap());
    assert_eq!(stage.turns(&conversation).await.unwrap().len(), 2);
}
