//! Lists.

use app_domain::{
    Filed, Limit, Memory, MemoryDraft, MemoryFilter, MemoryId, MemoryPatch, MemorySort, MemorySource,
    PageNumber, PageRequest, Patch, SearchText, SortBy, SortOrder,
};

use crate::{Stage, at, first, tags, text, titled, titles};

fn sorted(by: SortBy, order: SortOrder) -> MemorySort {
    MemorySort::new(by, Some(order))
}

#[tokio::test]
async fn reads_every_page_by_number_and_by_cursor() {
    let stage = Stage::new().await;
    for n in 0..7 {
        stage.saved(titled(&n.to_string()), n).await;
    }
    let (memories, owner, all) = (&stage.memories, stage.owner, MemoryFilter::default());
    for sort in [MemorySort::default(), sorted(SortBy::UpdatedAt, SortOrder::Descending)] {
        let all = &all;
        let page = |request| async move { memories.page(owner, all, sort, &request).await.unwrap() };
        let one = page(first(3)).await;
        assert_eq!((titles(&one.items), one.total.count, one.total.is_exact), (vec!["6", "5", "4"], 7, true));
        let by_cursor = page(PageRequest { after: one.next, ..first(3) }).await;
        let number = |n| PageNumber::parse(n, Limit::parse(3).unwrap()).unwrap();
        let by_number = page(PageRequest { number: number(2), ..first(3) }).await;
        assert_eq!(titles(&by_cursor.items), ["3", "2", "1"]);
        assert_eq!((by_number.items, &by_number.next), (by_cursor.items, &by_cursor.next));
        let last = page(PageRequest { after: by_cursor.next, ..first(3) }).await;
        assert_eq!((titles(&last.items), last.next), (vec!["0"], None));
        assert!(page(PageRequest { number: number(9), ..first(3) }).await.items.is_empty());
    }
}

#[tokio::test]
async fn titles_are_ordered_as_in_a_dictionary_with_the_untitled_last() {
    let stage = Stage::new().await;
    for (n, title) in ["note 10", "Zebra", "éclair", "Note 2", "note 2", "apple", "note 2"].iter().enumerate()
    {
        stage.saved(titled(title), n as i64).await;
    }
    stage.saved(MemoryDraft { title: None, ..text("x", "untitled") }, 50).await;
    let all = MemoryFilter::default();
    let (up, _) = stage.all(&all, sorted(SortBy::Title, SortOrder::Ascending), 3).await;
    assert_eq!(titles(&up), ["apple", "éclair", "note 2", "note 2", "Note 2", "note 10", "Zebra", ""]);
    assert!(up[2].id < up[3].id, "the same title: in the order of their making");
    let (mut down, _) = stage.all(&all, sorted(SortBy::Title, SortOrder::Descending), 2).await;
    down.reverse();
    assert_eq!(down, up);
}

