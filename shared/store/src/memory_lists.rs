//! Lists of memories: any filter in any order, at the cost of the page.
//!
//! A list is read from one shelf: the smallest of those that the filter names. Its rows are read at once and merged. What else the
//! filter asks for is compared with the entries, which hold everything but the text. An entry that is compared costs a
//! fraction of a read unit, and a request compares a bounded number of them: a page may then hold less than was asked for,
//! and a cursor leads on.

use std::cmp::Ordering;
use std::collections::HashSet;

use app_domain::{
    ListPosition, Memory, MemoryFilter, MemoryId, MemorySort, MemoryTitle, Page, PageRequest, SortBy,
    SortOrder, StoreError, Timestamp, Total, UserId,
};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::keys::{self, MEMORY_PREFIX};
use crate::memories::Memories;
use crate::memory_item::WholeItem;
use crate::shelf::{Counts, Entry, Row, Shelf, index};
use crate::table::{self, Item, from_item, text};

/// How many entries of a row one request compares with the rest of a filter. Each has about 400 bytes.
const COMPARED: usize = 5_000;
/// How many entries of a row are counted where no counter has their number: so many reads of a megabyte.
const COUNTING_READS: usize = 4;
/// How many memories one request opens to look for a text in them.
const SEARCHED: usize = 1_000;
/// How many of them at once.
const SEARCHED_AT_ONCE: usize = 100;
/// How much text one request looks through.
const SEARCHED_BYTES: usize = 8 << 20;

/// How a list is read.
struct Plan {
    owner: UserId,
    shelf: Shelf,
    rows: Vec<Row>,
    /// What the entries of the shelf are compared with.
    others: Vec<Shelf>,
    /// The ids of the memories that were made in the time asked for: the first and the last possible.
    made: (Uuid, Uuid),
    has_times: bool,
    sort: MemorySort,
    /// How many memories are on the rows.
    shelved: u64,
}

