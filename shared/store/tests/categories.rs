//! Categories, tags and due work in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{
    Category, CategoryDraft, CategoryId, CategoryName, CategoryPatch, Description, Memory, MemoryDraft,
    MemoryId, MemorySource, MemoryTitle, Patch, Tag, Tags, Timestamp, UserId,
};
use app_store::{
    Categories, CategoryCreation, CategoryError, Creation, Due, DueKind, DueWork, Memories, Table, UsedTags,
};
use app_testing::{table, vault};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

struct Stage {
    table: Table,
    categories: Categories,
    memories: Memories,
    tags: UsedTags,
    owner: UserId,
}

impl Stage {
    async fn new() -> Self {
        let table = table().await;
        let vault = vault(&table);
        Self {
            categories: Categories::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault),
            tags: UsedTags::new(table.clone()),
            owner: UserId::new(at(0)),
            table,
        }
    }

    fn draft(&self, name: &str) -> Category {
        let draft = CategoryDraft {
            name: CategoryName::parse(name).unwrap(),
            description: Description::parse("What belongs into it").ok(),
            icon: None,
            color: None,
            sort_order: None,
        };
        Category::new(self.owner, draft, &[], at(0))
    }

    async fn made(&self, name: &str) -> Category {
        let category = self.draft(name);
        assert_eq!(self.categories.create(&category).await.unwrap(), CategoryCreation::Done);
        category
    }

    async fn saved(&self, category: Option<CategoryId>, tags: &[&str], is_favorite: bool) -> MemoryId {
        let draft = MemoryDraft {
            title: MemoryTitle::parse("A memory").ok(),
            category,
            tags: Tags::parse(tags).unwrap(),
            is_favorite,
            ..MemoryDraft::default()
        };
        let (id, now) = (MemoryId::new(at(0)), at(0));
        let memory = Memory::new(id, self.owner, MemorySource::Web, draft, now).unwrap();
        let made = self.memories.create(&memory).await.unwrap();
        assert!(matches!(made, Creation::Saved { .. }), "{made:?}");
        id
    }

    async fn renamed(&self, id: CategoryId, name: &str) -> Result<Category, CategoryError> {
        let patch = CategoryPatch { name: CategoryName::parse(name).ok(), ..CategoryPatch::default() };
        self.categories.patch(self.owner, id, None, &patch, at(1)).await
    }

    async fn changed(&self, id: CategoryId, patch: &CategoryPatch) {
        self.categories.patch(self.owner, id, None, patch, at(1)).await.unwrap();
    }

    async fn names(&self) -> Vec<String> {
        let all = self.categories.all(self.owner).await.unwrap();
        all.iter().map(|category| category.name.as_str().to_owned()).collect()
    }

    async fn count(&self, id: CategoryId) -> u64 {
        self.categories.get(self.owner, id).await.unwrap().unwrap().memory_count
    }

    async fn used(&self, prefix: Option<&str>) -> Vec<(String, u64)> {
        let prefix = prefix.map(tag);
        let used = self.tags.beginning_with(self.owner, prefix.as_ref(), 1000).await.unwrap();
        used.iter().map(|used| (used.tag.as_str().to_owned(), used.memory_count)).collect()
    }
}

#[tokio::test]
async fn gives_back_what_was_made_to_its_owner_alone() {
    let stage = Stage::new().await;
    let made = stage.made("Recipes").await;
    assert_eq!(stage.categories.get(stage.owner, made.id).await.unwrap(), Some(made.clone()));
    assert_eq!(stage.categories.all(stage.owner).await.unwrap(), std::slice::from_ref(&made));
    let stranger = UserId::new(at(0));
    assert_eq!(stage.categories.get(stranger, made.id).await.unwrap(), None);
    assert!(stage.categories.all(stranger).await.unwrap().is_empty());
    let theirs = stage.categories.delete(stranger, made.id, None, at(1)).await;
    assert!(matches!(theirs, Err(CategoryError::Missing)));
}

#[tokio::test]
async fn a_name_is_one_categorys_whatever_its_case() {
    let stage = Stage::new().await;
    let (cafe, other) = (stage.made("Café").await, stage.made("Other").await);
    let taken = stage.categories.create(&stage.draft("CAFE\u{301}")).await.unwrap();
    assert_eq!(taken, CategoryCreation::NameTaken);
    assert!(matches!(stage.renamed(other.id, "cafÉ").await, Err(CategoryError::NameTaken)));
    // Its own name in another case is free, and the name it gave up is too.
    assert_eq!(stage.renamed(cafe.id, "CAFÉ").await.unwrap().version.get(), 2);
    stage.renamed(cafe.id, "Bar").await.unwrap();
    stage.renamed(other.id, "café").await.unwrap();
    stage.categories.delete(stage.owner, other.id, None, at(2)).await.unwrap();
    stage.made("Café").await;
}

