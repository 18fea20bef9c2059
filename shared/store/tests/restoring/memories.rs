//! Memories as they come in.

use app_domain::{
    CategoryId, Content, Filed, Limit, Memory, MemoryFilter, MemorySort, PageNumber, PageRequest, Patch,
    Privacy, SortBy, SortOrder, Tags, Version,
};
use app_store::{Precedence, Restored, UsedTags};
use serde_json::json;

use crate::stage::{Stage, at, category, memory_titled, message};

#[tokio::test]
async fn a_memory_comes_in_as_it_was_and_is_listed() {
    let stage = Stage::new().await;
    let filed = category("Sea");
    stage.categories.restore(&filed, Precedence::Newer).await.unwrap();
    let given = Memory {
        version: Version::from(7),
        updated_at: at(500),
        category: Some(filed.id),
        is_favorite: true,
        ..memory_titled("A trip", 0)
    };
    let count = app_domain::MessageSummary { count: 9, recent: vec![crate::stage::id(1)] };
    let claims = Memory { messages: count, ..given.clone() };
    assert_eq!(stage.memories.take_in(&claims, at(900), Precedence::Newer).await.unwrap(), Restored::Made);
    assert_eq!(stage.get(given.id).await, given);
    assert_eq!(stage.memories.take_in(&given, at(900), Precedence::Newer).await.unwrap(), Restored::Same);
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 1);
    let filter = MemoryFilter {
        category: Some(Filed::In(filed.id)),
        is_favorite: Some(true),
        ..MemoryFilter::default()
    };
    let sort = MemorySort { by: SortBy::UpdatedAt, order: SortOrder::Descending };
    let request = PageRequest { number: PageNumber::default(), limit: Limit::parse(5).unwrap(), after: None };
    let page = stage.memories.page(stage.owner, &filter, sort, &request).await.unwrap();
    assert_eq!((page.items, page.total.count), (vec![given], 1));
}

#[tokio::test]
async fn a_category_that_is_not_there_is_left_out() {
    let stage = Stage::new().await;
    let given = Memory { category: Some(CategoryId::new(at(0))), ..memory_titled("A trip", 0) };
    assert_eq!(stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap(), Restored::Made);
    assert_eq!(
        stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap(),
        Restored::Same,
        "the second time too"
    );
    let newer = Memory { is_archived: true, updated_at: at(5), ..given.clone() };
    assert_eq!(stage.memories.take_in(&newer, at(6), Precedence::Newer).await.unwrap(), Restored::Updated);
    let there = stage.get(given.id).await;
    assert_eq!((there.category, there.is_archived), (None, true));
}

#[tokio::test]
async fn the_newer_copy_stays_and_the_older_is_kept_as_a_version() {
    let stage = Stage::new().await;
    let first = memory_titled("A trip", 0);
    stage.memories.take_in(&first, at(1), Precedence::Newer).await.unwrap();
    stage
        .messages
        .restore(stage.owner, first.id, &[message(first.id, 1, None)], Precedence::Newer)
        .await
        .unwrap();
    let tags = Tags::parse(&["sea"]).unwrap();
    let newer =
        Memory { tags, version: Version::from(5), updated_at: at(9), ..memory_titled("A journey", 0) };
    assert_eq!(stage.memories.take_in(&newer, at(10), Precedence::Newer).await.unwrap(), Restored::Updated);
    let there = stage.get(first.id).await;
    assert_eq!(
        (there.title.clone(), there.version, there.updated_at),
        (newer.title, Version::from(5), at(9))
    );
    assert_eq!(there.messages.count, 1, "its messages are its own");
    let versions = stage.memories.versions(stage.owner, first.id, None, 9).await.unwrap().unwrap();
    assert_eq!((versions.len(), versions[0].title.clone()), (1, first.title.clone()));
    assert_eq!(stage.memories.take_in(&first, at(10), Precedence::Newer).await.unwrap(), Restored::Newer);
    let used = UsedTags::new(stage.table.clone()).beginning_with(stage.owner, None, 9).await.unwrap();
    assert_eq!(used.len(), 1, "the tag that it lost is gone");
}

