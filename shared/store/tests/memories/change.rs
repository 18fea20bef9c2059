//! Making and changing memories.

use app_domain::{
    Content, Filed, Memory, MemoryDraft, MemoryFilter, MemoryPatch, MemorySort, MemoryTitle, Patch,
    StoreError, UserId, Version,
};
use app_store::{Categories, ChangeError, Creation, Removal};
use app_testing::vault;
use serde_json::json;

use crate::{Stage, at, tags, text, titled};

#[tokio::test]
async fn gives_back_what_was_saved() {
    let stage = Stage::new().await;
    let deep = (0..99).fold(json!("bottom"), |inner, _| json!([inner]));
    let draft = MemoryDraft {
        content: Content::parse(json!({"deep": deep, "n": 0.1, "text": "grüße 👋"})).ok(),
        category: Some(stage.category("Travel").await),
        tags: tags(&["a", "日本"]),
        ..MemoryDraft::default()
    };
    let memory = stage.saved(draft, 0).await;
    assert_eq!(stage.memories.get(stage.owner, memory.id).await.unwrap(), Some(memory.clone()));
    assert!(matches!(stage.memories.create(&memory).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn what_people_write_is_sealed_and_what_lists_need_is_not() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("Vault", "the code is blue-heron"), 0).await;
    let other_keys = app_store::Memories::new(stage.table.clone(), vault(&stage.table));
    // Another KMS cannot unwrap the person's key, so the memory does not open; that it is there can still be counted.
    assert!(other_keys.get(stage.owner, memory.id).await.is_err());
    assert_eq!(other_keys.total(stage.owner).await.unwrap(), 1);
}

#[tokio::test]
async fn shows_a_memory_to_its_owner_alone() {
    let stage = Stage::new().await;
    let memory = stage.saved(titled("mine"), 0).await;
    let stranger = UserId::new(at(0));
    assert_eq!(stage.memories.get(stranger, memory.id).await.unwrap(), None);
    assert_eq!(stage.memories.trash(stranger, memory.id, None, at(1)).await.unwrap(), Removal::Missing);
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 1);
}

#[tokio::test]
async fn a_memory_of_the_same_words_is_pointed_out() {
    let stage = Stage::new().await;
    let first = stage.saved(text("Trip", "to Lisbon, in May"), 0).await;
    let second = stage.memory(text("trip", "To lisbon in MAY!"), 1);
    let similar = Creation::Saved { similar: vec![first.id] };
    assert_eq!(stage.memories.create(&second).await.unwrap(), similar);
    // What is changed or thrown away is not similar any more.
    let patch =
        MemoryPatch { title: Patch::Set(MemoryTitle::parse("Journey").unwrap()), ..MemoryPatch::default() };
    stage.change(first.id, patch, 2).await.unwrap();
    stage.memories.trash(stage.owner, second.id, None, at(3)).await.unwrap();
    let third = stage.memory(text("Trip", "to Lisbon in May"), 4);
    assert_eq!(stage.memories.create(&third).await.unwrap(), Creation::Saved { similar: Vec::new() });
}

#[tokio::test]
async fn a_category_must_be_there() {
    let stage = Stage::new().await;
    let unknown = app_domain::CategoryId::new(at(0));
    let memory = stage.memory(MemoryDraft { category: Some(unknown), ..titled("x") }, 0);
    assert_eq!(stage.memories.create(&memory).await.unwrap(), Creation::NoCategory);
    let memory = stage.saved(titled("x"), 1).await;
    let patch = MemoryPatch { category: Patch::Set(unknown), ..MemoryPatch::default() };
    assert!(matches!(stage.change(memory.id, patch, 2).await, Err(ChangeError::NoCategory)));
    assert_eq!(stage.memories.get(stage.owner, memory.id).await.unwrap(), Some(memory));
}

#[tokio::test]
async fn many_who_write_at_once_are_all_counted() {
    let stage = Stage::new().await;
    let writes = (0..50).map(|n| {
        let (memories, memory) = (
            stage.memories.clone(),
            stage.memory(MemoryDraft { tags: tags(&["one"]), ..titled("same time") }, n),
        );
        tokio::spawn(async move { memories.create(&memory).await })
    });
    for write in writes.collect::<Vec<_>>() {
        assert!(matches!(write.await.unwrap().unwrap(), Creation::Saved { .. }));
    }
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 50);
    let id = stage.memories.newest(stage.owner, None, 1, usize::MAX).await.unwrap()[0].id;
    let trash = || stage.memories.trash(stage.owner, id, None, at(60));
    let (one, two) = tokio::join!(trash(), trash());
    assert_ne!(one.unwrap(), two.unwrap(), "exactly one of them deletes it");
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 49);
}

