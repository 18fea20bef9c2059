//! The sweep, and what it asks for.

use app_domain::{Chore, MemoryId};
use app_testing::{event, table};
use serde_json::json;

use crate::stage::{Stage, at, hasty};

const DAY: i64 = 24 * 60 * 60;

async fn trashed(stage: &Stage, seconds: i64) -> MemoryId {
    let id = stage.save(None, &[]).await;
    stage.memories.trash(stage.owner, id, None, at(seconds)).await.unwrap();
    id
}

#[tokio::test]
async fn what_is_due_becomes_chores_and_stays_noted_until_it_is_done() {
    let table = table().await;
    let today = Stage::at(&table, || at(0));
    let category = today.category("gone").await;
    today.categories.delete(today.owner, category, None, at(-DAY)).await.unwrap();
    let memory = trashed(&today, -31 * DAY).await;
    // Deleted a moment ago, and due in a month.
    trashed(&today, 0).await;

    for _ in 0..2 {
        assert!(today.handle_event(event("chores-worker/sweep.json")).await.is_empty());
        let clear = json!({"kind": "clearCategory", "owner": today.owner, "category": category, "day": at(-DAY).day(), "isSecond": false});
        let purge = json!({"kind": "purgeMemory", "owner": today.owner, "memory": memory});
        assert_eq!(today.queue.take(), [clear.clone(), purge.clone()]);
    }
    today.handle_event(event("chores-worker/sweep.json")).await;
    assert!(today.handle(&today.queue.take()).await.is_empty());
    today.handle_event(event("chores-worker/sweep.json")).await;
    assert!(today.queue.take().is_empty(), "all of it is done");
    assert!(today.memories.trashed(today.owner, memory).await.unwrap().is_none());
}

#[tokio::test]
async fn a_memory_stays_in_the_trash_until_its_hour() {
    let table = table().await;
    let stage = Stage::at(&table, || at(30 * DAY - 60));
    let memory = trashed(&stage, 0).await;
    let purge = json!(Chore::PurgeMemory { owner: stage.owner, memory });
    assert!(stage.handle(std::slice::from_ref(&purge)).await.is_empty());
    assert!(stage.memories.trashed(stage.owner, memory).await.unwrap().is_some());

    let later = Stage::at(&table, || at(30 * DAY));
    assert!(later.handle(&[purge.clone(), purge]).await.is_empty());
    assert!(stage.memories.trashed(stage.owner, memory).await.unwrap().is_none());
}

#[tokio::test]
async fn a_memory_whose_owner_does_not_want_it_goes_at_once() {
    let stage = Stage::new().await;
    let memory = trashed(&stage, 0).await;
    assert!(stage.memories.doom(stage.owner, memory, at(60)).await.unwrap());
    assert!(stage.handle(&[json!(Chore::PurgeMemory { owner: stage.owner, memory })]).await.is_empty());
    assert!(!stage.memories.doom(stage.owner, memory, at(60)).await.unwrap(), "nothing of it is left");
}

#[tokio::test]
async fn a_memory_whose_owner_does_not_want_it_is_not_forgotten_if_its_chore_is_lost() {
    let stage = Stage::at(&table().await, || at(60));
    let memory = trashed(&stage, 0).await;
    assert!(stage.memories.doom(stage.owner, memory, at(60)).await.unwrap());
    stage.handle_event(event("chores-worker/sweep.json")).await;
    let chores = stage.queue.take();
    assert_eq!(chores, [json!(Chore::PurgeMemory { owner: stage.owner, memory })]);
    assert!(stage.handle(&chores).await.is_empty());
    assert!(!stage.memories.doom(stage.owner, memory, at(60)).await.unwrap(), "nothing of it is left");
    stage.handle_event(event("chores-worker/sweep.json")).await;
    assert!(stage.queue.take().is_empty(), "nor of the work");
}

