//! What was brought in and is taken back leaves nothing, and takes nothing along that is the person's own.

use app_domain::{MemoryPatch, Patch, Version};
use app_store::{Precedence, Removal, Unmade};

use crate::stage::{QUOTA, Stage, at, category, file, id, memory_titled, message};

/// What is in the table of a person besides keys and counters.
async fn left(stage: &Stage) -> Vec<String> {
    let mut keys = stage.meter.keys().await;
    keys.retain(|key| {
        [" DATAKEY#", " COUNTERS", " CATEGORIES", " FILES", " REMINDERS", " FACTS"]
            .iter()
            .all(|own| !key.contains(own))
    });
    keys
}

#[tokio::test]
async fn nothing_is_left_of_what_is_taken_back() {
    let stage = Stage::new().await;
    let owner = stage.owner;
    let filed = category("Sea");
    stage.categories.restore(&filed, Precedence::Newer).await.unwrap();
    let memory = app_domain::Memory {
        category: Some(filed.id),
        version: Version::from(3),
        ..memory_titled("A trip", 0)
    };
    stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
    let earlier = app_domain::Memory { version: Version::from(2), ..memory.clone() };
    stage.memories.restore_versions(owner, memory.id, &[earlier]).await.unwrap();
    let with = file(Some(memory.id), Some(id(1)), 1);
    stage.files.restore(&with, QUOTA).await.unwrap();
    let messages: Vec<_> =
        (0..120).map(|n| message(memory.id, n, (n % 4 == 2).then(|| n - n % 40))).collect();
    stage.messages.restore(owner, memory.id, &messages, Precedence::Newer).await.unwrap();

    assert_eq!(
        stage.categories.unmake(owner, filed.id, filed.version).await.unwrap(),
        Unmade::Changed,
        "not empty"
    );
    let unmake = || stage.memories.unmake(owner, memory.id, memory.version, at(9));
    assert_eq!(unmake().await.unwrap(), Unmade::Changed, "its messages go first");
    let wanted: Vec<_> = messages.iter().rev().map(|message| (message.id, message.version)).collect();
    let unmade = stage.messages.unmake_all(owner, memory.id, &wanted).await.unwrap();
    assert_eq!(unmade, vec![Unmade::Gone; 120]);
    assert!(stage.audit(memory.id).await.is_empty());
    assert_eq!(unmake().await.unwrap(), Unmade::Changed, "its files go first");
    assert_eq!(stage.files.unmake(owner, with.id, with.version, at(9)).await.unwrap(), Unmade::Gone);
    assert_eq!(unmake().await.unwrap(), Unmade::Gone);
    assert_eq!(unmake().await.unwrap(), Unmade::Missing);
    assert_eq!(stage.categories.unmake(owner, filed.id, filed.version).await.unwrap(), Unmade::Gone);
    assert_eq!(stage.categories.unmake(owner, filed.id, filed.version).await.unwrap(), Unmade::Missing);
    assert_eq!(stage.memories.total(owner).await.unwrap(), 0);
    assert_eq!(stage.files.usage(owner).await.unwrap(), app_domain::FileUsage::default());
    // The bytes of the file are still to be removed from the bucket.
    let left = left(&stage).await;
    assert!(
        left.len() == 2 && left.iter().all(|key| key.contains("FGONE#") || key.contains(" FILE#")),
        "{left:?}"
    );
}

#[tokio::test]
async fn what_somebody_has_changed_stays() {
    let stage = Stage::new().await;
    let (owner, memory) = (stage.owner, memory_titled("A trip", 0));
    stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
    let given = [message(memory.id, 1, None), message(memory.id, 2, None)];
    stage.messages.restore(owner, memory.id, &given, Precedence::Newer).await.unwrap();
    // A reply of the person's own to what was brought in.
    stage.messages.create(&message(memory.id, 3, Some(1))).await.unwrap();
    let wanted = given.clone().map(|message| (message.id, message.version));
    let unmade = stage.messages.unmake_all(owner, memory.id, &wanted).await.unwrap();
    assert_eq!(unmade, [Unmade::Changed, Unmade::Gone]);
    assert_eq!(stage.audit(memory.id).await.len(), 2);
    let version = memory.version;
    assert_eq!(stage.memories.unmake(owner, memory.id, version, at(9)).await.unwrap(), Unmade::Changed);

    let other = memory_titled("Another", 1);
    stage.memories.take_in(&other, at(1), Precedence::Newer).await.unwrap();
    let patch = MemoryPatch { is_favorite: Patch::Set(true), ..MemoryPatch::default() };
    stage
        .memories
        .change(owner, other.id, None, |memory| memory.patched(patch.clone(), at(2)))
        .await
        .unwrap();
    assert_eq!(stage.memories.unmake(owner, other.id, version, at(9)).await.unwrap(), Unmade::Changed);
    assert!(stage.memories.get(owner, other.id).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_brought_in_goes_from_the_trash_too() {
    let stage = Stage::new().await;
    let (owner, memory) = (stage.owner, memory_titled("A trip", 0));
    stage.memories.take_in(&memory, at(1), Precedence::Newer).await.unwrap();
    stage
        .messages
        .restore(owner, memory.id, &[message(memory.id, 1, None)], Precedence::Newer)
        .await
        .unwrap();
    assert_eq!(stage.memories.trash(owner, memory.id, None, at(2)).await.unwrap(), Removal::Done);
    let unmake = |version| stage.memories.unmake(owner, memory.id, version, at(9));
    assert_eq!(unmake(memory.version.next()).await.unwrap(), Unmade::Changed);
    assert_eq!(unmake(memory.version).await.unwrap(), Unmade::Gone);
    assert_eq!(left(&stage).await, Vec::<String>::new());
}

#[tokio::test]
async fn replies_may_be_named_after_what_they_reply_to() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let messages: Vec<_> = (0..200).map(|n| message(memory, n, (n >= 100).then(|| n - 100))).collect();
    stage.messages.restore(stage.owner, memory, &messages, Precedence::Newer).await.unwrap();
    let wanted: Vec<_> = messages.iter().map(|message| (message.id, message.version)).collect();
    let unmade = stage.messages.unmake_all(stage.owner, memory, &wanted).await.unwrap();
    assert_eq!(unmade, vec![Unmade::Gone; 200]);
    assert!(stage.audit(memory).await.is_empty());
}
