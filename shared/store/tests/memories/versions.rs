//! Earlier versions.

use app_domain::{Memory, MemoryPatch, MemoryTitle, Patch, Version};

use crate::{Stage, at, text, titles};

fn patch(title: &str) -> MemoryPatch {
    MemoryPatch { title: Patch::Set(MemoryTitle::parse(title).unwrap()), ..MemoryPatch::default() }
}

#[tokio::test]
async fn every_change_keeps_what_was_there_before() {
    let stage = Stage::new().await;
    let first = stage.saved(text("one", "the words of the first version"), 0).await;
    for (n, title) in [(1, "two"), (2, "three")] {
        stage.change(first.id, patch(title), n).await.unwrap();
    }
    let (memories, owner) = (&stage.memories, stage.owner);
    let versions = memories.versions(owner, first.id, None, 10).await.unwrap().unwrap();
    assert_eq!(titles(&versions), ["two", "one"]);
    assert_eq!(versions[1], first);
    let older = memories.versions(owner, first.id, Some(Version::from(2)), 10).await.unwrap().unwrap();
    assert_eq!(titles(&older), ["one"]);
    let earlier = memories.version(owner, first.id, Version::FIRST).await.unwrap().unwrap();
    let restored =
        memories.change(owner, first.id, None, |memory: Memory| memory.restored(earlier.clone(), at(3)));
    let restored = restored.await.unwrap();
    assert_eq!((titles(std::slice::from_ref(&restored)), restored.version.get()), (vec!["one"], 4));
    assert_eq!(restored.content, first.content);
    assert_eq!(
        memories.version(owner, first.id, Version::from(3)).await.unwrap().map(|v| v.version.get()),
        Some(3)
    );
}

#[tokio::test]
async fn the_latest_fifty_are_kept() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("0", "x"), 0).await;
    for n in 1..=60 {
        stage.change(memory.id, patch(&n.to_string()), n).await.unwrap();
    }
    let versions = stage.memories.versions(stage.owner, memory.id, None, 100).await.unwrap().unwrap();
    assert_eq!((versions.len(), versions[0].version.get(), versions[49].version.get()), (50, 60, 11));
}

#[tokio::test]
async fn what_is_not_there_has_no_versions() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("0", "x"), 0).await;
    stage.change(memory.id, patch("1"), 1).await.unwrap();
    stage.memories.trash(stage.owner, memory.id, None, at(2)).await.unwrap();
    let (memories, owner) = (&stage.memories, stage.owner);
    assert_eq!(memories.versions(owner, memory.id, None, 10).await.unwrap(), None);
    assert_eq!(memories.version(owner, memory.id, Version::FIRST).await.unwrap(), None);
    assert!(memories.restore(owner, memory.id).await.unwrap().is_some());
    assert_eq!(memories.versions(owner, memory.id, None, 10).await.unwrap().unwrap().len(), 1);
}