#[tokio::test]
async fn each_filter_leaves_what_fits() {
    let stage = Stage::new().await;
    let (work, home) = (stage.category("Work").await, stage.category("Home").await);
    let drafts = [
        MemoryDraft { category: Some(work), tags: tags(&["Urgent", "tax"]), ..text("a", "call Maria") },
        MemoryDraft { category: Some(work), is_favorite: true, tags: tags(&["urgent"]), ..titled("b") },
        MemoryDraft {
            category: Some(home),
            is_archived: true,
            tags: tags(&["tax"]),
            ..text("c", "MARÍA, maria")
        },
        MemoryDraft { is_favorite: true, is_archived: true, ..titled("maria d") },
    ];
    for (n, draft) in (0..).zip(drafts) {
        stage.saved(draft, n * 1000).await;
    }
    let whatsapp =
        Memory::new(MemoryId::new(at(9000)), stage.owner, MemorySource::Whatsapp, titled("e"), at(9000))
            .unwrap();
    stage.memories.create(&whatsapp).await.unwrap();

    let none = MemoryFilter::default;
    let search = |text: &str| SearchText::parse(text).ok();
    for (filter, expected) in [
        (none(), "abcde"),
        (MemoryFilter { category: Some(Filed::In(work)), ..none() }, "ab"),
        (MemoryFilter { category: Some(Filed::Nowhere), ..none() }, "de"),
        (MemoryFilter { category: Some(Filed::In(app_domain::CategoryId::new(at(0)))), ..none() }, ""),
        (MemoryFilter { tags: tags(&["URGENT"]), ..none() }, "ab"),
        (MemoryFilter { tags: tags(&["urgent", "tax"]), ..none() }, "a"),
        (MemoryFilter { tags: tags(&["tax"]), category: Some(Filed::In(home)), ..none() }, "c"),
        (MemoryFilter { is_favorite: Some(true), ..none() }, "bd"),
        (MemoryFilter { is_archived: Some(false), ..none() }, "abe"),
        (MemoryFilter { is_archived: Some(true), is_favorite: Some(false), ..none() }, "c"),
        (MemoryFilter { source: Some(MemorySource::Whatsapp), ..none() }, "e"),
        (MemoryFilter { source: Some(MemorySource::Web), tags: tags(&["tax"]), ..none() }, "ac"),
        (MemoryFilter { source: Some(MemorySource::Api), ..none() }, ""),
        (MemoryFilter { from: Some(at(1000)), to: Some(at(2000)), ..none() }, "bc"),
        (MemoryFilter { from: Some(at(1001)), ..none() }, "cde"),
        (MemoryFilter { to: Some(at(999)), tags: tags(&["tax"]), ..none() }, "a"),
        (MemoryFilter { from: Some(at(2)), to: Some(at(1)), ..none() }, ""),
        (MemoryFilter { search: search("maria"), ..none() }, "acd"),
        (MemoryFilter { search: search("María"), ..none() }, "c"),
        (MemoryFilter { search: search("maria"), is_archived: Some(false), ..none() }, "a"),
        (MemoryFilter { search: search("nobody"), ..none() }, ""),
    ] {
        for by in [SortBy::CreatedAt, SortBy::UpdatedAt, SortBy::Title] {
            for limit in [1, 2, 10] {
                let (found, totals) = stage.all(&filter, sorted(by, SortOrder::Ascending), limit).await;
                let mut found: String =
                    titles(&found).iter().map(|title| title.chars().last().unwrap_or_default()).collect();
                if by == SortBy::Title {
                    let mut letters: Vec<char> = found.chars().collect();
                    letters.sort_unstable();
                    found = letters.into_iter().collect();
                }
                assert_eq!(found, expected, "{filter:?} {by:?} {limit}");
                assert_eq!(totals[0], expected.len() as u64, "{filter:?} {by:?} {limit}");
            }
        }
    }
}

#[tokio::test]
async fn a_memory_that_was_changed_is_the_last_updated() {
    let stage = Stage::new().await;
    let mut made = Vec::new();
    for n in 0..3 {
        made.push(stage.saved(MemoryDraft { tags: tags(&["t"]), ..titled(&n.to_string()) }, n).await);
    }
    let patch = MemoryPatch { is_favorite: Patch::Set(true), ..MemoryPatch::default() };
    stage.change(made[0].id, patch, 10).await.unwrap();
    let sort = sorted(SortBy::UpdatedAt, SortOrder::Descending);
    for filter in [MemoryFilter::default(), MemoryFilter { tags: tags(&["t"]), ..MemoryFilter::default() }] {
        assert_eq!(titles(&stage.all(&filter, sort, 2).await.0), ["0", "2", "1"]);
    }
}

#[tokio::test]
async fn a_page_of_large_memories_is_whole() {
    let stage = Stage::new().await;
    for n in 0..40 {
        stage.saved(text(&n.to_string(), &"x".repeat(60_000)), n).await;
    }
    for sort in [MemorySort::default(), sorted(SortBy::UpdatedAt, SortOrder::Descending)] {
        let page =
            stage.memories.page(stage.owner, &MemoryFilter::default(), sort, &first(35)).await.unwrap();
        assert_eq!((page.items.len(), titles(&page.items)[34], page.next.is_some()), (35, "5", true));
    }
}

#[tokio::test]
async fn nobody_sees_the_memories_of_another() {
    let stage = Stage::new().await;
    stage.saved(MemoryDraft { tags: tags(&["t"]), ..titled("mine") }, 0).await;
    let stranger = app_domain::UserId::new(at(0));
    for filter in [MemoryFilter::default(), MemoryFilter { tags: tags(&["t"]), ..MemoryFilter::default() }] {
        let page = stage.memories.page(stranger, &filter, MemorySort::default(), &first(5)).await.unwrap();
        assert_eq!((page.items.len(), page.total.count), (0, 0));
    }
}
