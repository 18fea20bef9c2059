//! Where a memory is listed, and how it is counted there.
//!
//! A *shelf* is a list that can be asked for by one property: all memories, those of a category, with a tag, of a source. Each
//! shelf has four rows, by archive and favourite mark, so that both marks filter every shelf. A row is a partition: an entry
//! for each memory, by its id, and through two local indexes by its last change and by its title. Entries are written in the
//! transaction that writes the memory, so a list shows what was written a moment ago, and each row's length is counted there too.

use std::collections::{BTreeMap, BTreeSet};

use app_domain::{CategoryId, Filed, Memory, MemorySource, SortBy, StoreError, Tag, UserId};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::collation::title_key;
use crate::keys::{self, BY_TITLE, BY_UPDATED, Key};
use crate::table::{self, PRESENT, Table, number, text};

/// One of a person's lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shelf {
    All,
    Uncategorized,
    Category(CategoryId),
    Source(&'static str),
    /// By its folded form.
    Tag(String),
}

impl From<Filed> for Shelf {
    fn from(filed: Filed) -> Self {
        match filed {
            Filed::Nowhere => Self::Uncategorized,
            Filed::In(category) => Self::Category(category),
        }
    }
}

impl From<MemorySource> for Shelf {
    fn from(source: MemorySource) -> Self {
        Self::Source(source.as_str())
    }
}

impl From<&Tag> for Shelf {
    fn from(tag: &Tag) -> Self {
        Self::Tag(tag.folded())
    }
}

/// One row of a shelf: those that are archived or not, and favourites or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) is_archived: bool,
    pub(crate) is_favorite: bool,
}

impl Row {
    /// Each row, in the order of the counters.
    const ALL: [Self; 4] = [
        Self { is_archived: false, is_favorite: false },
        Self { is_archived: false, is_favorite: true },
        Self { is_archived: true, is_favorite: false },
        Self { is_archived: true, is_favorite: true },
    ];

    /// Those that fit the marks, as far as they are asked for.
    pub(crate) fn fitting(is_archived: Option<bool>, is_favorite: Option<bool>) -> Vec<Self> {
        let fits = |row: &Self| {
            is_archived.is_none_or(|mark| mark == row.is_archived)
                && is_favorite.is_none_or(|mark| mark == row.is_favorite)
        };
        Self::ALL.into_iter().filter(fits).collect()
    }

    fn of(memory: &Memory) -> Self {
        Self { is_archived: memory.is_archived, is_favorite: memory.is_favorite }
    }

    /// `00`, `01`, `10` or `11`: archived, favourite.
    pub(crate) fn as_str(self) -> &'static str {
        match (self.is_archived, self.is_favorite) {
            (false, false) => "00",
            (false, true) => "01",
            (true, false) => "10",
            (true, true) => "11",
        }
    }
}

/// A memory in a row: what lists are sorted and filtered by.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Also the sort key, which conditions on other attributes than keys cannot name.
    pub(crate) id: String,
    by_updated: String,
    by_title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_id: Option<CategoryId>,
    source: String,
    /// Folded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

impl Entry {
    fn new(memory: &Memory) -> Self {
        let id = memory.id;
        Self {
            id: id.to_string(),
            by_updated: format!("{}#{id}", memory.updated_at),
            by_title: format!("{}#{id}", title_key(memory.title.as_ref())),
            category_id: memory.category,
            source: memory.source.as_str().to_owned(),
            tags: memory.tags.each().map(Tag::folded).collect(),
        }
    }

    /// Its place in a list: no two entries of one list have the same.
    pub(crate) fn key(&self, by: SortBy) -> &str {
        match by {
            SortBy::CreatedAt => &self.id,
            SortBy::UpdatedAt => &self.by_updated,
            SortBy::Title => &self.by_title,
        }
    }
}

/// The index that orders a row, with the attribute that is its sort key. A row itself is ordered by when memories were made.
pub(crate) fn index(by: SortBy) -> (Option<&'static str>, &'static str) {
    match by {
        SortBy::CreatedAt => (None, keys::SK),
        SortBy::UpdatedAt => (Some(BY_UPDATED), BY_UPDATED),
        SortBy::Title => (Some(BY_TITLE), BY_TITLE),
    }
}

fn shelves(memory: &Memory) -> BTreeSet<Shelf> {
    let filed = Shelf::from(Filed::from(memory.category));
    let tags = memory.tags.each().map(Shelf::from);
    [Shelf::All, filed, memory.source.into()].into_iter().chain(tags).collect()
}

/// Changes of counters: for each shelf, of each of its rows.
type Tally = BTreeMap<Shelf, [i64; 4]>;

fn tally(tally: &mut Tally, memory: &Memory, by: i64) {
    let row = usize::from(memory.is_archived) * 2 + usize::from(memory.is_favorite);
    for shelf in shelves(memory) {
        tally.entry(shelf).or_default()[row] += by;
    }
}

/// The writes that take a memory from its old places to its new ones, and count it.
pub(crate) struct Move {
    pub(crate) writes: Vec<TransactWriteItem>,
    /// Where among them a category is counted, which may turn out not to be there.
    pub(crate) categories: Vec<(usize, CategoryId)>,
}

