//! The index that needs nothing but memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use app_domain::UserId;
use async_trait::async_trait;

use super::{
    VectorAttributes, VectorEntry, VectorError, VectorFilter, VectorHit, VectorIndex, VectorIndexError,
    VectorSet,
};
use crate::EntityId;

/// Vectors in memory. Searches are exact, filters are applied before ranking, and nothing lags behind.
///
/// A search occupies the thread it is called on, for some milliseconds if there are a hundred thousand vectors.
pub struct ExactIndex {
    empty: VectorSet,
    people: RwLock<HashMap<UserId, Person>>,
}

struct Person {
    vectors: VectorSet,
    attributes: HashMap<EntityId, VectorAttributes>,
}

impl ExactIndex {
    /// An empty index for the vectors of a model.
    ///
    /// # Errors
    /// If there cannot be such a model.
    pub fn new(model: &str, dimensions: usize) -> Result<Self, VectorError> {
        Ok(Self { empty: VectorSet::new(model, dimensions)?, people: RwLock::default() })
    }
}

#[async_trait]
impl VectorIndex for ExactIndex {
    fn max_hits(&self) -> usize {
        usize::MAX
    }

    fn applies(&self, _: &VectorFilter) -> bool {
        true
    }

    async fn put(&self, owner: UserId, entries: Vec<VectorEntry>) -> Result<(), VectorIndexError> {
        // Whoever panicked meanwhile, every vector is either in or not: a poisoned lock is as good as any.
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let person = people
            .entry(owner)
            .or_insert_with(|| Person { vectors: self.empty.clone(), attributes: HashMap::new() });
        for entry in entries {
            person.vectors.insert(entry.id, &entry.vector)?;
            person.attributes.insert(entry.id, entry.attributes);
        }
        Ok(())
    }

    async fn remove(&self, owner: UserId, ids: &[EntityId]) -> Result<(), VectorIndexError> {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(&owner) {
            for id in ids {
                person.vectors.remove(*id);
                person.attributes.remove(id);
            }
        }
        Ok(())
    }

    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError> {
        let people = self.people.read().unwrap_or_else(PoisonError::into_inner);
        let Some(person) = people.get(&owner) else {
            // So that a query that does not fit is refused whoever asks.
            return Ok(self.empty.search(query, limit, |_| false)?);
        };
        let fits = |id| person.attributes.get(&id).is_some_and(|entity| filter.fits(entity));
        Ok(person.vectors.search(query, limit, fits)?)
    }
}
