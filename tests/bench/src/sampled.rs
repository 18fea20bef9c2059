//! An index of vectors that holds some of them.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

use app_domain::UserId;
use app_index::TableVectors;
use app_search::EntityId;
use app_search::vectors::{VectorEntry, VectorHit, VectorIndex, VectorIndexError};

/// The vectors of the table, without most of those of an index that is being made: the table in memory compares a query with each
/// that it has. For the function nothing is different: it asks with as many numbers, and gets as many hits.
pub(crate) struct Sampled {
    vectors: TableVectors,
    only: RwLock<Option<HashSet<EntityId>>>,
}

impl Sampled {
    pub(crate) fn new(vectors: TableVectors) -> Self {
        Self { vectors, only: RwLock::default() }
    }

    /// From now on, only these are kept; all of them, if there are none.
    pub(crate) fn only(&self, only: Option<HashSet<EntityId>>) {
        *self.only.write().unwrap_or_else(PoisonError::into_inner) = only;
    }
}

#[async_trait::async_trait]
impl VectorIndex for Sampled {
    fn max_hits(&self) -> usize {
        self.vectors.max_hits()
    }

    async fn put(&self, owner: UserId, mut entries: Vec<VectorEntry>) -> Result<(), VectorIndexError> {
        if let Some(only) = &*self.only.read().unwrap_or_else(PoisonError::into_inner) {
            entries.retain(|entry| only.contains(&entry.id));
        }
        self.vectors.put(owner, entries).await
    }

    async fn remove(&self, owner: UserId, ids: &[EntityId]) -> Result<(), VectorIndexError> {
        self.vectors.remove(owner, ids).await
    }

    async fn fingerprints(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<HashMap<EntityId, String>, VectorIndexError> {
        self.vectors.fingerprints(owner, ids).await
    }

    async fn get(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<Vec<(EntityId, Vec<f32>)>, VectorIndexError> {
        self.vectors.get(owner, ids).await
    }

    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError> {
        self.vectors.search(owner, query, limit).await
    }
}