#[tokio::test]
async fn nobody_has_more_than_a_hundred_even_if_all_are_made_at_once() {
    let stage = Stage::new().await;
    for n in 0..95 {
        stage.made(&n.to_string()).await;
    }
    let new: Vec<Category> = (95..110).map(|n| stage.draft(&n.to_string())).collect();
    let made = futures_util::future::join_all(new.iter().map(|new| stage.categories.create(new))).await;
    let made: Vec<CategoryCreation> = made.into_iter().map(Result::unwrap).collect();
    assert_eq!(made.iter().filter(|made| **made == CategoryCreation::Done).count(), 5, "{made:?}");
    let names = stage.names().await;
    assert_eq!(names.len(), 100);
    let first = stage.categories.all(stage.owner).await.unwrap()[0].id;
    stage.categories.delete(stage.owner, first, None, at(1)).await.unwrap();
    stage.made("room for one").await;
    let one_more = stage.categories.create(&stage.draft("too many")).await.unwrap();
    assert_eq!(one_more, CategoryCreation::TooMany);
}

#[tokio::test]
async fn a_change_keeps_the_counts_and_a_stale_one_is_refused() {
    let stage = Stage::new().await;
    let made = stage.made("Recipes").await;
    stage.saved(Some(made.id), &[], true).await;
    stage.saved(Some(made.id), &[], false).await;
    let patch = CategoryPatch { description: Patch::Clear, sort_order: Some(7), ..CategoryPatch::default() };
    let after =
        stage.categories.patch(stage.owner, made.id, Some(made.version), &patch, at(1)).await.unwrap();
    assert_eq!((after.memory_count, &after.description, after.sort_order), (2, &None, 7));
    assert_eq!(stage.categories.get(stage.owner, made.id).await.unwrap(), Some(after));
    let stale = stage.categories.patch(stage.owner, made.id, Some(made.version), &patch, at(2)).await;
    assert!(matches!(stale, Err(CategoryError::Stale)));
    let stale = stage.categories.delete(stage.owner, made.id, Some(made.version), at(2)).await;
    assert!(matches!(stale, Err(CategoryError::Stale)));
}

#[tokio::test]
async fn changes_and_memories_at_the_same_time_are_all_kept() {
    let stage = Stage::new().await;
    let made = stage.made("Recipes").await;
    let memories = (0..10).map(|n| stage.saved(Some(made.id), &["busy"], n % 2 == 0));
    let patches: Vec<CategoryPatch> =
        (0..5).map(|n| CategoryPatch { sort_order: Some(n), ..CategoryPatch::default() }).collect();
    let changes = patches.iter().map(|patch| stage.changed(made.id, patch));
    tokio::join!(futures_util::future::join_all(memories), futures_util::future::join_all(changes));
    let after = stage.categories.get(stage.owner, made.id).await.unwrap().unwrap();
    assert_eq!((after.memory_count, after.version.get()), (10, 6));
    assert_eq!(stage.used(None).await, [("busy".to_owned(), 10)]);
}

#[tokio::test]
async fn an_order_names_all_of_them_once() {
    let stage = Stage::new().await;
    let (a, b, c) = (stage.made("a").await.id, stage.made("b").await.id, stage.made("c").await.id);
    let order = |ids: Vec<CategoryId>| {
        let (categories, owner) = (stage.categories.clone(), stage.owner);
        async move { categories.order(owner, &ids, at(1)).await.unwrap() }
    };
    let ordered = order(vec![c, a, b]).await.unwrap();
    let places: Vec<_> = ordered.iter().map(|category| (category.id, category.sort_order)).collect();
    assert_eq!(places, [(c, 0), (a, 1), (b, 2)]);
    assert_eq!(stage.categories.all(stage.owner).await.unwrap(), ordered);
    // Asked for again it changes nothing.
    assert_eq!(order(vec![c, a, b]).await.unwrap(), ordered);
    for wrong in [vec![], vec![a, b], vec![a, a, b], vec![a, b, c, c], vec![a, b, CategoryId::new(at(0))]] {
        assert!(order(wrong).await.is_none());
    }
    assert_eq!(stage.names().await, ["c", "a", "b"]);
}

