//! The trash.

use app_domain::{Limit, MemoryDraft, MemoryFilter, MemoryPatch, MemorySort, PageNumber, PageRequest, Patch};
use app_store::{BinPosition, Categories, Removal, Trashed};
use app_testing::vault;

use crate::{Stage, at, tags, text, titled};

fn bin(limit: u32, after: Option<BinPosition>) -> PageRequest<BinPosition> {
    PageRequest { number: PageNumber::default(), limit: Limit::parse(limit).unwrap(), after }
}

#[tokio::test]
async fn a_deleted_memory_is_in_no_list_and_comes_back_as_it_was() {
    let stage = Stage::new().await;
    let draft = MemoryDraft {
        category: Some(stage.category("Travel").await),
        tags: tags(&["sea"]),
        is_favorite: true,
        ..text("Trip", "to Lisbon in May")
    };
    let memory = stage.saved(draft, 0).await;
    let (memories, owner) = (&stage.memories, stage.owner);
    assert_eq!(memories.trash(owner, memory.id, None, at(5)).await.unwrap(), Removal::Done);
    assert_eq!(memories.trash(owner, memory.id, None, at(6)).await.unwrap(), Removal::Missing);
    assert_eq!(memories.get(owner, memory.id).await.unwrap(), None);
    assert_eq!(stage.all(&MemoryFilter::default(), MemorySort::default(), 5).await.0, []);
    let trashed = memories.trashed(owner, memory.id).await.unwrap().unwrap();
    assert_eq!((&trashed.memory, trashed.deleted_at), (&memory, at(5)));

    let restored = memories.restore(owner, memory.id).await.unwrap().unwrap();
    assert_eq!(restored.version, memory.version.next());
    assert_eq!(app_domain::Memory { version: memory.version, ..restored.clone() }, memory);
    assert_eq!(memories.get(owner, memory.id).await.unwrap(), Some(restored));
    assert_eq!(memories.restore(owner, memory.id).await.unwrap(), None);
    assert_eq!(memories.trash_page(owner, &bin(5, None)).await.unwrap().total.count, 0);
}

#[tokio::test]
async fn the_last_deleted_is_listed_first() {
    let stage = Stage::new().await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(stage.saved(titled(&n.to_string()), n).await);
    }
    for (when, n) in [3, 0, 4].into_iter().enumerate() {
        stage.memories.trash(stage.owner, made[n].id, None, at(10 + when as i64)).await.unwrap();
    }
    let title = |trashed: &Trashed| trashed.memory.title.as_ref().unwrap().as_str().to_owned();
    let page = stage.memories.trash_page(stage.owner, &bin(2, None)).await.unwrap();
    assert_eq!(
        (page.items.iter().map(title).collect::<Vec<_>>(), page.total.count),
        (vec!["4".into(), "0".into()], 3)
    );
    let rest = stage.memories.trash_page(stage.owner, &bin(2, page.next)).await.unwrap();
    assert_eq!((rest.items.iter().map(title).collect::<Vec<_>>(), rest.next), (vec!["3".into()], None));
}

#[tokio::test]
async fn a_memory_whose_category_is_gone_comes_back_in_none() {
    let stage = Stage::new().await;
    let category = stage.category("Work").await;
    let memory = stage.saved(MemoryDraft { category: Some(category), ..titled("x") }, 0).await;
    stage.memories.trash(stage.owner, memory.id, None, at(1)).await.unwrap();
    let categories = Categories::new(stage.table.clone(), vault(&stage.table));
    categories.delete(stage.owner, category, None, at(2)).await.unwrap();
    let restored = stage.memories.restore(stage.owner, memory.id).await.unwrap().unwrap();
    assert_eq!(restored.category, None);
}

#[tokio::test]
async fn a_purged_memory_leaves_nothing_behind() {
    let stage = Stage::new().await;
    let kept = stage.saved(text("Kept", "the other memory"), 0).await;
    let before = stage.meter.keys().await;
    let draft = MemoryDraft { tags: tags(&["a", "b"]), ..text("Gone", "soon to be deleted") };
    let memory = stage.saved(draft, 1).await;
    for n in 2..5 {
        let patch = MemoryPatch { is_archived: Patch::Set(n % 2 == 0), ..MemoryPatch::default() };
        stage.change(memory.id, patch, n).await.unwrap();
    }
    let (memories, owner) = (&stage.memories, stage.owner);
    assert!(!memories.purge(owner, memory.id, at(10)).await.unwrap(), "what is not in the trash stays");
    memories.trash(owner, memory.id, None, at(9)).await.unwrap();
    assert!(memories.purge(owner, memory.id, at(10)).await.unwrap());
    assert!(!memories.purge(owner, memory.id, at(10)).await.unwrap());
    assert_eq!(stage.meter.keys().await, before);
    assert_eq!(memories.total(owner).await.unwrap(), 1);
    assert!(memories.get(owner, kept.id).await.unwrap().is_some());
}
