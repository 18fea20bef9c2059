//! Sending, reading, changing and deleting one message.

use app_domain::{MemoryId, Message, MessagePatch, MessageStatus, UserId, Version};
use app_store::{MessageError, Removal};

use crate::stage::{Stage, at, id_at, text};

#[tokio::test]
async fn a_message_is_read_as_it_was_sent() {
    let stage = Stage::new().await;
    let message = stage.draft(1, "Café?\n\"yes\"", None);
    stage.messages.create(&message).await.unwrap();
    assert_eq!(stage.get(message.id).await.unwrap(), message);
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (1, vec![message.id]));
    assert!(matches!(stage.get(id_at(1)).await, Err(MessageError::Missing)));
}

#[tokio::test]
async fn the_newest_five_are_named_whoever_comes_last() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for millis in [5, 1, 7, 3, 9, 8, 2] {
        ids.push(stage.send(millis, "x", None).await);
    }
    ids.sort();
    ids.reverse();
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (7, ids[..5].to_vec()));
    stage.delete(ids[1]).await.unwrap();
    ids.remove(1);
    assert_eq!(stage.summary().await.recent, ids[..5].to_vec());
}

#[tokio::test]
async fn a_reply_counts_at_its_parent_and_is_no_change_of_it() {
    let stage = Stage::new().await;
    let parent = stage.send(1, "parent", None).await;
    let reply = stage.send(2, "reply", Some(parent)).await;
    let found = stage.get(parent).await.unwrap();
    assert_eq!((found.reply_count, found.version), (1, Version::FIRST));
    stage.delete(reply).await.unwrap();
    assert_eq!(stage.get(parent).await.unwrap().reply_count, 0);
}

#[tokio::test]
async fn threads_are_one_level_deep_and_within_their_memory() {
    let stage = Stage::new().await;
    let parent = stage.send(1, "parent", None).await;
    let reply = stage.send(2, "reply", Some(parent)).await;
    let other = MemoryId::new(at(0));
    stage.another_memory(other).await;
    let elsewhere = stage.draft(3, "elsewhere", None);
    stage.messages.create(&Message { memory: other, ..elsewhere.clone() }).await.unwrap();
    for parent in [reply, id_at(1), elsewhere.id] {
        let refused = stage.messages.create(&stage.draft(4, "x", Some(parent))).await;
        assert!(matches!(refused, Err(MessageError::NoParent)), "{refused:?}");
    }
    assert_eq!(stage.summary().await.count, 2);
}

#[tokio::test]
async fn a_deleted_message_holds_the_place_of_its_replies() {
    let stage = Stage::new().await;
    let parent = stage.send(1, "parent", None).await;
    let replies = [stage.send(2, "a", Some(parent)).await, stage.send(3, "b", Some(parent)).await];
    stage.delete(parent).await.unwrap();
    let tombstone = stage.get(parent).await.unwrap();
    assert!(tombstone.is_deleted());
    assert_eq!((tombstone.reply_count, stage.summary().await.count), (2, 3));
    assert!(matches!(stage.delete(parent).await, Err(MessageError::Missing)));
    let change = MessagePatch { content: Some(text("back")), ..MessagePatch::default() };
    let changed = stage.messages.patch(stage.owner, stage.memory, parent, None, &change, at(9)).await;
    assert!(matches!(changed, Err(MessageError::Missing)));

    let late = stage.draft(3, "late", Some(parent));
    assert!(matches!(stage.messages.create(&late).await, Err(MessageError::NoParent)));
    let answer = Message { is_ai_generated: true, ..late };
    stage.messages.create(&answer).await.unwrap();
    assert_eq!(stage.get(parent).await.unwrap().reply_count, 3);
    stage.delete(answer.id).await.unwrap();

    stage.delete(replies[0]).await.unwrap();
    assert_eq!(stage.get(parent).await.unwrap().reply_count, 1);
    stage.delete(replies[1]).await.unwrap();
    assert!(matches!(stage.get(parent).await, Err(MessageError::Missing)));
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (0, vec![]));
}

#[tokio::test]
async fn a_change_is_for_one_version_and_keeps_the_replies() {
    let stage = Stage::new().await;
    let id = stage.send(1, "first", None).await;
    stage.send(2, "reply", Some(id)).await;
    let change = |content: &str, expected: u64| {
        let patch = MessagePatch {
            content: Some(text(content)),
            status: Some(MessageStatus::Read),
            ..MessagePatch::default()
        };
        let (messages, owner, memory) = (stage.messages.clone(), stage.owner, stage.memory);
        async move { messages.patch(owner, memory, id, Some(expected.into()), &patch, at(9)).await }
    };
    let changed = change("second", 1).await.unwrap();
    assert_eq!((changed.version.get(), changed.edited_at, changed.reply_count), (2, Some(at(9)), 1));
    assert_eq!(stage.get(id).await.unwrap(), changed);
    assert!(matches!(change("third", 1).await, Err(MessageError::Stale)));
    assert!(matches!(stage.delete_at(id, Some(Version::FIRST)).await, Err(MessageError::Stale)));
    let back = MessagePatch { status: Some(MessageStatus::Sent), ..MessagePatch::default() };
    let refused = stage.messages.patch(stage.owner, stage.memory, id, None, &back, at(9)).await;
    assert!(matches!(refused, Err(MessageError::Refused(error)) if error.field == "status"));
}

#[tokio::test]
async fn nothing_happens_below_a_memory_that_is_in_the_trash_or_somebody_elses() {
    let stage = Stage::new().await;
    let id = stage.send(1, "kept", None).await;
    stage.send(2, "reply", Some(id)).await;
    let before = stage.summary().await;
    assert_eq!(stage.memories.trash(stage.owner, stage.memory, None, at(5)).await.unwrap(), Removal::Done);
    let nobody = UserId::new(at(0));
    for owner in [stage.owner, nobody] {
        let patch = MessagePatch::default();
        let sent = Message { owner, ..stage.draft(6, "x", Some(id)) };
        let listed = stage
            .messages
            .page(
                owner,
                stage.memory,
                &Default::default(),
                app_domain::SortOrder::Ascending,
                &crate::stage::request(1, 5, None),
            )
            .await;
        for outcome in [
            stage.messages.create(&sent).await.err(),
            stage.messages.get(owner, stage.memory, id).await.err(),
            stage.messages.patch(owner, stage.memory, id, None, &patch, at(6)).await.err(),
            stage.messages.delete(owner, stage.memory, id, None, at(6)).await.err(),
            listed.err(),
        ] {
            assert!(matches!(outcome, Some(MessageError::NoMemory)), "{outcome:?}");
        }
    }
    stage.memories.restore(stage.owner, stage.memory).await.unwrap();
    assert_eq!(stage.summary().await, before);
    assert_eq!(stage.get(id).await.unwrap().reply_count, 1);
}
