//! Searches that people keep, to run them again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Invalid, SavedSearchId, Timestamp};

/// A search that somebody keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearch {
    /// Its id.
    pub id: SavedSearchId,
    /// What it is called.
    pub name: SavedSearchName,
    /// What is searched for, as it was asked for.
    pub search: Map<String, Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl SavedSearch {
    /// How many a person can keep.
    pub const MAX: usize = 50;
}

/// The name of a saved search: 1–100 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SavedSearchName(String);

impl SavedSearchName {
    /// # Errors
    /// If it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        crate::text::line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are the same to a reader: ignoring case and forms of one letter.
    pub fn is_like(&self, other: &Self) -> bool {
        crate::text::folded(&self.0) == crate::text::folded(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(SavedSearchName::parse("  Bills ").unwrap().as_str(), "Bills");
        for name in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert!(SavedSearchName::parse(name).is_err(), "{name:?}");
        }
        let name = |text| SavedSearchName::parse(text).unwrap();
        assert!(name("BILLS").is_like(&name("bills")) && !name("bills").is_like(&name("bill")));
    }
}
