//! Vectors in the table, found through its own index of them.

use std::collections::HashMap;

use app_domain::UserId;
use app_search::EntityId;
use app_search::vectors::{VectorEntry, VectorError, VectorHit, VectorIndex, VectorIndexError};
use app_store::{NewVector, Vectors};
use async_trait::async_trait;

use crate::documents::{entity_named, name_of};

/// The vectors that one model made. Writes are seen by [`VectorIndex::get`] at once, by searches a little later.
pub struct TableVectors {
    vectors: Vectors,
    dimensions: usize,
}

impl TableVectors {
    /// Those of the table, each with so many dimensions.
    pub fn new(vectors: Vectors, dimensions: usize) -> Self {
        Self { vectors, dimensions }
    }

    /// Refuses what the index would refuse, or would keep without ever finding it.
    fn check(&self, vector: &[f32]) -> Result<(), VectorError> {
        if vector.len() != self.dimensions {
            return Err(VectorError::Dimensions { expected: self.dimensions, found: vector.len() });
        }
        if vector.iter().any(|number| !number.is_finite()) {
            return Err(VectorError::NotFinite);
        }
        Ok(())
    }
}

#[async_trait]
impl VectorIndex for TableVectors {
    fn max_hits(&self) -> usize {
        Vectors::max_hits()
    }

    async fn put(&self, owner: UserId, entries: Vec<VectorEntry>) -> Result<(), VectorIndexError> {
        for entry in &entries {
            self.check(&entry.vector)?;
        }
        let new = |entry: VectorEntry| NewVector {
            of: name_of(entry.id),
            vector: entry.vector,
            fingerprint: entry.fingerprint,
        };
        Ok(self.vectors.put(owner, entries.into_iter().map(new).collect()).await?)
    }

    async fn remove(&self, owner: UserId, ids: &[EntityId]) -> Result<(), VectorIndexError> {
        Ok(self.vectors.remove(owner, &names_of(ids)).await?)
    }

    async fn fingerprints(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<HashMap<EntityId, String>, VectorIndexError> {
        let known = self.vectors.fingerprints(owner, &names_of(ids)).await?;
        Ok(known.into_iter().filter_map(|(of, print)| Some((entity_named(&of)?, print))).collect())
    }

    async fn get(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<Vec<(EntityId, Vec<f32>)>, VectorIndexError> {
        let known = self.vectors.get(owner, &names_of(ids)).await?;
        Ok(known.into_iter().filter_map(|(of, vector)| Some((entity_named(&of)?, vector))).collect())
    }

    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError> {
        self.check(query)?;
        if limit == 0 || query.iter().all(|number| *number == 0.0) {
            return Ok(Vec::new());
        }
        let hits = self.vectors.search(owner, query, limit).await?;
        let hit = |(of, similarity): (String, f32)| Some(VectorHit { id: entity_named(&of)?, similarity });
        let mut hits: Vec<VectorHit> = hits.into_iter().filter_map(hit).collect();
        let order = |one: &VectorHit, other: &VectorHit| {
            other.similarity.total_cmp(&one.similarity).then_with(|| other.id.cmp(&one.id))
        };
        hits.sort_by(order);
        Ok(hits)
    }
}

fn names_of(ids: &[EntityId]) -> Vec<String> {
    ids.iter().map(|id| name_of(*id)).collect()
}
