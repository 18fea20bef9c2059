//! Many memories filed or tagged otherwise, in one go or in many.

use app_domain::{Chore, Walk};
use app_testing::table;

use crate::stage::{Stage, at, hasty, tag};

#[tokio::test]
async fn a_deleted_category_is_cleared_and_no_longer_due() {
    let stage = Stage::new().await;
    let category = stage.category("gone").await;
    let mut ids = Vec::new();
    for _ in 0..30 {
        ids.push(stage.save(Some(category), &[]).await);
    }
    stage.categories.delete(stage.owner, category, None, at(0)).await.unwrap();
    let day = at(0).day();
    let chore =
        Chore::ClearCategory { owner: stage.owner, category, day: day.clone(), walk: Walk::default() };
    assert_eq!(stage.finish(&chore).await, 1);
    for id in ids {
        assert_eq!(stage.memory(id).await.category, None);
    }
    assert!(stage.due.page(&day, None, 10).await.unwrap().items.is_empty());
    // Delivered again it changes nothing.
    assert_eq!(stage.finish(&chore).await, 1);
}

#[tokio::test]
async fn what_takes_longer_than_an_invocation_is_sent_on_until_it_ends() {
    let stage = Stage::at(&table().await, hasty);
    let category = stage.category("gone").await;
    for _ in 0..60 {
        stage.save(Some(category), &["trip"]).await;
    }
    let (owner, walk) = (stage.owner, Walk::default());
    let retag = Chore::Retag { owner, from: tag("Trip"), to: Some(tag("travel")), walk: walk.clone() };
    assert_eq!(stage.finish(&retag).await, 3, "25 in each portion");
    assert_eq!((stage.count("trip").await, stage.count("travel").await), (0, 60));
    stage.categories.delete(owner, category, None, at(0)).await.unwrap();
    assert_eq!(stage.finish(&Chore::ClearCategory { owner, category, day: at(0).day(), walk }).await, 3);
    assert!(!stage.memories.is_any_in(owner, category).await.unwrap());
}

#[tokio::test]
async fn a_tag_is_removed_or_written_otherwise() {
    let stage = Stage::at(&table().await, hasty);
    let mut ids = Vec::new();
    for _ in 0..30 {
        ids.push(stage.save(None, &["trip", "sea"]).await);
    }
    let retag = |from: &str, to: Option<&str>| Chore::Retag {
        owner: stage.owner,
        from: tag(from),
        to: to.map(tag),
        walk: Walk::default(),
    };
    // The same tag all the time: it ends all the same.
    assert_eq!(stage.finish(&retag("trip", Some("TRIP"))).await, 2);
    assert_eq!(stage.finish(&retag("sea", None)).await, 2);
    for id in &ids {
        assert_eq!(stage.memory(*id).await.tags.iter().collect::<Vec<_>>(), ["TRIP"]);
    }
    assert_eq!(stage.count("sea").await, 0);
}

#[tokio::test]
async fn a_tag_that_is_renamed_to_and_fro_at_the_same_time_is_not_renamed_for_ever() {
    let stage = Stage::at(&table().await, hasty);
    for _ in 0..60 {
        stage.save(None, &["a"]).await;
    }
    let (owner, walk) = (stage.owner, Walk::default());
    let there = Chore::Retag { owner, from: tag("a"), to: Some(tag("b")), walk: walk.clone() };
    let back = Chore::Retag { owner, from: tag("b"), to: Some(tag("a")), walk };
    let mut waiting = vec![serde_json::json!(there), serde_json::json!(back)];
    let mut messages = 0;
    while !waiting.is_empty() {
        messages += waiting.len();
        assert!(messages < 50, "it does not end");
        assert!(stage.handle(&waiting).await.is_empty());
        waiting = stage.queue.take();
    }
    assert_eq!(stage.count("a").await + stage.count("b").await, 60);
}
