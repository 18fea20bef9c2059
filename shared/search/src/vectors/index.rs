//! The port to what holds the vectors of everybody.

use std::collections::HashMap;

use app_domain::UserId;
use async_trait::async_trait;

use super::{VectorHit, VectorIndexError};
use crate::EntityId;

/// Holds the vectors that one model made, by their owner, and finds the nearest of one owner.
///
/// An implementation may lag behind its writes and may miss one of the nearest now and then: what is found is read again from
/// the table, with its owner, before anybody sees it. It must not return what another owner put in.
#[async_trait]
pub trait VectorIndex: Send + Sync {
    /// The most that one search returns.
    fn max_hits(&self) -> usize;

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

    /// Of which texts the vectors are that are there of these.
    ///
    /// # Errors
    /// If what holds the vectors fails.
    async fn fingerprints(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<HashMap<EntityId, String>, VectorIndexError>;

    /// The vectors that are there of these, as they are now, in no order.
    ///
    /// # Errors
    /// If what holds the vectors fails.
    async fn get(
        &self,
        owner: UserId,
        ids: &[EntityId],
    ) -> Result<Vec<(EntityId, Vec<f32>)>, VectorIndexError>;

    /// The nearest to a query of what the owner has, the nearest first, of equals the later id: at most `limit`, and at most
    /// [`VectorIndex::max_hits`]. What has no direction is never found.
    ///
    /// # Errors
    /// If the query does not fit the index, or what holds the vectors fails.
    async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, VectorIndexError>;
}

/// A vector, and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorEntry {
    /// What the vector is of.
    pub id: EntityId,
    /// Where it points. All zeros if there is nothing in it to find.
    pub vector: Vec<f32>,
    /// Of which text it was made: the same for the same text.
    pub fingerprint: String,
}
