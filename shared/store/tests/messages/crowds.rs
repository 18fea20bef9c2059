//! Many writers at once under one memory.

use app_domain::{MessageFilter, MessagePatch, SortOrder};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::stage::{Stage, at};

#[tokio::test]
async fn fifty_at_once_are_all_counted() {
    let stage = Stage::new().await;
    let parent = stage.send(0, "parent", None).await;
    let send = async |n: i64| stage.send(n, "x", (n % 2 == 0).then_some(parent)).await;
    let mut ids = join_all((1..=50).map(send)).await;
    ids.push(parent);
    ids.sort_by(|one, other| other.cmp(one));
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (51, ids[..5].to_vec()));
    assert_eq!(stage.get(parent).await.unwrap().reply_count, 25);
    assert_eq!(stage.list(MessageFilter::default(), SortOrder::Descending).await.0, ids);
}

#[tokio::test]
async fn a_thread_whose_replies_all_go_at_once_goes_with_them() {
    let stage = Stage::new().await;
    let parent = stage.send(0, "parent", None).await;
    let mut replies = Vec::new();
    for n in 1..=12 {
        replies.push(stage.send(n, "x", Some(parent)).await);
    }
    let kept = stage.send(20, "kept", None).await;
    let all = replies.into_iter().chain([parent]).map(async |id| stage.delete(id).await);
    assert!(join_all(all).await.iter().all(Result::is_ok));
    let summary = stage.summary().await;
    assert_eq!((summary.count, summary.recent), (1, vec![kept]));
    assert!(stage.get(parent).await.is_err());
}

#[tokio::test]
async fn writers_who_come_and_go_at_once_leave_an_exact_count() {
    let stage = Stage::new().await;
    let mut old = Vec::new();
    for n in 0..12 {
        old.push(stage.send(n, "old", None).await);
    }
    let come = async |n: i64| stage.send(100 + n, "new", None).await;
    let go = join_all(old.iter().map(async |id| stage.delete(*id).await.unwrap()));
    tokio::join!(join_all((0..12).map(come)), go);
    let (ids, total) = stage.list(MessageFilter::default(), SortOrder::Descending).await;
    let summary = stage.summary().await;
    assert_eq!((ids.len(), total, summary.count), (12, 12, 12));
    assert_eq!(summary.recent, ids[..5].to_vec());
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let stage = Stage::new().await;
    let id = stage.send(0, "x", None).await;
    let change = async |n: i64| {
        let members: Value = json!({n.to_string(): n});
        let metadata = app_domain::Patch::Set(members.as_object().unwrap().clone());
        let patch = MessagePatch { metadata, ..MessagePatch::default() };
        stage.messages.patch(stage.owner, stage.memory, id, None, &patch, at(n)).await.unwrap();
    };
    let replies = join_all((1..=5).map(async |n| stage.send(n, "reply", Some(id)).await));
    tokio::join!(join_all((0..10).map(change)), replies);
    let message = stage.get(id).await.unwrap();
    assert_eq!((message.metadata.members().len(), message.version.get(), message.reply_count), (10, 11, 5));
}
