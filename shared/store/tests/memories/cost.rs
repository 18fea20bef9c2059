//! What calls cost: so many, and so many units, whatever the number of memories.

use app_domain::{Filed, MemoryDraft, MemoryFilter, MemoryPatch, MemorySort, Patch, SortBy, SortOrder};
use app_testing::Cost;

use crate::{Stage, at, first, tags, text};

async fn filled(count: i64) -> (Stage, MemoryFilter) {
    let stage = Stage::new().await;
    let category = stage.category("Work").await;
    for n in 0..count {
        let draft = MemoryDraft {
            category: Some(category),
            tags: tags(&["one", "two"]),
            is_favorite: n % 2 == 0,
            ..text(&format!("note {n}"), &format!("the words of note {n}"))
        };
        stage.saved(draft, n).await;
    }
    let filter = MemoryFilter { category: Some(Filed::In(category)), ..MemoryFilter::default() };
    stage.meter.take();
    (stage, filter)
}

#[tokio::test]
async fn a_memory_is_read_by_one_call() {
    let (stage, _) = filled(1).await;
    let id = stage.memories.newest(stage.owner, None, 1, usize::MAX).await.unwrap()[0].id;
    stage.meter.take();
    stage.memories.get(stage.owner, id).await.unwrap();
    assert_eq!(stage.meter.take(), Cost { calls: vec!["GetItem".to_owned()], reads: 1.0, writes: 0.0 });
}

#[tokio::test]
async fn a_memory_is_saved_in_one_transaction() {
    let (stage, filter) = filled(3).await;
    let Some(Filed::In(category)) = filter.category else { return };
    let draft =
        MemoryDraft { category: Some(category), tags: tags(&["one", "two"]), ..text("new", "all new words") };
    stage.saved(draft, 10).await;
    let cost = stage.meter.take();
    assert_eq!((cost.of("TransactWriteItems"), cost.of("Query"), cost.calls.len()), (1, 1, 2), "{cost:?}");
    // The memory, its fingerprint, its change, counters of person, category and two tags: 2 each; five entries: 2 and one in each of two indexes.
    assert_eq!((cost.reads, cost.writes), (1.0, 7.0 * 2.0 + 5.0 * 4.0));
}

#[tokio::test]
async fn a_memory_is_changed_in_one_transaction() {
    let (stage, _) = filled(3).await;
    let id = stage.memories.newest(stage.owner, None, 1, usize::MAX).await.unwrap()[0].id;
    stage.meter.take();
    let patch = MemoryPatch { is_favorite: Patch::Set(true), ..MemoryPatch::default() };
    stage.change(id, patch, 10).await.unwrap();
    let cost = stage.meter.take();
    assert_eq!(cost.calls, ["GetItem", "TransactWriteItems"]);
    assert!(cost.writes <= 45.0, "{cost:?}");
}

/// The cost of the first page of a list.
async fn page(stage: &Stage, filter: &MemoryFilter, by: SortBy) -> Cost {
    let sort = MemorySort::new(by, Some(SortOrder::Descending));
    let page = stage.memories.page(stage.owner, filter, sort, &first(10)).await.unwrap();
    assert_eq!(page.items.len(), 10);
    stage.meter.take()
}

#[tokio::test]
async fn a_page_costs_the_same_whatever_the_number_of_memories() {
    let (few, in_few) = filled(40).await;
    let (many, in_many) = filled(400).await;
    let filters = |category: &MemoryFilter| {
        [
            MemoryFilter::default(),
            category.clone(),
            MemoryFilter { tags: tags(&["two"]), ..MemoryFilter::default() },
            MemoryFilter { is_favorite: Some(true), ..MemoryFilter::default() },
            MemoryFilter { is_favorite: Some(true), is_archived: Some(false), ..category.clone() },
        ]
    };
    for (few_filter, many_filter) in filters(&in_few).iter().zip(&filters(&in_many)) {
        for by in [SortBy::CreatedAt, SortBy::UpdatedAt, SortBy::Title] {
            let (of_few, of_many) = (page(&few, few_filter, by).await, page(&many, many_filter, by).await);
            assert_eq!(of_many, of_few, "{many_filter:?} {by:?}");
            assert!(of_many.calls.len() <= 6 && of_many.reads <= 20.0, "{of_many:?}");
        }
    }
    let plain = page(&many, &MemoryFilter::default(), SortBy::CreatedAt).await;
    assert_eq!((plain.of("Query"), plain.of("BatchGetItem"), plain.calls.len()), (1, 1, 2), "{plain:?}");
}

#[tokio::test]
async fn a_page_of_two_properties_compares_a_bounded_number_of_entries() {
    let (stage, filter) = filled(400).await;
    let filter = MemoryFilter { tags: tags(&["one"]), from: Some(at(100)), ..filter };
    for by in [SortBy::CreatedAt, SortBy::UpdatedAt, SortBy::Title] {
        let cost = page(&stage, &filter, by).await;
        // 300 entries of some 400 bytes are compared, and again to count them.
        assert!(cost.reads <= 2.0 * 400.0 * 450.0 / 4096.0 + 16.0, "{cost:?}");
    }
}
