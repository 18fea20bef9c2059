//! Memories in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

use app_domain::{
    Content, Limit, Memory, MemoryDraft, MemoryId, MemoryPatch, MemorySource, MemoryTitle, PageNumber,
    PageRequest, Patch, StoreError, Timestamp, UserId, Version,
};
use app_store::Memories;
use app_testing::table;
use serde_json::json;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

fn titled(owner: UserId, title: &str, now: Timestamp) -> Memory {
    let draft = MemoryDraft { title: Some(MemoryTitle::parse(title).unwrap()), ..MemoryDraft::default() };
    Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now).unwrap()
}

fn first(limit: u32) -> PageRequest<MemoryId> {
    PageRequest { number: PageNumber::default(), limit: Limit::parse(limit).unwrap(), after: None }
}

#[tokio::test]
async fn gives_back_what_was_saved() {
    let memories = Memories::new(table().await);
    let deep = (0..99).fold(json!("bottom"), |inner, _| json!([inner]));
    let draft = MemoryDraft {
        content: Some(Content::parse(json!({"deep": deep, "n": 0.1, "text": "grüße 👋"})).unwrap()),
        ..MemoryDraft::default()
    };
    let memory =
        Memory::new(MemoryId::new(at(0)), UserId::new(at(0)), MemorySource::Web, draft, at(0)).unwrap();
    memories.create(&memory).await.unwrap();
    assert_eq!(memories.get(memory.owner, memory.id).await.unwrap(), Some(memory));
}

#[tokio::test]
async fn shows_a_memory_to_its_owner_alone() {
    let memories = Memories::new(table().await);
    let memory = titled(UserId::new(at(0)), "mine", at(0));
    memories.create(&memory).await.unwrap();
    let stranger = UserId::new(at(0));
    assert_eq!(memories.get(stranger, memory.id).await.unwrap(), None);
    assert!(!memories.delete(stranger, memory.id, None).await.unwrap());
    assert_eq!(memories.total(memory.owner).await.unwrap(), 1);
}

#[tokio::test]
async fn reads_every_page_by_number_and_by_cursor() {
    let memories = Memories::new(table().await);
    let owner = UserId::new(at(0));
    for n in 0..7 {
        memories.create(&titled(owner, &n.to_string(), at(n))).await.unwrap();
    }
    let titles = |page: &[Memory]| -> Vec<String> {
        page.iter().map(|memory| memory.title.as_ref().unwrap().as_str().to_owned()).collect()
    };
    let page = memories.page(owner, &first(3)).await.unwrap();
    assert_eq!((titles(&page.items), page.total), (vec!["6".into(), "5".into(), "4".into()], 7));
    let by_cursor = memories.page(owner, &PageRequest { after: page.next, ..first(3) }).await.unwrap();
    let second = PageNumber::parse(2, Limit::parse(3).unwrap()).unwrap();
    let by_number = memories.page(owner, &PageRequest { number: second, ..first(3) }).await.unwrap();
    assert_eq!(titles(&by_cursor.items), titles(&by_number.items));
    let last = memories.page(owner, &PageRequest { after: by_cursor.next, ..first(3) }).await.unwrap();
    assert_eq!((titles(&last.items), last.next), (vec!["0".to_owned()], None));
    let beyond = PageNumber::parse(9, Limit::parse(3).unwrap()).unwrap();
    assert!(
        memories.page(owner, &PageRequest { number: beyond, ..first(3) }).await.unwrap().items.is_empty()
    );
}

#[tokio::test]
async fn counts_exactly_when_many_write_at_once() {
    let memories = Memories::new(table().await);
    let owner = UserId::new(at(0));
    let writes = (0..20).map(|n| {
        let memories = memories.clone();
        tokio::spawn(async move { memories.create(&titled(owner, "same time", at(n))).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert_eq!(memories.total(owner).await.unwrap(), 20);
    let id = memories.newest(owner, None, 1, usize::MAX).await.unwrap()[0].id;
    let (one, two) = tokio::join!(memories.delete(owner, id, None), memories.delete(owner, id, None));
    assert!(one.unwrap() != two.unwrap(), "exactly one of them deletes it");
    assert_eq!(memories.total(owner).await.unwrap(), 19);
}

#[tokio::test]
async fn a_change_of_an_older_version_is_refused() {
    let memories = Memories::new(table().await);
    let memory = titled(UserId::new(at(0)), "first", at(0));
    memories.create(&memory).await.unwrap();
    let patch = |title: &str| MemoryPatch {
        title: Patch::Set(MemoryTitle::parse(title).unwrap()),
        ..MemoryPatch::default()
    };
    let second = memory.clone().patched(patch("second"), at(1)).unwrap();
    memories.replace(&second, memory.version).await.unwrap();
    let lost = memory.clone().patched(patch("lost"), at(2)).unwrap();
    assert!(matches!(memories.replace(&lost, memory.version).await, Err(StoreError::Conflict)));
    assert!(!memories.delete(memory.owner, memory.id, Some(Version::FIRST)).await.unwrap());
    assert_eq!(memories.get(memory.owner, memory.id).await.unwrap(), Some(second));
}

#[tokio::test]
async fn a_change_does_not_bring_back_what_was_deleted() {
    let memories = Memories::new(table().await);
    let memory = titled(UserId::new(at(0)), "gone", at(0));
    memories.create(&memory).await.unwrap();
    assert!(memories.delete(memory.owner, memory.id, None).await.unwrap());
    assert!(matches!(memories.replace(&memory, memory.version).await, Err(StoreError::Conflict)));
    assert_eq!(memories.total(memory.owner).await.unwrap(), 0);
}
