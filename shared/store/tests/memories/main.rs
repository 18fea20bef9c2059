//! Memories in a real table: changes, lists, the trash, versions, and what each call costs.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

mod change;
mod cost;
mod lists;
mod model;
mod trash;
mod versions;

use app_domain::{
    Category, CategoryDraft, CategoryId, CategoryName, Content, Limit, ListPosition, Memory, MemoryDraft,
    MemoryFilter, MemoryId, MemoryPatch, MemorySort, MemorySource, MemoryTitle, PageNumber, PageRequest,
    Tags, Timestamp, UserId,
};
use app_store::{Categories, CategoryCreation, ChangeError, Creation, Memories, Table};
use app_testing::{Meter, metered_table, vault};
use serde_json::json;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

/// A person with memories in a table of their own.
struct Stage {
    table: Table,
    meter: Meter,
    memories: Memories,
    owner: UserId,
}

impl Stage {
    async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let memories = Memories::new(table.clone(), vault(&table));
        Self { table, meter, memories, owner: UserId::new(at(0)) }
    }

    async fn category(&self, name: &str) -> CategoryId {
        let draft = CategoryDraft {
            name: CategoryName::parse(name).unwrap(),
            description: None,
            icon: None,
            color: None,
            sort_order: None,
        };
        let category = Category::new(self.owner, draft, &[], at(0));
        let categories = Categories::new(self.table.clone(), vault(&self.table));
        assert_eq!(categories.create(&category).await.unwrap(), CategoryCreation::Done);
        category.id
    }

    fn memory(&self, draft: MemoryDraft, millis: i64) -> Memory {
        Memory::new(MemoryId::new(at(millis)), self.owner, MemorySource::Web, draft, at(millis)).unwrap()
    }

    async fn saved(&self, draft: MemoryDraft, millis: i64) -> Memory {
        let memory = self.memory(draft, millis);
        assert!(matches!(self.memories.create(&memory).await.unwrap(), Creation::Saved { .. }));
        memory
    }

    async fn change(
        &self,
        id: MemoryId,
        patch: MemoryPatch,
        millis: i64,
    ) -> Result<Memory, ChangeError<app_domain::InvalidMemory>> {
        let change = |memory: Memory| memory.patched(patch.clone(), at(millis));
        self.memories.change(self.owner, id, None, change).await
    }

    /// Every memory of a list, read page by page, and the total that each page gave.
    async fn all(&self, filter: &MemoryFilter, sort: MemorySort, limit: u32) -> (Vec<Memory>, Vec<u64>) {
        let (mut memories, mut totals, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let request = PageRequest { after, ..first(limit) };
            let page = self.memories.page(self.owner, filter, sort, &request).await.unwrap();
            totals.push(page.total.count);
            memories.extend(page.items);
            after = page.next;
            if after.is_none() {
                return (memories, totals);
            }
        }
    }
}

fn titled(title: &str) -> MemoryDraft {
    MemoryDraft { title: Some(MemoryTitle::parse(title).unwrap()), ..MemoryDraft::default() }
}

fn text(title: &str, text: &str) -> MemoryDraft {
    MemoryDraft { content: Content::parse(json!({"text": text})).ok(), ..titled(title) }
}

fn tags(names: &[&str]) -> Tags {
    Tags::parse(names).unwrap()
}

fn first(limit: u32) -> PageRequest<ListPosition> {
    PageRequest { number: PageNumber::default(), limit: Limit::parse(limit).unwrap(), after: None }
}

fn titles(memories: &[Memory]) -> Vec<&str> {
    memories.iter().map(|memory| memory.title.as_ref().map_or("", MemoryTitle::as_str)).collect()
}
