//! Lists of memories: any filter in any order, at the cost of the page.
//!
//! A list is read from one shelf: the smallest of those that the filter names. Its rows are read at once and merged. What else the
//! filter asks for is compared with the entries, which hold everything but the text. An entry that is compared costs a
//! fraction of a read unit, and a request compares a bounded number of them: a page may then hold less than was asked for,
//! and a cursor leads on.

use app_domain::{
    ListPosition, Memory, MemoryFilter, MemoryId, MemorySort, MemoryTitle, Page, PageRequest, SortOrder,
    StoreError, Total, UserId,
};

use crate::keys::{self, MEMORY_PREFIX};
use crate::list_plan::Plan;
use crate::list_rows::between;
use crate::memories::Memories;
use crate::shelf::Entry;
use crate::table::{self, from_item};

/// How many memories one request opens to look for a text in them.
const SEARCHED: usize = 1_000;
/// How many of them at once.
const SEARCHED_AT_ONCE: usize = 100;
/// How much text one request looks through.
const SEARCHED_BYTES: usize = 8 << 20;

impl Memories {
    /// A page of a person's memories. `total` is exact unless text, or marks on more memories than can be counted at once, decide
    /// what is in the list.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        owner: UserId,
        filter: &MemoryFilter,
        sort: MemorySort,
        request: &PageRequest<ListPosition>,
    ) -> Result<Page<Memory, ListPosition>, StoreError> {
        let plan = self.plan(owner, filter, sort).await?;
        // The counters of a category go with it, before its memories are filed otherwise.
        if plan.shelved == 0 || plan.made.0 > plan.made.1 {
            return Ok(Page { items: Vec::new(), total: 0.into(), next: None });
        }
        let skip = if request.after.is_some() { 0 } else { request.number.skipped(request.limit) as usize };
        let wanted = Wanted { skip, limit: request.limit.get() as usize, after: request.after.as_ref() };
        if let Some(search) = &filter.search {
            let fits = |memory: &Memory| {
                let title = memory.title.as_ref().map_or("", MemoryTitle::as_str);
                search.is_in(title) || search.is_in(&memory.body_text())
            };
            return self.searched(&plan, &wanted, fits).await;
        }
        let (total, (items, next)) = tokio::try_join!(self.counted(&plan), async {
            if plan.is_plain() && skip == 0 {
                self.plain(&plan, &wanted).await
            } else {
                self.shelved(&plan, &wanted).await
            }
        })?;
        let next = next.map(|key| ListPosition { by: sort.by, key });
        Ok(Page { items, total, next })
    }

    /// The newest memories, read as they are: nothing but time decides.
    async fn plain(
        &self,
        plan: &Plan,
        wanted: &Wanted<'_>,
    ) -> Result<(Vec<Memory>, Option<String>), StoreError> {
        let Some((from, to)) = plan.ids(wanted.after) else { return Ok((Vec::new(), None)) };
        let (from, to) = (format!("{MEMORY_PREFIX}{from}"), format!("{MEMORY_PREFIX}{to}"));
        let mut memories: Vec<Memory> = Vec::new();
        let mut start = None;
        // One more than the page tells whether another page follows. A megabyte may end before.
        while memories.len() <= wanted.limit {
            let left = wanted.limit + 1 - memories.len();
            let answer = between(self.query_partition(keys::owner(plan.owner)), keys::SK, &from, &to)
                .scan_index_forward(plan.sort.order == SortOrder::Ascending)
                .limit(i32::try_from(left).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(table::failed)?;
            for item in answer.items.unwrap_or_default() {
                memories.push(self.items.whole(from_item(item)?).await?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = memories.len() > wanted.limit;
        memories.truncate(wanted.limit);
        let next = memories.last().filter(|_| more).map(|memory| memory.id.to_string());
        Ok((memories, next))
    }

    async fn shelved(
        &self,
        plan: &Plan,
        wanted: &Wanted<'_>,
    ) -> Result<(Vec<Memory>, Option<String>), StoreError> {
        let end = wanted.skip + wanted.limit;
        let (mut entries, reach) = self.entries(plan, wanted.after, end + 1).await?;
        let next = if entries.len() > end {
            entries.truncate(end);
            entries.last().map(|entry| entry.key(plan.sort.by).to_owned())
        } else {
            reach
        };
        entries.drain(..wanted.skip.min(entries.len()));
        Ok((self.opened(plan.owner, &entries).await?, next))
    }

    async fn searched(
        &self,
        plan: &Plan,
        wanted: &Wanted<'_>,
        fits: impl Fn(&Memory) -> bool,
    ) -> Result<Page<Memory, ListPosition>, StoreError> {
        let by = plan.sort.by;
        let place = |key: String| ListPosition { by, key };
        let mut found: Vec<(String, Memory)> = Vec::new();
        let mut after = wanted.after.cloned();
        let (mut opened, mut bytes, mut count) = (0, 0, 0);
        let mut reach = None;
        let end = wanted.skip + wanted.limit;
        // Behind a cursor nothing is counted any more.
        while opened < SEARCHED && bytes < SEARCHED_BYTES && (wanted.after.is_none() || found.len() <= end) {
            let (mut entries, reached) = self.entries(plan, after.as_ref(), SEARCHED_AT_ONCE).await?;
            let more = entries.len() > SEARCHED_AT_ONCE;
            entries.truncate(SEARCHED_AT_ONCE);
            opened += entries.len().max(1);
            let memories = self.opened(plan.owner, &entries).await?;
            let keys = |id: MemoryId| entries.iter().find(|entry| entry.id == id.to_string());
            bytes += memories.iter().map(Memory::text_bytes).sum::<usize>();
            for memory in memories.into_iter().filter(&fits) {
                count += 1;
                // One more than the page tells whether another page follows.
                if let Some(entry) = keys(memory.id).filter(|_| found.len() <= end) {
                    found.push((entry.key(by).to_owned(), memory));
                }
            }
            let last = entries.last().map(|entry| entry.key(by).to_owned());
            reach = if more { last } else { reached };
            match &reach {
                Some(key) => after = Some(place(key.clone())),
                None => break,
            }
        }
        let is_exact = reach.is_none() && wanted.after.is_none();
        let total = Total { count, is_exact };
        let more = found.len() > end;
        found.truncate(end);
        found.drain(..wanted.skip.min(found.len()));
        let next = if more { found.last().map(|(key, _)| key.clone()) } else { reach };
        let items = found.into_iter().map(|(_, memory)| memory).collect();
        Ok(Page { items, total, next: next.map(place) })
    }

    /// The memories of entries, in their order. One that was deleted meanwhile is left out.
    async fn opened(&self, owner: UserId, entries: &[Entry]) -> Result<Vec<Memory>, StoreError> {
        let ids: Vec<MemoryId> =
            entries.iter().map(|entry| entry.id.parse().map_err(table::corrupt)).collect::<Result<_, _>>()?;
        let mut memories = self.get_all(owner, &ids).await?;
        let place = |id: MemoryId| ids.iter().position(|one| *one == id);
        memories.sort_by_key(|memory| place(memory.id));
        Ok(memories)
    }
}

/// Which part of a list is wanted.
struct Wanted<'a> {
    skip: usize,
    limit: usize,
    after: Option<&'a ListPosition>,
}