/// Entries in the list's order, and how far they reach: beyond that place there may be others. Nothing if they are all.
type Reach = (Vec<Entry>, Option<String>);

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

    async fn plan(&self, owner: UserId, filter: &MemoryFilter, sort: MemorySort) -> Result<Plan, StoreError> {
        let named = filter.category.map(Shelf::from).into_iter();
        let named = named.chain(filter.source.map(Shelf::from)).chain(filter.tags.each().map(Shelf::from));
        let mut shelves: Vec<Shelf> = named.collect();
        if shelves.is_empty() {
            shelves.push(Shelf::All);
        }
        let rows = Row::fitting(filter.is_archived, filter.is_favorite);
        let counts = self.counts(owner, &shelves).await?;
        let counts: Vec<u64> = counts.into_iter().map(|counts| counts.of(&rows)).collect();
        let smallest =
            counts.iter().enumerate().min_by_key(|(_, count)| **count).map_or(0, |(place, _)| place);
        let shelf = shelves.remove(smallest);
        let from = filter.from.map_or(Uuid::nil(), first_id);
        let to = filter.to.map_or(Uuid::max(), last_id);
        Ok(Plan {
            owner,
            shelf,
            rows,
            others: shelves,
            made: (from, to),
            has_times: filter.from.is_some() || filter.to.is_some(),
            sort,
            shelved: counts.get(smallest).copied().unwrap_or_default(),
        })
    }

    /// How many memories are on each of the shelves.
    pub(crate) async fn counts(&self, owner: UserId, shelves: &[Shelf]) -> Result<Vec<Counts>, StoreError> {
        let counters = |shelf: &Shelf| match shelf {
            Shelf::All => (keys::counters(owner), "n"),
            Shelf::Uncategorized => (keys::counters(owner), "none"),
            Shelf::Source(source) => (keys::counters(owner), *source),
            Shelf::Category(id) => (keys::category(owner, *id), "n"),
            Shelf::Tag(folded) => (keys::tag(owner, folded), "n"),
        };
        let counters: Vec<_> = shelves.iter().map(counters).collect();
        let mut wanted: Vec<keys::Key> = Vec::new();
        for (key, _) in &counters {
            if !wanted.contains(key) {
                wanted.push(key.clone());
            }
        }
        let items: Vec<Item> = self.table.get_raw(wanted).await?;
        let of = |sk: &str| {
            items
                .iter()
                .find(|item| item.get(keys::SK).and_then(|sk| sk.as_s().ok()).is_some_and(|own| own == sk))
        };
        Ok(counters
            .iter()
            .map(|(key, name)| of(&key.sk).map_or_else(Counts::default, |item| Counts::read(item, name)))
            .collect())
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

    /// How many memories the list has.
    async fn counted(&self, plan: &Plan) -> Result<Total, StoreError> {
        if plan.others.is_empty() && !plan.has_times {
            return Ok(plan.shelved.into());
        }
        let rows = try_join_all(plan.rows.iter().map(|row| self.counted_row(plan, *row))).await?;
        let sum = |total: Total, row: Total| Total {
            count: total.count + row.count,
            is_exact: total.is_exact && row.is_exact,
        };
        Ok(rows.into_iter().fold(0.into(), sum))
    }

    async fn counted_row(&self, plan: &Plan, row: Row) -> Result<Total, StoreError> {
        let (from, to) = plan.made;
        let partition = self.query_partition(keys::row(plan.owner, &plan.shelf, row));
        let query = compared(between(partition, keys::SK, &from.to_string(), &to.to_string()), &plan.others);
        let query = query.select(Select::Count);
        let mut count = 0;
        let mut start = None;
        for _ in 0..COUNTING_READS {
            let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(table::failed)?;
            count += u64::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(count.into());
            }
        }
        Ok(Total { count, is_exact: false })
    }

    /// The first entries of the list behind a place: `needed` or more, unless there are no more or too many had to be compared.
    async fn entries(
        &self,
        plan: &Plan,
        after: Option<&ListPosition>,
        needed: usize,
    ) -> Result<Reach, StoreError> {
        let rows = plan.rows.iter().map(|row| self.row(plan, *row, after, needed));
        let rows = try_join_all(rows).await?;
        let by = plan.sort.by;
        let order = |one: &str, other: &str| match plan.sort.order {
            SortOrder::Ascending => one.cmp(other),
            SortOrder::Descending => other.cmp(one),
        };
        // Behind the end of the row that was read least far, other rows may have what that one has not shown yet.
        let reach = rows.iter().filter_map(|(_, end)| end.clone()).min_by(|one, other| order(one, other));
        let mut entries: Vec<Entry> = rows.into_iter().flat_map(|(entries, _)| entries).collect();
        if let Some(reach) = &reach {
            entries.retain(|entry| order(entry.key(by), reach) != Ordering::Greater);
        }
        entries.sort_by(|one, other| order(one.key(by), other.key(by)));
        // A memory that changes rows between two reads is met twice.
        let mut met = HashSet::new();
        entries.retain(|entry| met.insert(entry.id.clone()));
        Ok((entries, reach))
    }

    async fn row(
        &self,
        plan: &Plan,
        row: Row,
        after: Option<&ListPosition>,
        needed: usize,
    ) -> Result<Reach, StoreError> {
        let (index, attribute) = index(plan.sort.by);
        let is_ascending = plan.sort.order == SortOrder::Ascending;
        let query = self
            .query_partition(keys::row(plan.owner, &plan.shelf, row))
            .set_index_name(index.map(str::to_owned));
        let query = if plan.sort.by == SortBy::CreatedAt {
            let Some((from, to)) = plan.ids(after) else { return Ok((Vec::new(), None)) };
            between(query, keys::SK, &from.to_string(), &to.to_string())
        } else {
            // Every key is greater than a space and less than a tilde.
            let (comparison, end) = if is_ascending { (">", " ") } else { ("<", "~") };
            let query = query
                .key_condition_expression(format!("pk = :partition AND {attribute} {comparison} :end"))
                .expression_attribute_values(":end", text(after.map_or(end, |after| &after.key)));
            plan.made_then(query)
        };
        let is_filtered = !plan.others.is_empty() || (plan.has_times && plan.sort.by != SortBy::CreatedAt);
        let query = compared(query, &plan.others).scan_index_forward(is_ascending);
        let mut entries: Vec<Entry> = Vec::new();
        let mut compared = 0;
        let mut start = None;
        loop {
            let left = needed - entries.len();
            // Twice as many each time: most of them may fit, or almost none.
            let read = if is_filtered { (4 * left).max(compared).min(COMPARED - compared) } else { left };
            let query = query.clone().limit(i32::try_from(read).unwrap_or(i32::MAX));
            let answer = query.set_exclusive_start_key(start).send().await.map_err(table::failed)?;
            compared += usize::try_from(answer.scanned_count).unwrap_or_default();
            for item in answer.items.unwrap_or_default() {
                entries.push(from_item(item)?);
            }
            start = answer.last_evaluated_key;
            let Some(end) = &start else { return Ok((entries, None)) };
            if entries.len() >= needed || compared >= COMPARED {
                let end = end.get(attribute).and_then(|key| key.as_s().ok()).cloned();
                return Ok((entries, end));
            }
        }
    }

    fn query_partition(&self, partition: String) -> QueryFluentBuilder {
        let query = self.table.client().query().table_name(self.table.name()).consistent_read(true);
        query.expression_attribute_values(":partition", text(partition))
    }

    /// The memories of entries, in their order. One that was deleted meanwhile is left out.
    async fn opened(&self, owner: UserId, entries: &[Entry]) -> Result<Vec<Memory>, StoreError> {
        let ids: Vec<MemoryId> =
            entries.iter().map(|entry| entry.id.parse().map_err(table::corrupt)).collect::<Result<_, _>>()?;
        let found: Vec<WholeItem> =
            self.table.get_all(ids.iter().map(|id| keys::memory(owner, *id)).collect()).await?;
        let mut memories = Vec::with_capacity(found.len());
        for whole in found {
            memories.push(self.items.whole(whole).await?);
        }
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

impl Plan {
    /// Whether the memories themselves are in the list's order, all of them.
    fn is_plain(&self) -> bool {
        let all = Row::fitting(None, None);
        self.shelf == Shelf::All && self.rows == all && self.sort.by == SortBy::CreatedAt
    }

    /// The first and the last id that the list can still have behind a place; nothing if it has none.
    fn ids(&self, after: Option<&ListPosition>) -> Option<(Uuid, Uuid)> {
        let (from, to) = self.made;
        let place = after.and_then(|after| after.key.parse::<Uuid>().ok()).map(|place| place.as_u128());
        let (from, to) = match (place, self.sort.order) {
            (None, _) => (from, to),
            (Some(place), SortOrder::Ascending) => (from.max(Uuid::from_u128(place.checked_add(1)?)), to),
            (Some(place), SortOrder::Descending) => (from, to.min(Uuid::from_u128(place.checked_sub(1)?))),
        };
        (from <= to).then_some((from, to))
    }

    /// Compares the time of making, where the list is in another order.
    fn made_then(&self, query: QueryFluentBuilder) -> QueryFluentBuilder {
        if !self.has_times {
            return query;
        }
        let (from, to) = self.made;
        query
            .filter_expression("#id BETWEEN :from AND :to")
            .expression_attribute_names("#id", "id")
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
    }
}

fn between(query: QueryFluentBuilder, attribute: &str, from: &str, to: &str) -> QueryFluentBuilder {
    query
        .key_condition_expression(format!("pk = :partition AND {attribute} BETWEEN :first AND :last"))
        .expression_attribute_values(":first", text(from))
        .expression_attribute_values(":last", text(to))
}

/// Leaves only the entries that are on the other shelves too.
fn compared(mut query: QueryFluentBuilder, others: &[Shelf]) -> QueryFluentBuilder {
    let mut conditions: Vec<String> = query.get_filter_expression().clone().into_iter().collect();
    for (place, shelf) in others.iter().enumerate() {
        let value = format!(":on{place}");
        let (condition, on) = match shelf {
            Shelf::All => continue,
            Shelf::Uncategorized => ("attribute_not_exists(categoryId)".to_owned(), None),
            Shelf::Category(id) => (format!("categoryId = {value}"), Some(text(id))),
            Shelf::Source(source) => (format!("#source = {value}"), Some(text(source))),
            Shelf::Tag(folded) => (format!("contains(tags, {value})"), Some(text(folded))),
        };
        if matches!(shelf, Shelf::Source(_)) {
            query = query.expression_attribute_names("#source", "source");
        }
        if let Some(on) = on {
            query = query.expression_attribute_values(value, on);
        }
        conditions.push(condition);
    }
    if conditions.is_empty() { query } else { query.filter_expression(conditions.join(" AND ")) }
}

/// The least id of a memory made at a time.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.as_millis()).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// The greatest id of a memory made at a time.
fn last_id(at: Timestamp) -> Uuid {
    Uuid::from_u128(first_id(at).as_u128() | ((1 << 80) - 1))
}
