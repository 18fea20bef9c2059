//! What is put into a segment, and what a search is limited to.

use std::ops::Range;

use app_domain::{MemoryId, Timestamp};

use crate::EntityId;

/// Something to be found by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub id: EntityId,
    /// The memory that it belongs to, unless it is one.
    pub memory: Option<MemoryId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is called. Found here, a word weighs most.
    pub title: String,
    /// Its tags. A word weighs more here than in the body.
    pub tags: Vec<String>,
    /// Everything else that it says: a description, the text of a message, what was read from a file. Words beyond the
    /// first [`Document::MAX_WORDS`] are not found.
    pub body: String,
    /// What it can be filtered by: short texts of the caller's choosing, such as `category:…` or `favorite`.
    pub facets: Vec<String>,
}

impl Document {
    /// How many words (or characters of an unspaced script) of a body are found.
    pub const MAX_WORDS: u32 = 60_000;
}

/// What a hit must be, beside matching. The default allows everything.
#[derive(Clone, Default)]
pub struct Filter<'a> {
    /// Of each of these lists, at least one facet. They are looked for at the memory that an entity belongs to, so that a
    /// message is filed where its memory is.
    pub any_of: &'a [Vec<String>],
    /// None of these facets, looked for at the same place.
    pub none_of: &'a [String],
    /// When the entity itself was made.
    pub created_at: Option<Range<Timestamp>>,
    /// Whatever else must hold, asked last: of the entity and its memory.
    pub allows: Option<&'a (dyn Fn(EntityId, Option<MemoryId>) -> bool + Sync)>,
}
