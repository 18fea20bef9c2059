//! The port to what holds the vectors of everybody.

use app_domain::{CategoryId, Filed, MemorySource, Tags, Timestamp, UserId};
use async_trait::async_trait;

use super::{VectorHit, VectorIndexError};
use crate::EntityId;

/// Holds vectors by their owner, and finds the nearest of one owner.
///
/// An implementation may lag behind its writes, may miss one of the nearest now and then, and need not be able to apply every
/// filter: what is found is read again from the table, with its owner, before anybody sees it. It must not return what
/// another owner put in.
#[async_trait]
pub trait VectorIndex: Send + Sync {
    /// The most that one search returns.
    fn max_hits(&self) -> usize;

    /// Whether a search applies all of this filter before it ranks. If not, its hits may include some that do not fit, and
    /// fewer than wanted that do.
    fn applies(&self, filter: &VectorFilter) -> bool;

    /// Adds vectors, or puts them in the place of earlier ones. All or some of them are in when this fails, and it may be
    /// repeated.
    ///
    /// # Errors
    /// If a vector does not fit the index, or what holds the vectors fails.
    async fn put(&self, owner: UserId, entries: Vec<VectorEntry>) -> Result<(), VectorIndexError>;

    /// Takes vectors out. Those that are not there are not missed.
    ///
    /// # Errors
    /// If what holds the vectors fails.
    async fn remove(&self, owner: UserId, ids: &[EntityId]) -> Result<(), VectorIndexError>;

    /// The nearest to a query of what the owner has and the filter lets through, the nearest first, of equals the later id:
    /// at most `limit`, and at most [`VectorIndex::max_hits`]. What has no direction is never found.
    ///
    /// # Errors
    /// If the query does not fit the index, or what holds the vectors fails.
    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError>;
}

/// A vector, and what its entity can be filtered by.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorEntry {
    /// What the vector is of.
    pub id: EntityId,
    /// Where it points. All zeros if there is nothing in it to find.
    pub vector: Vec<f32>,
    /// What it can be filtered by.
    pub attributes: VectorAttributes,
}

/// What a search by meaning can be filtered by. Of a message or a file, what its memory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorAttributes {
    /// Where the memory is filed.
    pub category: Option<CategoryId>,
    /// Its tags.
    pub tags: Tags,
    /// When the entity itself was made.
    pub created_at: Timestamp,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// How it came in, if it is known.
    pub source: Option<MemorySource>,
}

/// Which entities are wanted: those that fit everything that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VectorFilter {
    /// Filed in this category, or in none.
    pub category: Option<Filed>,
    /// With all of these tags.
    pub tags: Tags,
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

impl VectorFilter {
    /// Whether an entity is wanted.
    pub fn fits(&self, entity: &VectorAttributes) -> bool {
        self.category.is_none_or(|wanted| wanted == entity.category.into())
            && self.from.is_none_or(|from| entity.created_at >= from)
            && self.to.is_none_or(|to| entity.created_at <= to)
            && self.is_favorite.is_none_or(|wanted| wanted == entity.is_favorite)
            && self.is_archived.is_none_or(|wanted| wanted == entity.is_archived)
            && self.source.is_none_or(|wanted| entity.source == Some(wanted))
            && self.tags.each().all(|tag| entity.tags.contains(tag))
    }
}
