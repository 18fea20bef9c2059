//! Which memories a list holds, and in which order.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{CategoryId, Invalid, MemoryId, MemorySource, Tags, Timestamp};

/// Which memories are wanted: those that fit everything that is set.
#[derive(Debug, Clone, Default)]
pub struct MemoryFilter {
    /// Filed in this category, or in none.
    pub category: Option<Filed>,
    /// With all of these tags.
    pub tags: Tags,
    /// With this text in title, description or content, ignoring case.
    pub search: Option<SearchText>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made at this time or earlier.
    pub to: Option<Timestamp>,
    /// Favourites or the others.
    pub is_favorite: Option<bool>,
    /// Archived or not.
    pub is_archived: Option<bool>,
    /// Come in this way.
    pub source: Option<MemorySource>,
}

/// Where a memory is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Filed {
    /// In no category.
    Nowhere,
    /// In this one.
    In(CategoryId),
}

impl From<Option<CategoryId>> for Filed {
    fn from(category: Option<CategoryId>) -> Self {
        category.map_or(Self::Nowhere, Self::In)
    }
}

impl FromStr for Filed {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "none" => Ok(Self::Nowhere),
            id => id.parse().map(Self::In).map_err(|_| Invalid::new("must be the id of a category, or none")),
        }
    }
}

/// A text to look for: 1–200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchText(String);

impl SearchText {
    /// # Errors
    /// If it is empty or too long.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(Invalid::new("must not be empty")),
            1..=200 => Ok(Self(crate::text::folded(text))),
            _ => Err(Invalid::new("must be at most 200 characters")),
        }
    }

    /// Whether a text holds it, ignoring case and forms of one letter.
    pub fn is_in(&self, text: &str) -> bool {
        crate::text::folded(text).contains(&self.0)
    }
}

impl From<SearchText> for String {
    fn from(text: SearchText) -> Self {
        text.0
    }
}

/// By what a list is ordered. Memories that are equal in it follow the order of their making.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When they were made.
    #[default]
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
    /// Their title: numbers in it by their value, letters as dictionaries do, whatever the language. Those without one
    /// come after all others.
    Title,
}

impl FromStr for SortBy {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "created_at" => Ok(Self::CreatedAt),
            "updated_at" => Ok(Self::UpdatedAt),
            "title" => Ok(Self::Title),
            _ => Err(Invalid::new("must be created_at, updated_at or title")),
        }
    }
}

/// In which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

impl FromStr for SortOrder {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "asc" => Ok(Self::Ascending),
            "desc" => Ok(Self::Descending),
            _ => Err(Invalid::new("must be asc or desc")),
        }
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySort {
    /// By what.
    pub by: SortBy,
    /// In which direction.
    pub order: SortOrder,
}

impl MemorySort {
    /// By `by`; unless told otherwise, times are listed the newest first and titles from A to Z.
    pub fn new(by: SortBy, order: Option<SortOrder>) -> Self {
        let usual = if by == SortBy::Title { SortOrder::Ascending } else { SortOrder::Descending };
        Self { by, order: order.unwrap_or(usual) }
    }
}

impl Default for MemorySort {
    fn default() -> Self {
        Self::new(SortBy::default(), None)
    }
}

/// A place in a list: the key by which a memory is sorted there. It keeps its place when memories come and go around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPosition {
    /// By what the list is ordered.
    pub by: SortBy,
    /// The key: what the list is ordered by, then the memory's id.
    pub key: String,
}

impl ListPosition {
    /// Longer than any key.
    const MAX_BYTES: usize = 512;

    fn letter(by: SortBy) -> char {
        match by {
            SortBy::CreatedAt => 'c',
            SortBy::UpdatedAt => 'u',
            SortBy::Title => 't',
        }
    }
}

impl fmt::Display for ListPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::letter(self.by), self.key)
    }
}

impl FromStr for ListPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let by = [SortBy::CreatedAt, SortBy::UpdatedAt, SortBy::Title]
            .into_iter()
            .find_map(|by| text.strip_prefix(Self::letter(by)).map(|key| (by, key)));
        let unknown = || Invalid::new("is not a place in a list");
        let (by, key) = by.ok_or_else(unknown)?;
        let of_an_id = key.rsplit('#').next().is_some_and(|id| id.parse::<MemoryId>().is_ok());
        if !of_an_id || key.len() > Self::MAX_BYTES || !key.is_ascii() {
            return Err(unknown());
        }
        Ok(Self { by, key: key.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let id = "01932b7c-5a00-7000-8000-0123456789ab";
        for (by, key) in [(SortBy::CreatedAt, id.to_owned()), (SortBy::Title, format!("T8LHI#{id}"))] {
            let place = ListPosition { by, key };
            assert_eq!(place.to_string().parse::<ListPosition>().unwrap(), place);
        }
        let long = format!("t{}#{id}", "0".repeat(600));
        for bad in ["", "c", "cT#x", &format!("x{id}"), &format!("té#{id}"), &long] {
            assert!(bad.parse::<ListPosition>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_search_ignores_case_and_forms_of_letters() {
        let search = SearchText::parse(" CAFE\u{301} ").unwrap();
        assert!(search.is_in("the café") && !search.is_in("cafe"));
        assert!(SearchText::parse("ﬁne").unwrap().is_in("FINE"));
        assert!(SearchText::parse(" ").is_err() && SearchText::parse(&"x".repeat(201)).is_err());
    }
}
