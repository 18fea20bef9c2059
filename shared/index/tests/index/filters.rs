//! Filters decide before anything is ranked, by words and by meaning.

use app_domain::{Category, CategoryDraft, CategoryName, Filed, Memory, MemoryFilter, MemorySource, Tags};
use app_index::{SearchMode, SearchRequest, Subject};
use app_store::Categories;

use crate::stage::Stage;

#[tokio::test]
async fn every_filter_holds_in_every_mode_before_and_after_indexing() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let now = stage.now();
    let draft = CategoryDraft {
        name: CategoryName::parse("Garden").unwrap(),
        description: None,
        icon: None,
        color: None,
        sort_order: None,
    };
    let category = Category::new(owner, draft, &[], now);
    Categories::new(stage.table.clone(), stage.vault.clone()).create(&category).await.unwrap();
    // More that fit the words than a page holds, and one of them that is marked.
    for number in 0..30 {
        stage.save(owner, &format!("Roses {number}"), "in the garden bed").await;
    }
    let before = stage.now();
    let marked = stage.save_tagged(owner, "Some roses", "in a garden bed", &["Thorny", "red"]).await;
    let after = stage.now();
    stage.save(owner, "More roses", "in the garden bed").await;
    let mark = |memory: Memory| {
        let version = memory.version.next();
        Ok::<_, ()>(Memory {
            category: Some(category.id),
            is_favorite: true,
            is_archived: true,
            version,
            ..memory
        })
    };
    stage.memories.change(owner, marked, None, mark).await.unwrap();

    let any = MemoryFilter::default;
    let tags = |tags: &[&str]| Tags::parse(tags).unwrap();
    let filters = [
        MemoryFilter { category: Some(Filed::In(category.id)), ..any() },
        MemoryFilter { tags: tags(&["thorny"]), ..any() },
        MemoryFilter { tags: tags(&["RED", "thorny"]), ..any() },
        MemoryFilter { is_favorite: Some(true), ..any() },
        MemoryFilter { is_archived: Some(true), ..any() },
        MemoryFilter { from: Some(before), to: Some(after), ..any() },
        MemoryFilter { is_favorite: Some(true), source: Some(MemorySource::Web), ..any() },
    ];
    let none = [
        MemoryFilter { category: Some(Filed::Nowhere), is_favorite: Some(true), ..any() },
        MemoryFilter { tags: tags(&["thorny", "blue"]), ..any() },
        MemoryFilter { source: Some(MemorySource::Whatsapp), ..any() },
        MemoryFilter { from: Some(before), to: Some(before), ..any() },
    ];
    for indexes in [false, true] {
        if indexes {
            stage.index(owner).await;
        }
        // Nothing is near in meaning before it was indexed.
        let modes = if indexes {
            &[SearchMode::Text, SearchMode::Semantic, SearchMode::Hybrid][..]
        } else {
            &[SearchMode::Text]
        };
        for mode in modes {
            for filter in &filters {
                let request = SearchRequest {
                    filter: filter.clone(),
                    ..stage.request("roses in the garden bed", *mode)
                };
                let found = stage.find(owner, &request).await;
                let ids: Vec<_> =
                    found.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();
                assert_eq!(ids, [marked], "{mode:?} {filter:?}");
            }
            for filter in &none {
                let request = SearchRequest {
                    filter: filter.clone(),
                    ..stage.request("roses in the garden bed", *mode)
                };
                assert!(stage.find(owner, &request).await.groups.is_empty(), "{mode:?} {filter:?}");
            }
            let others = MemoryFilter { is_archived: Some(false), ..any() };
            let request = SearchRequest {
                filter: others,
                limit: 50,
                ..stage.request("roses in the garden bed", *mode)
            };
            let found = stage.find(owner, &request).await;
            assert_eq!(found.groups.len(), 31, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_alone_gives_the_newest_first() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let first = stage.save_tagged(owner, "One", "first", &["list"]).await;
    stage.index(owner).await;
    stage.save(owner, "Two", "second").await;
    let third = stage.save_tagged(owner, "Three", "third", &["list"]).await;
    let filter = MemoryFilter { tags: Tags::parse(&["list"]).unwrap(), ..MemoryFilter::default() };
    let request =
        SearchRequest { subject: Subject::Anything, filter, ..stage.request("", SearchMode::Hybrid) };
    let found = stage.find(owner, &request).await;
    let ids: Vec<_> = found.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();
    assert_eq!(ids, [third, first]);
    assert_eq!(found.pending_embeddings, None);
}

#[tokio::test]
async fn a_message_is_filed_where_its_memory_is() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let tagged = stage.save_tagged(owner, "Chat", "with Ada", &["work"]).await;
    let other = stage.save(owner, "Chat", "with Bob").await;
    stage.say(owner, tagged, "the budget is approved").await;
    stage.say(owner, other, "the budget is gone").await;
    let filter = MemoryFilter { tags: Tags::parse(&["work"]).unwrap(), ..MemoryFilter::default() };
    for _ in 0..2 {
        let request = SearchRequest { filter: filter.clone(), ..stage.request("budget", SearchMode::Hybrid) };
        let found = stage.find(owner, &request).await;
        let ids: Vec<_> = found.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();
        assert_eq!(ids, [tagged]);
        stage.index(owner).await;
    }
}
