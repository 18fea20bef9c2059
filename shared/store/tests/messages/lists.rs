//! Lists of messages, and messages of many memories at once.

use std::collections::HashMap;

use app_domain::{MemoryId, Message, MessageFilter, MessageId, SortOrder};
use app_store::MessageError;

use crate::stage::{Stage, at, id_at, request};

#[tokio::test]
async fn pages_by_number_and_by_cursor_are_the_same() {
    let stage = Stage::new().await;
    let parent = stage.send(0, "parent", None).await;
    for millis in 1..=7 {
        stage.send(millis, "x", Some(parent)).await;
    }
    let thread = MessageFilter { parent: Some(parent), ..MessageFilter::default() };
    for (filter, total) in [(MessageFilter::default(), 8), (thread, 7)] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let (all, counted) = stage.list(filter, order).await;
            assert_eq!((all.len(), counted), (total, total as u64));
            assert!(all.is_sorted() == (order == SortOrder::Ascending));
            let mut numbered: Vec<MessageId> = Vec::new();
            for number in 1..=4 {
                let page = stage.page(filter, order, &request(number, 3, None)).await;
                assert_eq!(page.next.is_some(), number < 3, "page {number}");
                numbered.extend(page.items.iter().map(|message| message.id));
            }
            assert_eq!(numbered, all);
        }
    }
}

#[tokio::test]
async fn times_are_exclusive_and_counted() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for millis in 0..6 {
        ids.push(stage.send(millis, "x", None).await);
    }
    let between = |after, before| MessageFilter { parent: None, after, before };
    for (filter, expected) in [
        (between(Some(at(1)), None), &ids[2..]),
        (between(None, Some(at(4))), &ids[..4]),
        (between(Some(at(0)), Some(at(3))), &ids[1..3]),
        (between(Some(at(3)), Some(at(3))), &[]),
        (between(Some(at(4)), Some(at(1))), &[]),
        (between(None, app_domain::Timestamp::from_millis(-5)), &[]),
        (between(app_domain::Timestamp::from_millis(-5), None), &ids[..]),
    ] {
        let listed = stage.list(filter, SortOrder::Ascending).await;
        assert_eq!(listed, (expected.to_vec(), expected.len() as u64), "{filter:?}");
    }
}

#[tokio::test]
async fn a_page_may_be_larger_than_one_read() {
    let stage = Stage::new().await;
    let large = "é".repeat(10_000);
    for millis in 0..70 {
        stage.send(millis, &large, None).await;
    }
    let page = stage.page(MessageFilter::default(), SortOrder::Descending, &request(1, 60, None)).await;
    assert_eq!((page.items.len(), page.total.count, page.next.is_some()), (60, 70, true));
    let rest = stage.page(MessageFilter::default(), SortOrder::Descending, &request(2, 60, None)).await;
    assert_eq!((rest.items.len(), rest.next), (10, None));
    let all = MessageFilter { after: Some(at(9)), ..MessageFilter::default() };
    assert_eq!(stage.page(all, SortOrder::Ascending, &request(1, 1, None)).await.total.count, 60);
}

#[tokio::test]
async fn the_thread_of_a_message_that_is_not_there_is_missing() {
    let stage = Stage::new().await;
    let filter = MessageFilter { parent: Some(id_at(1)), ..MessageFilter::default() };
    let (owner, memory) = (stage.owner, stage.memory);
    let page = stage.messages.page(owner, memory, &filter, SortOrder::Ascending, &request(1, 5, None)).await;
    assert!(matches!(page, Err(MessageError::Missing)));
}

#[tokio::test]
async fn the_latest_of_many_memories_come_at_once_and_in_order() {
    let stage = Stage::new().await;
    let mut wanted: Vec<(MemoryId, Vec<MessageId>)> = Vec::new();
    for n in 0..30 {
        let memory = MemoryId::new(at(0));
        stage.another_memory(memory).await;
        let mut ids = Vec::new();
        for millis in 0..5 {
            let message = Message { memory, ..stage.draft(millis, &format!("{n} {millis}"), None) };
            stage.messages.create(&message).await.unwrap();
            ids.push(message.id);
        }
        ids.reverse();
        wanted.push((memory, ids));
    }
    let gone = wanted[0].1.remove(0);
    stage.messages.delete(stage.owner, wanted[0].0, gone, None, at(9)).await.unwrap();
    wanted.push((stage.memory, Vec::new()));
    let mut asked = wanted.clone();
    asked[0].1.insert(0, gone);

    let found = stage.messages.latest(stage.owner, &asked).await.unwrap();
    let found: HashMap<MemoryId, Vec<MessageId>> = found
        .into_iter()
        .map(|(memory, messages)| (memory, messages.iter().map(|message| message.id).collect()))
        .collect();
    assert_eq!(found, wanted.into_iter().collect());
    let stranger = app_domain::UserId::new(at(0));
    let found = stage.messages.latest(stranger, &asked).await.unwrap();
    assert!(found.values().all(Vec::is_empty));
}