#[tokio::test]
async fn what_is_in_the_trash_stays_there() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    stage.memories.trash(stage.owner, given.id, None, at(2)).await.unwrap();
    let newer = Memory { updated_at: at(9), ..given.clone() };
    assert_eq!(stage.memories.take_in(&newer, at(9), Precedence::Newer).await.unwrap(), Restored::InTrash);
    assert!(stage.memories.doom(stage.owner, given.id, at(9)).await.unwrap());
    assert_eq!(
        stage.memories.take_in(&newer, at(9), Precedence::Newer).await.unwrap(),
        Restored::Made,
        "what is going goes at once"
    );
    assert_eq!(stage.get(given.id).await.updated_at, at(9));
    let trash =
        stage.meter.keys().await.into_iter().filter(|key| key.contains(" TRASH#") || key.starts_with("DUE#"));
    assert_eq!(trash.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn memories_of_the_same_words_are_found() {
    let stage = Stage::new().await;
    let there = memory_titled("A trip", 0);
    stage.memories.take_in(&there, at(1), Precedence::Newer).await.unwrap();
    let same = Memory { id: memory_titled("", 7).id, tags: Tags::default(), ..memory_titled("a TRIP!", 0) };
    let words = Content::parse(json!({"text": "What there is to say of A trip"})).ok();
    let same = Memory { content: words, ..same };
    assert_eq!(stage.memories.like(&same).await.unwrap(), Some(there.id));
    assert_eq!(stage.memories.like(&memory_titled("Another", 3)).await.unwrap(), None);
}

#[tokio::test]
async fn earlier_versions_come_in_and_the_latest_forty_stay() {
    let stage = Stage::new().await;
    let given = Memory { version: Version::from(60), ..memory_titled("A trip", 0) };
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    let version = |n: u64| Memory { version: Version::from(n), ..memory_titled(&format!("Version {n}"), 0) };
    let (owner, id) = (stage.owner, given.id);
    let some: Vec<Memory> = [9, 3, 60, 61, 9].map(version).to_vec();
    assert_eq!(stage.memories.restore_versions(owner, id, &some).await.unwrap(), 2);
    assert_eq!(stage.memories.restore_versions(owner, id, &some).await.unwrap(), 0);
    // By hand, one more is kept.
    let patch = app_domain::MemoryPatch { is_favorite: Patch::Set(true), ..Default::default() };
    stage.memories.change(owner, id, None, |memory| memory.patched(patch.clone(), at(2))).await.unwrap();
    let all: Vec<Memory> = (1..60).map(version).collect();
    assert_eq!(stage.memories.restore_versions(owner, id, &all).await.unwrap(), 39);
    let there = stage.memories.versions(owner, id, None, 100).await.unwrap().unwrap();
    let numbers: Vec<u64> = there.iter().map(|version| version.version.get()).collect();
    assert_eq!(numbers, (21..=60).rev().collect::<Vec<_>>());
    assert_eq!(there[1].title, version(59).title);
}

#[tokio::test]
async fn large_versions_come_in_too() {
    let stage = Stage::new().await;
    let given = Memory { version: Version::from(60), ..memory_titled("A trip", 0) };
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    let content = Content::parse(json!("x".repeat(Content::MAX_BYTES - 2))).ok();
    let version =
        |n: u64| Memory { version: Version::from(n), content: content.clone(), ..memory_titled("Long", 0) };
    let all: Vec<Memory> = (1..60).map(version).collect();
    let metadata = app_domain::Metadata::default();
    let all: Vec<Memory> =
        all.into_iter().map(|memory| Memory { metadata: metadata.clone(), ..memory }).collect();
    assert_eq!(stage.memories.restore_versions(stage.owner, given.id, &all).await.unwrap(), 40);
}

#[tokio::test]
async fn a_sealed_memory_gets_no_past_that_can_be_read() {
    let stage = Stage::new().await;
    const JWE: &str =
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AgICAgICAgICAgIC.AwMDAwMDAwMD.BAQEBAQEBAQEBAQEBAQEBA";
    let content = Content::parse(json!({"jwe": JWE})).ok();
    let given =
        Memory { version: Version::from(9), privacy: Privacy::Sealed, content, ..memory_titled("A trip", 0) };
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    let open = Memory { version: Version::from(3), ..memory_titled("Open", 0) };
    let sealed = Memory { version: Version::from(4), ..given.clone() };
    let added = stage.memories.restore_versions(stage.owner, given.id, &[open, sealed]).await.unwrap();
    assert_eq!(added, 1);
}

#[tokio::test]
async fn a_version_that_no_memory_has_is_refused() {
    let stage = Stage::new().await;
    for version in [0, u64::MAX] {
        let given = Memory { version: Version::from(version), ..memory_titled("A trip", 0) };
        let restored = stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
        assert!(matches!(restored, Restored::Refused(_)), "{restored:?}");
    }
}
