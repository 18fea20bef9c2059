//! How a list of memories is read: from which shelf and rows, and what its entries are compared with.

use std::cmp::Ordering;

use app_domain::{ListPosition, MemoryFilter, MemorySort, SortBy, SortOrder, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use uuid::Uuid;

use crate::keys;
use crate::memories::Memories;
use crate::shelf::{Counts, Row, Shelf};
use crate::table::{Item, text};

/// How a list is read.
pub(crate) struct Plan {
    pub(crate) owner: UserId,
    pub(crate) shelf: Shelf,
    /// Those that have memories, and how many.
    pub(crate) rows: Vec<(Row, u64)>,
    /// What the entries of the shelf are compared with.
    pub(crate) others: Vec<Shelf>,
    /// The ids of the memories that were made in the time asked for: the first and the last possible.
    pub(crate) made: (Uuid, Uuid),
    pub(crate) has_times: bool,
    pub(crate) sort: MemorySort,
    /// How many memories are on the rows.
    pub(crate) shelved: u64,
    /// Whether no marks are asked for.
    pub(crate) is_everything: bool,
}

impl Memories {
    /// How a list is best read.
    pub(crate) async fn plan(
        &self,
        owner: UserId,
        filter: &MemoryFilter,
        sort: MemorySort,
    ) -> Result<Plan, StoreError> {
        let named = filter.category.map(Shelf::from).into_iter();
        let named = named.chain(filter.source.map(Shelf::from)).chain(filter.tags.each().map(Shelf::from));
        let mut shelves: Vec<Shelf> = named.collect();
        if shelves.is_empty() {
            shelves.push(Shelf::All);
        }
        let rows = Row::fitting(filter.is_archived, filter.is_favorite);
        let counts = self.counts(owner, &shelves).await?;
        let (smallest, counts) = counts
            .into_iter()
            .enumerate()
            .min_by_key(|(_, counts)| counts.of(&rows))
            .unwrap_or_else(|| (0, Counts::default()));
        let shelf = shelves.remove(smallest);
        let from = filter.from.map_or(Uuid::nil(), first_id);
        let to = filter.to.map_or(Uuid::max(), last_id);
        Ok(Plan {
            owner,
            shelf,
            rows: rows.iter().map(|row| (*row, counts.of(&[*row]))).filter(|(_, count)| *count > 0).collect(),
            others: shelves,
            made: (from, to),
            has_times: filter.from.is_some() || filter.to.is_some(),
            sort,
            shelved: counts.of(&rows),
            is_everything: rows == Row::fitting(None, None),
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
}

impl Plan {
    /// Whether the memories themselves are in the list's order, all of them.
    pub(crate) fn is_plain(&self) -> bool {
        self.shelf == Shelf::All && self.is_everything && self.sort.by == SortBy::CreatedAt
    }

    /// Whether entries are read that may not be in the list.
    pub(crate) fn is_compared(&self) -> bool {
        !self.others.is_empty() || (self.has_times && self.sort.by != SortBy::CreatedAt)
    }

    /// How many of the first `needed` entries of the list a row of `count` will have, if rows are mixed evenly: somewhat more.
    pub(crate) fn share(&self, count: u64, needed: usize) -> usize {
        let share = (needed as u64 * count * 5).div_ceil(self.shelved.max(1) * 4);
        needed.min(usize::try_from(share).unwrap_or(needed) + 4)
    }

    /// How two keys follow each other in the list.
    pub(crate) fn order(&self, one: &str, other: &str) -> Ordering {
        match self.sort.order {
            SortOrder::Ascending => one.cmp(other),
            SortOrder::Descending => other.cmp(one),
        }
    }

    /// The first and the last id that the list can still have behind a place; nothing if it has none.
    pub(crate) fn ids(&self, after: Option<&ListPosition>) -> Option<(Uuid, Uuid)> {
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
    pub(crate) fn made_then(&self, query: QueryFluentBuilder) -> QueryFluentBuilder {
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

/// The least id of a memory made at a time.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.as_millis()).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// The greatest id of a memory made at a time.
fn last_id(at: Timestamp) -> Uuid {
    Uuid::from_u128(first_id(at).as_u128() | ((1 << 80) - 1))
}
