//! Any sequence of changes leaves lists, counts and the trash equal to those of a naive model.

use std::collections::BTreeMap;

use app_domain::{
    CategoryId, Filed, Memory, MemoryDraft, MemoryFilter, MemoryId, MemoryPatch, MemorySort, MemoryTitle,
    Patch, SortBy, SortOrder, Tag, Tags,
};
use app_store::{Categories, Removal, UsedTags};
use app_testing::vault;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::{Stage, at};

const TITLES: [&str; 6] = ["note 2", "note 10", "Éclair", "eclair", "Zebra", "note 2"];
const TAGS: [&str; 3] = ["Sea", "work/home", "日本"];

#[derive(Debug, Clone)]
enum Step {
    Create { title: usize, category: Option<usize>, tags: Vec<&'static str>, marks: (bool, bool) },
    Retitle(Index, usize),
    Mark(Index, bool, bool),
    Retag(Index, Vec<&'static str>),
    Move(Index, Option<usize>),
    RenameTag(&'static str, Option<&'static str>),
    Trash(Index),
    Restore(Index),
    Purge(Index),
    DeleteCategory(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let tags = || subsequence(TAGS.to_vec(), 0..=3);
    let category = || proptest::option::of(0..2_usize);
    let tag = || proptest::sample::select(TAGS.to_vec());
    let any_one = any::<Index>;
    prop_oneof![
        6 => (0..TITLES.len(), category(), tags(), any::<(bool, bool)>())
            .prop_map(|(title, category, tags, marks)| Step::Create { title, category, tags, marks }),
        2 => (any_one(), 0..TITLES.len()).prop_map(|(one, title)| Step::Retitle(one, title)),
        2 => (any_one(), any::<bool>(), any::<bool>()).prop_map(|(one, a, f)| Step::Mark(one, a, f)),
        2 => (any_one(), tags()).prop_map(|(one, tags)| Step::Retag(one, tags)),
        2 => (any_one(), category()).prop_map(|(one, category)| Step::Move(one, category)),
        1 => (tag(), proptest::option::of(tag())).prop_map(|(from, to)| Step::RenameTag(from, to)),
        3 => any_one().prop_map(Step::Trash),
        2 => any_one().prop_map(Step::Restore),
        1 => any_one().prop_map(Step::Purge),
        1 => (0..2_usize).prop_map(Step::DeleteCategory),
    ]
}

/// What should be there, kept in the simplest way.
struct Model {
    stage: Stage,
    categories: Vec<CategoryId>,
    live: BTreeMap<MemoryId, Memory>,
    trash: BTreeMap<MemoryId, Memory>,
    now: i64,
}

impl Model {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let categories = vec![stage.category("One").await, stage.category("Two").await];
        Self { stage, categories, live: BTreeMap::new(), trash: BTreeMap::new(), now: 0 }
    }

    fn pick(one: Index, from: &BTreeMap<MemoryId, Memory>) -> Option<MemoryId> {
        (!from.is_empty()).then(|| *one.get(&from.keys().collect::<Vec<_>>()).to_owned())
    }

    async fn patch(&mut self, one: Index, patch: MemoryPatch) {
        let Some(id) = Self::pick(one, &self.live) else { return };
        let expected = self.live[&id].clone().patched(patch.clone(), at(self.now)).unwrap();
        assert_eq!(self.stage.change(id, patch, self.now).await.unwrap(), expected);
        self.live.insert(id, expected);
    }

    /// Files or tags memories otherwise; how many that are.
    fn refile(&mut self, change: impl Fn(Memory) -> Memory) -> u64 {
        let mut changed = 0;
        for memory in self.live.values_mut() {
            let after = change(memory.clone());
            if after != *memory {
                *memory = Memory { version: memory.version.next(), ..after };
                changed += 1;
            }
        }
        changed
    }

    fn category(&self, place: Option<usize>) -> Option<CategoryId> {
        place.and_then(|place| self.categories.get(place)).copied()
    }

    async fn take(&mut self, step: Step) {
        self.now += 1;
        let (memories, owner) = (self.stage.memories.clone(), self.stage.owner);
        let tags = |tags: &[&str]| Tags::parse(tags).unwrap();
        match step {
            Step::Create { title, category, tags: names, marks } => {
                let draft = MemoryDraft {
                    title: MemoryTitle::parse(TITLES[title]).ok(),
                    category: self.category(category),
                    tags: tags(&names),
                    is_archived: marks.0,
                    is_favorite: marks.1,
                    ..MemoryDraft::default()
                };
                let memory = self.stage.saved(draft, self.now).await;
                self.live.insert(memory.id, memory);
            }
            Step::Retitle(one, title) => {
                let title = Patch::Set(MemoryTitle::parse(TITLES[title]).unwrap());
                self.patch(one, MemoryPatch { title, ..MemoryPatch::default() }).await;
            }
            Step::Mark(one, archived, favorite) => {
                let (is_archived, is_favorite) = (Patch::Set(archived), Patch::Set(favorite));
                self.patch(one, MemoryPatch { is_archived, is_favorite, ..MemoryPatch::default() }).await;
            }
            Step::Retag(one, names) => {
                self.patch(one, MemoryPatch { tags: Patch::Set(tags(&names)), ..MemoryPatch::default() })
                    .await;
            }
            Step::Move(one, category) => {
                let category = self.category(category).map_or(Patch::Clear, Patch::Set);
                self.patch(one, MemoryPatch { category, ..MemoryPatch::default() }).await;
            }
            Step::RenameTag(from, to) => {
                let (from, to) = (Tag::parse(from).unwrap(), to.map(|to| Tag::parse(to).unwrap()));
                let retagged = memories.retag_some(owner, &from, to.as_ref(), None, 100).await.unwrap();
                let expected = self.refile(|memory| memory.retagged(&from, to.as_ref()));
                assert_eq!((retagged.memories, retagged.next), (expected, None));
            }
            Step::Trash(one) => {
                let Some(id) = Self::pick(one, &self.live) else { return };
                assert_eq!(memories.trash(owner, id, None, at(self.now)).await.unwrap(), Removal::Done);
                let memory = self.live.remove(&id).unwrap();
                self.trash.insert(id, memory);
            }
            Step::Restore(one) => {
                let Some(id) = Self::pick(one, &self.trash) else { return };
                let memory = self.trash.remove(&id).unwrap();
                let category = memory.category.filter(|category| self.categories.contains(category));
                let expected = Memory { version: memory.version.next(), category, ..memory };
                assert_eq!(memories.restore(owner, id).await.unwrap(), Some(expected.clone()));
                self.live.insert(id, expected);
            }
            Step::Purge(one) => {
                let Some(id) = Self::pick(one, &self.trash) else { return };
                assert!(memories.purge(owner, id, at(self.now)).await.unwrap());
                self.trash.remove(&id);
            }
            Step::DeleteCategory(place) => {
                let Some(category) = self.category(Some(place)) else { return };
                let store = Categories::new(self.stage.table.clone(), vault(&self.stage.table));
                store.delete(owner, category, None, at(self.now)).await.unwrap();
                self.categories.remove(place);
                let cleared = memories.clear_some(owner, category, None, 100).await.unwrap();
                let expected = self.refile(|memory| match memory.category {
                    Some(filed) if filed == category => memory.filed(None),
                    _ => memory,
                });
                assert_eq!((cleared.memories, cleared.next), (expected, None));
            }
        }
    }

    fn expected(&self, filter: &MemoryFilter, sort: MemorySort) -> Vec<Memory> {
        let fits = |memory: &&Memory| {
            filter.category.is_none_or(|filed| filed == Filed::from(memory.category))
                && filter.tags.each().all(|tag| memory.tags.contains(tag))
                && filter.is_archived.is_none_or(|mark| mark == memory.is_archived)
                && filter.is_favorite.is_none_or(|mark| mark == memory.is_favorite)
                && filter.from.is_none_or(|from| memory.created_at >= from)
        };
        let mut found: Vec<Memory> = self.live.values().filter(fits).cloned().collect();
        // The order of the titles, said by hand: the collation itself has a test of its own.
        let rank = |memory: &Memory| {
            let order = ["eclair", "Éclair", "note 2", "note 10", "Zebra"];
            let title = memory.title.as_ref().map_or("", MemoryTitle::as_str);
            order.iter().position(|one| *one == title)
        };
        match sort.by {
            SortBy::CreatedAt => found.sort_by_key(|memory| memory.id),
            SortBy::UpdatedAt => found.sort_by_key(|memory| (memory.updated_at, memory.id)),
            SortBy::Title => found.sort_by_key(|memory| (rank(memory), memory.id)),
        }
        if sort.order == SortOrder::Descending {
            found.reverse();
        }
        found
    }

    async fn check(&self) {
        let none = MemoryFilter::default;
        let mut filters = vec![
            none(),
            MemoryFilter { is_archived: Some(false), ..none() },
            MemoryFilter { is_favorite: Some(true), ..none() },
            MemoryFilter { category: Some(Filed::Nowhere), ..none() },
            MemoryFilter { tags: Tags::parse(&["sea", "日本"]).unwrap(), ..none() },
            MemoryFilter { from: Some(at(self.now / 2)), ..none() },
        ];
        filters.extend(TAGS.iter().map(|tag| MemoryFilter { tags: Tags::parse(&[tag]).unwrap(), ..none() }));
        let filed =
            self.categories.iter().map(|id| MemoryFilter { category: Some(Filed::In(*id)), ..none() });
        filters.extend(filed);
        for filter in filters {
            for by in [SortBy::CreatedAt, SortBy::UpdatedAt, SortBy::Title] {
                for order in [SortOrder::Ascending, SortOrder::Descending] {
                    let sort = MemorySort { by, order };
                    let expected = self.expected(&filter, sort);
                    let (found, totals) = self.stage.all(&filter, sort, 3).await;
                    assert_eq!(found, expected, "{filter:?} {sort:?}");
                    assert!(
                        totals.iter().all(|total| *total == expected.len() as u64),
                        "{filter:?} {totals:?}"
                    );
                }
            }
        }
        let used = UsedTags::new(self.stage.table.clone());
        let tags = used.beginning_with(self.stage.owner, None, 100).await.unwrap();
        let counted: BTreeMap<String, u64> =
            tags.into_iter().map(|tag| (tag.tag.folded(), tag.memory_count)).collect();
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for tag in self.live.values().flat_map(|memory| memory.tags.each()) {
            *expected.entry(tag.folded()).or_default() += 1;
        }
        assert_eq!(counted, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_and_counts_are_those_of_a_naive_model(steps in proptest::collection::vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new().await;
            for step in steps {
                model.take(step).await;
            }
            model.check().await;
            // Nothing is left of them when all are purged.
            let ids: Vec<MemoryId> = model.live.keys().copied().collect();
            for id in ids {
                model.stage.memories.trash(model.stage.owner, id, None, at(model.now)).await.unwrap();
                model.trash.insert(id, model.live[&id].clone());
            }
            for id in model.trash.keys() {
                assert!(model.stage.memories.purge(model.stage.owner, *id, at(model.now)).await.unwrap());
            }
            let left = model.stage.meter.keys().await;
            let of_the_person =
                ["CAT#", "CATNAME#", "CATEGORIES", "CATEGORY#", "COUNTERS", "DATAKEY#"].map(|sk| format!(" {sk}"));
            let of_memories: Vec<&String> =
                left.iter().filter(|key| of_the_person.iter().all(|sk| !key.contains(sk))).collect();
            assert_eq!(of_memories, Vec::<&String>::new());
        });
    }
}
