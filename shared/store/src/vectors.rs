//! Vectors of what can be found, and the table's own index of them.
//!
//! A vector has an item of its own, so that what it is of stays small to read. The index is partitioned by owner and model: vectors of
//! two models never meet. It is approximate and lags behind, and it does not keep people apart by itself; what it finds is read
//! again from the table, with its owner, before anybody sees it.

use std::collections::HashMap;

use app_domain::{StoreError, UserId};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys;
use crate::table::{self, Item, Table, text};

/// The most that the index finds at once.
const MAX_HITS: usize = 100;
/// How many vectors are read at once.
const READ_AT_ONCE: usize = 1_000;

/// The vectors of the table that one model made.
#[derive(Clone)]
pub struct Vectors {
    table: Table,
    index: String,
    model: String,
}

/// A vector that is to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVector {
    /// What it is of, in a few characters.
    pub of: String,
    /// Where it points. All zeros if there is nothing to find.
    pub vector: Vec<f32>,
    /// Of which text it was made.
    pub fingerprint: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VectorItem {
    model: String,
    fingerprint: String,
    /// The vector again, as little-endian 32-bit floats: a quarter of the size to read.
    codes: ByteBuf,
}

#[derive(Deserialize)]
struct Kept {
    sk: String,
    model: String,
    #[serde(default)]
    fingerprint: String,
    #[serde(default)]
    codes: ByteBuf,
}

impl Vectors {
    /// The vectors of `table` that `model` made, found through `index`.
    pub fn new(table: Table, index: impl Into<String>, model: impl Into<String>) -> Self {
        Self { table, index: index.into(), model: model.into() }
    }

    /// The most that one search finds.
    pub const fn max_hits() -> usize {
        MAX_HITS
    }

    /// Keeps vectors, in the place of earlier ones.
    ///
    /// # Errors
    /// If the store fails. Some may be kept.
    pub async fn put(&self, owner: UserId, vectors: Vec<NewVector>) -> Result<(), StoreError> {
        let put = |new: NewVector| {
            let codes = new.vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
            let item = VectorItem {
                model: self.model.clone(),
                fingerprint: new.fingerprint,
                codes: ByteBuf::from(codes),
            };
            let mut put = self.table.put(keys::vector(owner, &new.of), &item)?;
            // What points nowhere is near nothing, and is left out of the index.
            if new.vector.iter().any(|number| *number != 0.0) {
                put.item.insert("vector".to_owned(), AttributeValue::L(numbers(&new.vector)));
                put.item.insert("vectorOwner".to_owned(), text(self.partition(owner)));
            }
            Ok(put)
        };
        self.table.put_all(vectors.into_iter().map(put).collect::<Result<_, StoreError>>()?).await
    }

    /// Removes vectors.
    ///
    /// # Errors
    /// If the store fails. Some may be gone.
    pub async fn remove(&self, owner: UserId, of: &[String]) -> Result<(), StoreError> {
        self.table.delete_all(of.iter().map(|of| keys::vector(owner, of)).collect()).await
    }

    /// Of which texts the vectors are that this model made of these, as far as there are any.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn fingerprints(
        &self,
        owner: UserId,
        of: &[String],
    ) -> Result<HashMap<String, String>, StoreError> {
        let kept = self.kept(owner, of, "sk, model, fingerprint").await?;
        Ok(kept.map(|kept| (kept.sk, kept.fingerprint)).collect())
    }

    /// The vectors that this model made of these, as far as there are any.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, of: &[String]) -> Result<Vec<(String, Vec<f32>)>, StoreError> {
        let kept = self.kept(owner, of, "sk, model, codes").await?;
        Ok(kept.map(|kept| (kept.sk, floats(&kept.codes))).collect())
    }

    /// The nearest to a vector of what an owner has, the nearest first, each with the cosine between them.
    ///
    /// # Errors
    /// If the store fails, or the index is not there (yet).
    pub async fn search(
        &self,
        owner: UserId,
        query: &[f32],
        limit: usize,
    ) -> Result<Vec<(String, f32)>, StoreError> {
        let request = self.table.client().search_vectors().table_name(self.table.name());
        let answer = request
            .index_name(&self.index)
            .set_search_vector(Some(numbers(query)))
            .search_condition_expression("vectorOwner = :owner")
            .expression_attribute_values(":owner", text(self.partition(owner)))
            .projection_expression("pk, sk")
            .top_k(i32::try_from(limit.clamp(1, MAX_HITS)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(table::failed)?;
        let own = keys::vectors(owner);
        let is_own = |item: &Item| item.get(keys::PK).and_then(|pk| pk.as_s().ok()) == Some(&own);
        let hits = answer.search_results.unwrap_or_default().into_iter().filter_map(|hit| {
            let item = hit.item.filter(is_own)?;
            let of = item.get(keys::SK)?.as_s().ok()?.clone();
            // The score is the cosine distance: 0 for the same direction.
            Some((of, (1.0 - hit.score) as f32))
        });
        Ok(hits.collect())
    }

    async fn kept(
        &self,
        owner: UserId,
        of: &[String],
        attributes: &str,
    ) -> Result<impl Iterator<Item = Kept>, StoreError> {
        let mut kept: Vec<Kept> = Vec::with_capacity(of.len());
        for of in of.chunks(READ_AT_ONCE) {
            let keys = of.iter().map(|of| keys::vector(owner, of)).collect();
            kept.extend(self.table.get_parts(keys, attributes).await?);
        }
        Ok(kept.into_iter().filter(|kept| kept.model == self.model))
    }

    fn partition(&self, owner: UserId) -> String {
        format!("{owner}#{}", self.model)
    }
}

fn numbers(vector: &[f32]) -> Vec<AttributeValue> {
    vector.iter().map(|number| AttributeValue::N(number.to_string())).collect()
}

fn floats(codes: &[u8]) -> Vec<f32> {
    let (codes, _) = codes.as_chunks();
    codes.iter().map(|code| f32::from_le_bytes(*code)).collect()
}
