//! Earlier versions.

use app_domain::{Memory, MemoryPatch, MemoryTitle, Patch, Privacy, Version};
use serde_json::json;

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
async fn the_latest_forty_are_kept_whatever_else_is_written() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("0", "x"), 0).await;
    let (memories, owner) = (&stage.memories, stage.owner);
    for n in 1..=50 {
        stage.change(memory.id, patch(&n.to_string()), n).await.unwrap();
        // None of this is a version.
        let archived = memories
            .refile(owner, memory.id, None, |before| Memory { is_archived: !before.is_archived, ..before });
        assert!(archived.await.unwrap());
    }
    memories.trash(owner, memory.id, None, at(100)).await.unwrap();
    memories.restore(owner, memory.id).await.unwrap();
    stage.change(memory.id, patch("51"), 101).await.unwrap();
    let versions = memories.versions(owner, memory.id, None, 100).await.unwrap().unwrap();
    let expected: Vec<String> = (11..=50).rev().map(|n| n.to_string()).collect();
    assert_eq!(titles(&versions), expected);
}

#[tokio::test]
async fn a_page_of_large_versions_is_whole() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("0", &"x".repeat(60_000)), 0).await;
    for n in 1..=30 {
        stage.change(memory.id, patch(&n.to_string()), n).await.unwrap();
    }
    let versions = stage.memories.versions(stage.owner, memory.id, None, 25).await.unwrap().unwrap();
    assert_eq!((versions.len(), versions[24].version.get()), (25, 6));
}

#[tokio::test]
async fn what_is_sealed_has_no_readable_past() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("Diary", "what everybody could read"), 0).await;
    for n in 1..=3 {
        stage.change(memory.id, patch(&n.to_string()), n).await.unwrap();
    }
    let vectors = include_str!("../../../../docs/sealed-memories/vectors.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let sealed = MemoryPatch {
        privacy: Patch::Set(Privacy::Sealed),
        content: Patch::Set(json!({"text": null, "jwe": vectors["vectors"][0]["jwe"]})),
        ..MemoryPatch::default()
    };
    stage.change(memory.id, sealed, 4).await.unwrap();
    let (memories, owner) = (&stage.memories, stage.owner);
    assert_eq!(memories.versions(owner, memory.id, None, 10).await.unwrap(), Some(Vec::new()));
    assert_eq!(memories.version(owner, memory.id, Version::from(2)).await.unwrap(), None);
    stage.change(memory.id, patch("later"), 5).await.unwrap();
    let versions = memories.versions(owner, memory.id, None, 10).await.unwrap().unwrap();
    assert_eq!((versions.len(), versions[0].privacy), (1, Privacy::Sealed));
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
