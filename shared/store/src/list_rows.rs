//! The rows that a list of memories is read from: each as far as the page may reach, merged in the list's order.

use std::cmp::Ordering;
use std::collections::HashSet;

use app_domain::{ListPosition, SortBy, SortOrder, StoreError, Total};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use futures_util::future::try_join_all;

use crate::keys;
use crate::list_plan::Plan;
use crate::memories::Memories;
use crate::shelf::{Entry, Row, Shelf, index};
use crate::table::{self, Item, from_item, text};

/// How many entries of a row one request compares with the rest of a filter. Each has about 400 bytes.
const COMPARED: usize = 5_000;
/// How many entries of a row are counted where no counter has their number: so many reads of a megabyte.
const COUNTING_READS: usize = 4;

/// What was read of a row.
struct Reading {
    row: Row,
    entries: Vec<Entry>,
    /// The key behind which it goes on. Nothing if it has ended.
    last: Option<Item>,
    /// How many entries had to be compared.
    compared: usize,
}

/// Entries in the list's order, and how far they reach: beyond that place there may be others. Nothing if they are all.
pub(crate) type Reach = (Vec<Entry>, Option<String>);

impl Reading {
    fn of(row: Row) -> Self {
        Self { row, entries: Vec::new(), last: None, compared: 0 }
    }

    /// How far it reaches: beyond that key there may be more.
    fn end(&self, by: SortBy) -> Option<String> {
        self.last.as_ref()?.get(index(by).1)?.as_s().ok().cloned()
    }
}

impl Memories {
    /// How many memories the list has.
    pub(crate) async fn counted(&self, plan: &Plan) -> Result<Total, StoreError> {
        if plan.others.is_empty() && !plan.has_times {
            return Ok(plan.shelved.into());
        }
        let rows = try_join_all(plan.rows.iter().map(|(row, _)| self.counted_row(plan, *row))).await?;
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
    pub(crate) async fn entries(
        &self,
        plan: &Plan,
        after: Option<&ListPosition>,
        needed: usize,
    ) -> Result<Reach, StoreError> {
        let by = plan.sort.by;
        let mut readings: Vec<Reading> = plan.rows.iter().map(|(row, _)| Reading::of(*row)).collect();
        // Each row is read as far as its share of the list may reach, and those that end too soon further.
        let mut wanted: Vec<usize> = plan.rows.iter().map(|(_, count)| plan.share(*count, needed)).collect();
        loop {
            let reads = readings.into_iter().zip(wanted);
            let reads = reads.map(|(reading, wanted)| self.read_on(plan, after, reading, wanted));
            readings = try_join_all(reads).await?;
            // Behind the end of the row that was read least far, other rows may have what that one has not shown yet.
            let ends = readings.iter().filter_map(|reading| reading.end(by));
            let reach = ends.min_by(|one, other| plan.order(one, other));
            let is_within = |entry: &&Entry| {
                reach.as_ref().is_none_or(|reach| plan.order(entry.key(by), reach) != Ordering::Greater)
            };
            let entries = readings.iter().flat_map(|reading| &reading.entries).filter(is_within);
            let missing = needed.saturating_sub(entries.clone().count());
            let is_short = |reading: &Reading| {
                missing > 0 && reach.is_some() && reading.end(by) == reach && reading.compared < COMPARED
            };
            if !readings.iter().any(is_short) {
                let mut entries: Vec<Entry> = entries.cloned().collect();
                entries.sort_by(|one, other| plan.order(one.key(by), other.key(by)));
                // A memory that changes rows between two reads is met twice.
                let mut met = HashSet::new();
                entries.retain(|entry| met.insert(entry.id.clone()));
                return Ok((entries, reach));
            }
            wanted = readings.iter().map(|reading| if is_short(reading) { missing } else { 0 }).collect();
        }
    }

    /// Reads a row on by `wanted` entries, or until it ends or too many had to be compared.
    async fn read_on(
        &self,
        plan: &Plan,
        after: Option<&ListPosition>,
        mut reading: Reading,
        wanted: usize,
    ) -> Result<Reading, StoreError> {
        let Some(query) = self.row(plan, reading.row, after) else { return Ok(Reading::of(reading.row)) };
        let wanted = reading.entries.len() + wanted;
        while reading.entries.len() < wanted && reading.compared < COMPARED {
            let left = wanted - reading.entries.len();
            // Twice as many each time: most of them may fit, or almost none.
            let read = if plan.is_compared() {
                (4 * left).max(reading.compared).min(COMPARED - reading.compared)
            } else {
                left
            };
            let query = query.clone().limit(i32::try_from(read).unwrap_or(i32::MAX));
            let answer = query.set_exclusive_start_key(reading.last).send().await.map_err(table::failed)?;
            if plan.is_compared() {
                reading.compared += usize::try_from(answer.scanned_count).unwrap_or_default();
            }
            for item in answer.items.unwrap_or_default() {
                reading.entries.push(from_item(item)?);
            }
            reading.last = answer.last_evaluated_key;
            if reading.last.is_none() {
                break;
            }
        }
        Ok(reading)
    }

    /// The query of a row behind a place; `None` if nothing can be there.
    fn row(&self, plan: &Plan, row: Row, after: Option<&ListPosition>) -> Option<QueryFluentBuilder> {
        let (index, attribute) = index(plan.sort.by);
        let is_ascending = plan.sort.order == SortOrder::Ascending;
        let query = self
            .query_partition(keys::row(plan.owner, &plan.shelf, row))
            .set_index_name(index.map(str::to_owned));
        let query = if plan.sort.by == SortBy::CreatedAt {
            let (from, to) = plan.ids(after)?;
            between(query, keys::SK, &from.to_string(), &to.to_string())
        } else {
            // Every key is greater than a space and less than a tilde.
            let (comparison, end) = if is_ascending { (">", " ") } else { ("<", "~") };
            let query = query
                .key_condition_expression(format!("pk = :partition AND {attribute} {comparison} :end"))
                .expression_attribute_values(":end", text(after.map_or(end, |after| &after.key)));
            plan.made_then(query)
        };
        Some(compared(query, &plan.others).scan_index_forward(is_ascending))
    }

    pub(crate) fn query_partition(&self, partition: String) -> QueryFluentBuilder {
        let query = self.table.client().query().table_name(self.table.name()).consistent_read(true);
        query.expression_attribute_values(":partition", text(partition))
    }
}

/// The part of a partition between two keys, both included.
pub(crate) fn between(
    query: QueryFluentBuilder,
    attribute: &str,
    from: &str,
    to: &str,
) -> QueryFluentBuilder {
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