impl Move {
    /// From where it is listed as `before` (nowhere, if it is new) to where it is listed as `after` (nowhere, if it goes). The
    /// categories in `gone` are known to be deleted and are not counted any more. The trash has so many more by it.
    pub(crate) fn new(
        table: &Table,
        before: Option<&Memory>,
        after: Option<&Memory>,
        gone: &[CategoryId],
        trash: i64,
    ) -> Result<Self, StoreError> {
        let Some(owner) = before.or(after).map(|memory| memory.owner) else {
            return Ok(Self { writes: Vec::new(), categories: Vec::new() });
        };
        let places = |memory: Option<&Memory>| -> BTreeSet<(Shelf, Row)> {
            let of = |memory| shelves(memory).into_iter().map(move |shelf| (shelf, Row::of(memory)));
            memory.into_iter().flat_map(of).collect()
        };
        let (old, new) = (places(before), places(after));
        let mut writes = Vec::new();
        if let Some(memory) = after {
            let entry = Entry::new(memory);
            for (shelf, row) in &new {
                writes.push(table::put(table.put(keys::entry(owner, shelf, *row, memory.id), &entry)?));
            }
        }
        for (shelf, row) in old.difference(&new) {
            let Some(memory) = before else { continue };
            let key = keys::entry(owner, shelf, *row, memory.id);
            let delete = Delete::builder().table_name(table.name()).set_key(Some(key.attributes()));
            writes.push(table::delete(delete)?);
        }

        let mut changes = Tally::new();
        before.into_iter().for_each(|memory| tally(&mut changes, memory, -1));
        after.into_iter().for_each(|memory| tally(&mut changes, memory, 1));
        let mut categories = Vec::new();
        let mut person = Vec::new();
        for (shelf, change) in changes.into_iter().filter(|(_, change)| *change != [0; 4]) {
            match shelf {
                Shelf::All => person.push(("n", change)),
                Shelf::Uncategorized => person.push(("none", change)),
                Shelf::Source(source) => person.push((source, change)),
                Shelf::Category(id) if gone.contains(&id) => {}
                Shelf::Category(id) => {
                    categories.push((writes.len(), id));
                    writes.push(table::update(
                        counted(table, keys::category(owner, id), &[("n", change)])
                            .condition_expression(PRESENT),
                    )?);
                }
                Shelf::Tag(folded) => {
                    let written = written(&folded, before).or_else(|| written(&folded, after));
                    let update = counted(table, keys::tag(owner, &folded), &[("n", change)]);
                    let expression = update.get_update_expression().clone().unwrap_or_default();
                    let named = update
                        .update_expression(format!("{expression}, #name = if_not_exists(#name, :name)"))
                        .expression_attribute_names("#name", "name")
                        .expression_attribute_values(":name", text(written.unwrap_or(folded)));
                    writes.push(table::update(named)?);
                }
            }
        }
        if !person.is_empty() || trash != 0 {
            writes.push(table::update(person_counted(table, owner, &person, trash))?);
        }
        Ok(Self { writes, categories })
    }
}

/// The counters of a person. They are one item, which a transaction can write once.
pub(crate) fn person_counted(
    table: &Table,
    owner: UserId,
    changes: &[(&str, [i64; 4])],
    trash: i64,
) -> UpdateBuilder {
    let update = counted(table, keys::counters(owner), changes);
    if trash == 0 {
        return update;
    }
    let sets =
        update.get_update_expression().clone().map_or_else(|| "SET ".to_owned(), |sets| format!("{sets}, "));
    update
        .update_expression(format!("{sets}trash = if_not_exists(trash, :zero) + :trash"))
        .expression_attribute_values(":trash", number(trash))
}

/// A tag as its memory has it.
fn written(folded: &str, memory: Option<&Memory>) -> Option<String> {
    let tag = memory?.tags.each().find(|tag| tag.folded() == folded)?;
    Some(tag.as_str().to_owned())
}

/// Adds to counters, all four rows of each, so that each is there.
fn counted(table: &Table, key: Key, changes: &[(&str, [i64; 4])]) -> UpdateBuilder {
    let mut update = Update::builder()
        .table_name(table.name())
        .set_key(Some(key.attributes()))
        .expression_attribute_values(":zero", number(0));
    let mut sets = Vec::new();
    for (name, change) in changes {
        for (row, by) in Row::ALL.into_iter().zip(change) {
            let (attribute, value) = (format!("{name}{}", row.as_str()), format!(":{name}{}", row.as_str()));
            sets.push(format!("{attribute} = if_not_exists({attribute}, :zero) + {value}"));
            update = update.expression_attribute_values(value, number(by));
        }
    }
    if sets.is_empty() { update } else { update.update_expression(format!("SET {}", sets.join(", "))) }
}

/// How many memories each row of a shelf has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts([u64; 4]);

impl Counts {
    /// The counters of `name` among an item's attributes.
    pub(crate) fn read(item: &table::Item, name: &str) -> Self {
        Self(Row::ALL.map(|row| {
            let count = item.get(&format!("{name}{}", row.as_str()));
            count.and_then(|count| count.as_n().ok()).and_then(|count| count.parse().ok()).unwrap_or(0)
        }))
    }

    pub(crate) fn of(self, rows: &[Row]) -> u64 {
        Row::ALL.into_iter().zip(self.0).filter(|(row, _)| rows.contains(row)).map(|(_, count)| count).sum()
    }
}
