//! The index that needs nothing but memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use app_domain::UserId;
use async_trait::async_trait;

use super::{VectorEntry, VectorError, VectorHit, VectorIndex, VectorIndexError, VectorSet};
use crate::EntityId;

/// Vectors in memory. Searches are exact, and nothing lags behind.
///
/// A search occupies the thread it is called on, for some milliseconds if there are a hundred thousand vectors.
pub struct ExactIndex {
    empty: VectorSet,
    people: RwLock<HashMap<UserId, Person>>,
}

struct Person {
    vectors: VectorSet,
    fingerprints: HashMap<EntityId, String>,
}

impl ExactIndex {
    /// An empty index for the vectors of a model.
    ///
    /// # Errors
    /// If there cannot be such a model.
    pub fn new(model: &str, dimensions: usize) -> Result<Self, VectorError> {
        Ok(Self { empty: VectorSet::new(model, dimensions)?, people: RwLock::default() })
    }

    /// Whoever panicked meanwhile, every vector is either in or not: a poisoned lock is as good as any.
    fn read<T>(&self, owner: UserId, read: impl FnOnce(&Person) -> T) -> Option<T> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).get(&owner).map(read)
    }
}

#[async_trait]
impl VectorIndex for ExactIndex {
    fn max_hits(&self) -> usize {
        usize::MAX
    }

    async fn put(&self, owner: UserId, entries: Vec<VectorEntry>) -> Result<(), VectorIndexError> {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let person = people
            .entry(owner)
            .or_insert_with(|| Person { vectors: self.empty.clone(), fingerprints: HashMap::new() });
        for entry in entries {
            person.vectors.insert(entry.id, &entry.vector)?;
            person.fingerprints.insert(entry.id, entry.fingerprint);
        }
        Ok(())
    }

    async fn remove(&self, owner: UserId, ids: &[EntityId]) -> Result<(), VectorIndexError> {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(&owner) {
            for id in ids {
                person.vectors.remove(*id);
                person.fingerprints.remove(id);
            }
        }
        Ok(())
    }

    async fn fingerprints(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<HashMap<EntityId, String>, VectorIndexError> {
        let of = |person: &Person| {
            let known = |id: &EntityId| Some((*id, person.fingerprints.get(id)?.clone()));
            ids.iter().filter_map(known).collect()
        };
        Ok(self.read(owner, of).unwrap_or_default())
    }

    async fn get(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<Vec<(EntityId, Vec<f32>)>, VectorIndexError> {
        let of = |person: &Person| {
            ids.iter().filter_map(|id| Some((*id, person.vectors.vector(*id)?))).collect::<Vec<_>>()
        };
        Ok(self.read(owner, of).unwrap_or_default())
    }

    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError> {
        let found = self.read(owner, |person| person.vectors.search(query, limit, |_| true));
        // So that a query that does not fit is refused whoever asks.
        Ok(found.unwrap_or_else(|| self.empty.search(query, limit, |_| false))?)
    }
}