#[tokio::test]
async fn no_change_of_many_at_once_is_lost() {
    let stage = Stage::new().await;
    let memory = stage.saved(text("Counter", "0"), 0).await;
    let changes = (0..50).map(|n| {
        let (memories, owner, id) = (stage.memories.clone(), stage.owner, memory.id);
        tokio::spawn(async move {
            let patch = MemoryPatch {
                metadata: Patch::Set(json!({format!("writer{n}"): n}).as_object().cloned().unwrap()),
                ..MemoryPatch::default()
            };
            memories.change(owner, id, None, |memory: Memory| memory.patched(patch.clone(), at(n))).await
        })
    });
    for change in changes.collect::<Vec<_>>() {
        change.await.unwrap().unwrap();
    }
    let after = stage.memories.get(stage.owner, memory.id).await.unwrap().unwrap();
    assert_eq!((after.metadata.members().len(), after.version.get()), (50, 51));
}

#[tokio::test]
async fn a_change_of_an_older_version_is_refused() {
    let stage = Stage::new().await;
    let memory = stage.saved(titled("first"), 0).await;
    let patch = |title: &str| MemoryPatch {
        title: Patch::Set(MemoryTitle::parse(title).unwrap()),
        ..MemoryPatch::default()
    };
    let second = stage.change(memory.id, patch("second"), 1).await.unwrap();
    let lost = stage.memories.change(stage.owner, memory.id, Some(Version::FIRST), |memory: Memory| {
        memory.patched(patch("lost"), at(2))
    });
    assert!(matches!(lost.await, Err(ChangeError::Stale)));
    let stale = stage.memories.trash(stage.owner, memory.id, Some(Version::FIRST), at(2)).await.unwrap();
    assert_eq!(stale, Removal::Stale);
    assert_eq!(stage.memories.get(stage.owner, memory.id).await.unwrap(), Some(second));
}

#[tokio::test]
async fn filing_and_tagging_make_a_memory_no_newer() {
    let stage = Stage::new().await;
    let memory = stage.saved(MemoryDraft { tags: tags(&["old"]), ..titled("x") }, 0).await;
    let category = stage.category("Work").await;
    let refiled = stage.memories.refile(stage.owner, memory.id, None, |memory| memory.filed(Some(category)));
    assert!(refiled.await.unwrap());
    let after = stage.memories.get(stage.owner, memory.id).await.unwrap().unwrap();
    assert_eq!(
        (after.category, after.updated_at, after.version.get()),
        (Some(category), memory.updated_at, 2)
    );
    assert_eq!(stage.memories.versions(stage.owner, memory.id, None, 9).await.unwrap(), Some(Vec::new()));
    let gone = app_domain::MemoryId::new(at(9));
    assert!(!stage.memories.refile(stage.owner, gone, None, |memory| memory.filed(None)).await.unwrap());
    // What changes nothing is no change.
    let again = stage.memories.refile(stage.owner, memory.id, None, |memory| memory.filed(Some(category)));
    assert!(!again.await.unwrap());
    assert_eq!(stage.memories.get(stage.owner, memory.id).await.unwrap(), Some(after));
}

#[tokio::test]
async fn a_memory_whose_category_was_just_deleted_is_changed_all_the_same() {
    let stage = Stage::new().await;
    let category = stage.category("Work").await;
    let memory = stage.saved(MemoryDraft { category: Some(category), ..titled("x") }, 0).await;
    let categories = Categories::new(stage.table.clone(), vault(&stage.table));
    categories.delete(stage.owner, category, None, at(1)).await.unwrap();
    let filter = MemoryFilter { category: Some(Filed::In(category)), ..MemoryFilter::default() };
    assert_eq!(stage.all(&filter, MemorySort::default(), 10).await, (Vec::new(), vec![0]), "it is gone");

    let patch = MemoryPatch { is_favorite: Patch::Set(true), ..MemoryPatch::default() };
    let changed = stage.change(memory.id, patch, 2).await.unwrap();
    assert!(changed.is_favorite);
    stage.meter.take();
    let cleared = stage.memories.clear_some(stage.owner, category, None, 10).await.unwrap();
    assert_eq!((cleared.memories, cleared.next), (1, None));
    let transactions = stage.meter.take().calls.into_iter().filter(|call| call == "TransactWriteItems");
    assert_eq!(transactions.count(), 1, "nothing is tried that is known to be refused");
    assert_eq!(stage.memories.get(stage.owner, memory.id).await.unwrap().unwrap().category, None);
}
