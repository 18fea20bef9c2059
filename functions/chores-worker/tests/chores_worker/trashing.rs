//! What came from WhatsApp goes to the trash.

use app_domain::{Chore, MemorySource, Walk};
use app_testing::table;

use crate::stage::{Stage, at, hasty};

fn trash(stage: &Stage) -> Chore {
    Chore::TrashWhatsapp { owner: stage.owner, until: at(50), walk: Walk::default() }
}

#[tokio::test]
async fn what_came_from_whatsapp_goes_to_the_trash_and_nothing_else() {
    let stage = Stage::at(&table().await, hasty);
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(stage.save_from(MemorySource::Whatsapp, at(n % 50)).await);
    }
    let typed = stage.save_from(MemorySource::Web, at(0)).await;
    let later = stage.save_from(MemorySource::Whatsapp, at(51)).await;
    assert!(stage.finish(&trash(&stage)).await >= 3, "25 in each portion");
    for id in &ids {
        assert!(stage.memories.trashed(stage.owner, *id).await.unwrap().is_some());
    }
    stage.memory(typed).await;
    stage.memory(later).await;
    // One that its person brings back stays: the chore has been done.
    stage.memories.restore(stage.owner, ids[0]).await.unwrap();
    stage.memory(ids[0]).await;
}

#[tokio::test]
async fn delivered_twice_at_the_same_moment_it_is_done_once() {
    let stage = Stage::new().await;
    for n in 0..10 {
        stage.save_from(MemorySource::Whatsapp, at(n)).await;
    }
    let chore = [serde_json::json!(trash(&stage))];
    let (one, two) = tokio::join!(stage.handle(&chore), stage.handle(&chore));
    assert!(one.is_empty() && two.is_empty(), "{one:?} {two:?}");
    assert!(stage.handle(&chore).await.is_empty());
    assert_eq!(stage.memories.in_trash(stage.owner, at(100), 50).await.unwrap().len(), 10);
}

#[tokio::test]
async fn a_rest_that_the_queue_does_not_take_comes_again() {
    let stage = Stage::at(&table().await, hasty);
    for n in 0..30 {
        stage.save_from(MemorySource::Whatsapp, at(n)).await;
    }
    stage.queue.refuse(true);
    assert_eq!(stage.handle(&[serde_json::json!(trash(&stage))]).await, ["m0"]);
    stage.queue.refuse(false);
    stage.finish(&trash(&stage)).await;
    let far = at(1_000_000_000);
    assert_eq!(stage.memories.in_trash(stage.owner, far, 50).await.unwrap().len(), 30);
}