#[tokio::test]
async fn a_deleted_category_is_cleared_and_due_until_it_is() {
    let stage = Stage::new().await;
    let (gone, kept) = (stage.made("gone").await, stage.made("kept").await);
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(stage.saved(Some(gone.id), &[], n % 2 == 0).await);
    }
    let other = stage.saved(Some(kept.id), &[], false).await;
    let before = stage.categories.delete(stage.owner, gone.id, None, at(5)).await.unwrap();
    assert_eq!(before.memory_count, 7);
    let work = DueWork { kind: DueKind::Category, owner: stage.owner, id: gone.id.as_uuid() };
    let due = Due::new(stage.table.clone());
    assert_eq!(due.page(&at(5).day(), None, 10).await.unwrap().items, [work]);

    let mut cleared = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let some = stage.memories.clear_some(stage.owner, gone.id, after.as_deref(), 3).await.unwrap();
        cleared.push(some.memories);
        after = some.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(cleared, [3, 3, 1]);
    for id in ids {
        let memory = stage.memories.get(stage.owner, id).await.unwrap().unwrap();
        // Filed otherwise it is not newer.
        assert_eq!((memory.category, memory.updated_at), (None, at(0)));
    }
    let other = stage.memories.get(stage.owner, other).await.unwrap().unwrap();
    assert_eq!((other.category, stage.count(kept.id).await), (Some(kept.id), 1));
    due.done(&at(5).day(), work).await.unwrap();
    assert!(due.page(&at(5).day(), None, 10).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn tags_are_found_by_their_beginning_and_counted() {
    let stage = Stage::new().await;
    for tags in [&["Travel", "a/b"][..], &["travel", "Train"], &["TRAVEL", "Éclair"], &["x"]] {
        stage.saved(None, tags, false).await;
    }
    let counted = |tags: &[(&str, u64)]| -> Vec<(String, u64)> {
        tags.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    };
    assert_eq!(stage.used(Some("TRA")).await, counted(&[("Train", 1), ("Travel", 3)]));
    assert_eq!(stage.used(Some("e\u{301}")).await, counted(&[("Éclair", 1)]));
    assert_eq!(stage.used(Some("e")).await, counted(&[]));
    let all = counted(&[("a/b", 1), ("Train", 1), ("Travel", 3), ("x", 1), ("Éclair", 1)]);
    assert_eq!(stage.used(None).await, all);
    let two = stage.tags.beginning_with(stage.owner, None, 2).await.unwrap();
    assert_eq!(two.len(), 2);
    assert_eq!(stage.tags.get(stage.owner, &tag("tRaVeL")).await.unwrap().unwrap().memory_count, 3);
    assert_eq!(stage.tags.get(UserId::new(at(0)), &tag("travel")).await.unwrap(), None);
}

#[tokio::test]
async fn a_tag_is_replaced_where_it_is_and_gone_with_its_last_memory() {
    let stage = Stage::new().await;
    for n in 0..5 {
        stage.saved(None, &["trip", "sea"], n % 2 == 0).await;
    }
    let both = stage.saved(None, &["Trips", "trip"], false).await;
    let (from, to) = (tag("TRIP"), tag("trips"));
    let some = stage.memories.retag_some(stage.owner, &from, Some(&to), None, 4).await.unwrap();
    assert_eq!(some.memories, 4);
    let rest = some.next.as_deref();
    let some = stage.memories.retag_some(stage.owner, &from, Some(&to), rest, 4).await.unwrap();
    assert_eq!((some.memories, some.next), (2, None));
    assert_eq!(stage.used(None).await, [("sea".to_owned(), 5), ("Trips".to_owned(), 6)]);
    let memory = stage.memories.get(stage.owner, both).await.unwrap().unwrap();
    assert_eq!(memory.tags.iter().count(), 1);

    stage.memories.retag_some(stage.owner, &to, None, None, 100).await.unwrap();
    assert_eq!(stage.used(None).await, [("sea".to_owned(), 5)]);
    stage.tags.respell(stage.owner, &tag("SEA")).await.unwrap();
    stage.tags.respell(stage.owner, &tag("gone")).await.unwrap();
    assert_eq!(stage.used(None).await, [("SEA".to_owned(), 5)]);
}

#[tokio::test]
async fn due_work_is_read_page_by_page_in_whatever_state_it_is() {
    let stage = Stage::new().await;
    let mut gone = Vec::new();
    for n in 0..5 {
        let category = stage.made(&n.to_string()).await;
        stage.categories.delete(stage.owner, category.id, None, at(0)).await.unwrap();
        gone.push(category.id.as_uuid());
    }
    let due = Due::new(stage.table.clone());
    let (mut found, mut seen) = (Vec::new(), None);
    loop {
        let page = due.page(&at(0).day(), seen.as_deref(), 2).await.unwrap();
        assert_eq!(page.unknown, 0);
        found.extend(page.items.iter().map(|work| work.id));
        seen = page.next;
        if seen.is_none() {
            break;
        }
    }
    assert_eq!(found, gone);
    assert!(due.page("2026-11-19", None, 10).await.unwrap().items.is_empty());
}