#[tokio::test]
async fn the_trash_is_emptied_in_parts_of_what_was_in_it() {
    let stage = Stage::at(&table().await, hasty);
    for n in 0..30 {
        trashed(&stage, n).await;
    }
    let later = trashed(&stage, 100).await;
    let empty = json!(Chore::EmptyTrash { owner: stage.owner, until: at(99) });
    assert!(stage.handle(&[empty.clone(), empty.clone()]).await.is_empty());
    let mut rounds = 0;
    while let Some(rest) = stage.queue.take().first() {
        assert_eq!(*rest, empty);
        stage.handle(std::slice::from_ref(rest)).await;
        rounds += 1;
        assert!(rounds < 10);
    }
    assert_eq!(stage.memories.in_trash(stage.owner, at(1000), 100).await.unwrap(), [later]);
}

#[tokio::test]
async fn a_restored_memory_is_not_removed() {
    let stage = Stage::at(&table().await, || at(31 * DAY));
    let memory = trashed(&stage, 0).await;
    stage.memories.restore(stage.owner, memory).await.unwrap();
    assert!(stage.handle(&[json!(Chore::PurgeMemory { owner: stage.owner, memory })]).await.is_empty());
    stage.memory(memory).await;
}

#[tokio::test]
async fn a_long_day_is_swept_in_parts() {
    let stage = Stage::at(&table().await, hasty);
    for n in 0..501 {
        let category = stage.category(&n.to_string()).await;
        stage.categories.delete(stage.owner, category, None, at(0)).await.unwrap();
    }
    assert!(stage.handle_event(event("chores-worker/sweep.json")).await.is_empty());
    let mut chores = stage.queue.take();
    let rest = chores.pop().unwrap();
    assert_eq!(
        (chores.len(), &rest["kind"], &rest["after"]["day"]),
        (500, &json!("sweep"), &json!(at(0).day()))
    );
    assert!(stage.handle(&[rest]).await.is_empty());
    let more = stage.queue.take();
    assert_eq!(more.len(), 1);
    chores.extend(more);
    let mut ids: Vec<_> = chores.iter().map(|chore| chore["category"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 501);
}

#[tokio::test]
async fn files_that_nobody_knows_are_no_trouble() {
    let stage = Stage::new().await;
    for name in ["expire-upload", "erase-file", "purge-memory"] {
        assert!(stage.handle_event(event(&format!("chores-worker/{name}.json"))).await.is_empty(), "{name}");
    }
    assert!(stage.asked_of_bucket.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_upload_that_nobody_completes_is_given_up_after_its_day() {
    let table = table().await;
    let stage = Stage::at(&table, || at(DAY - 60));
    let file = stage.file(None).await;
    let expire = json!(Chore::ExpireUpload { owner: stage.owner, file });
    assert!(stage.handle(std::slice::from_ref(&expire)).await.is_empty());
    assert!(stage.files.get(stage.owner, file).await.unwrap().is_some());

    let later = Stage::with(&table, stage.vault.clone(), || at(DAY));
    later.handle_event(event("chores-worker/sweep.json")).await;
    assert_eq!(later.queue.take(), std::slice::from_ref(&expire));
    assert!(later.handle(&[expire.clone(), expire]).await.is_empty());
    assert!(stage.files.get(stage.owner, file).await.unwrap().is_none());
    let asked = later.asked_of_bucket.lock().unwrap().join("\n");
    assert!(asked.contains("uploadId=the-upload") && asked.contains(&file.to_string()), "{asked}");
    assert_eq!(stage.files.usage(stage.owner).await.unwrap().bytes, 0);
    later.handle_event(event("chores-worker/sweep.json")).await;
    assert!(later.queue.take().is_empty(), "nothing is due any more");
}

#[tokio::test]
async fn a_memory_that_goes_for_good_takes_its_files_along() {
    let table = table().await;
    let stage = Stage::at(&table, || at(31 * DAY));
    let memory = stage.save(None, &[]).await;
    let file = stage.file(Some(memory)).await;
    stage.memories.trash(stage.owner, memory, None, at(0)).await.unwrap();
    assert!(stage.handle(&[json!(Chore::PurgeMemory { owner: stage.owner, memory })]).await.is_empty());
    assert!(stage.files.get(stage.owner, file).await.unwrap().is_none());
    let asked = stage.asked_of_bucket.lock().unwrap().join("\n");
    assert!(asked.contains(&file.to_string()), "{asked}");
}
