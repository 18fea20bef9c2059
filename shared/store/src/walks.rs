//! Walks through everything of a kind that a person has, for work that takes longer than one invocation.
//!
//! A walk is made of portions, each one read of at most a megabyte, and stands behind an item by the end of its sort key: so it goes on in
//! the middle of however many items there are, at the same cost, even when the item that it stands behind is gone. What cannot be read
//! is named instead of ending the walk. [`crate::keys`] says which partitions are walked.

use std::fmt;

use app_domain::{SortOrder, StoreError, UserId};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use crate::keys;
use crate::table::{self, Item, Table, text};

/// Where a walk stands: behind the item whose sort key ends so, which is the item's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WalkPosition(String);

impl WalkPosition {
    /// Behind the item of an id.
    pub fn behind(id: impl fmt::Display) -> Self {
        Self(id.to_string())
    }

    /// The id, as it is written in the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An item that a walk came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked<T> {
    /// Where it is.
    pub at: WalkPosition,
    /// What it is; nothing if it cannot be read.
    pub read: Option<T>,
}

/// What one read of a walk gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Portion<T> {
    /// The items, in the order of the walk.
    pub items: Vec<Walked<T>>,
    /// Whether nothing comes behind them.
    pub is_last: bool,
}

/// A walk's items: those of a partition whose sort keys begin with something.
pub(crate) struct Trail {
    pub(crate) partition: String,
    pub(crate) prefix: &'static str,
    pub(crate) order: SortOrder,
}

impl Trail {
    /// From the first to the last.
    pub(crate) fn up(partition: String, prefix: &'static str) -> Self {
        Self { partition, prefix, order: SortOrder::Ascending }
    }

    /// From the last to the first.
    pub(crate) fn down(partition: String, prefix: &'static str) -> Self {
        Self { partition, prefix, order: SortOrder::Descending }
    }
}

impl Table {
    /// The next items of a walk behind a place, at most `limit`, each opened.
    pub(crate) async fn walk<T, F>(
        &self,
        owner: UserId,
        trail: &Trail,
        after: Option<&WalkPosition>,
        limit: u32,
        open: impl Fn(Item) -> F,
    ) -> Result<Portion<T>, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut query = self.client().query().table_name(self.name());
        let mut condition = "pk = :partition".to_owned();
        // DynamoDB refuses to compare a key with the empty text.
        if !trail.prefix.is_empty() {
            condition.push_str(" AND begins_with(sk, :prefix)");
            query = query.expression_attribute_values(":prefix", text(trail.prefix));
        }
        let start = after.map(|after| keys::behind(&trail.partition, trail.prefix, after.as_str()));
        let answer = query
            .key_condition_expression(condition)
            .expression_attribute_values(":partition", text(&trail.partition))
            .scan_index_forward(trail.order == SortOrder::Ascending)
            .consistent_read(true)
            .limit(limit.cast_signed())
            .set_exclusive_start_key(start.map(keys::Key::attributes))
            .send()
            .await
            .map_err(table::failed)?;
        let mut items = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let at = WalkPosition(rest_of_key(&item, trail.prefix)?);
            items.push(Walked { read: readable(owner, open(item).await)?, at });
        }
        Ok(Portion { items, is_last: answer.last_evaluated_key.is_none() })
    }
}

/// What can be read of something; nothing if it cannot, which is logged.
pub(crate) fn readable<T>(owner: UserId, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Corrupt(error)) => {
            tracing::error!(userId = owner.hashed(), error = %error, "an item cannot be read");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A sort key behind a prefix. Every item has one.
fn rest_of_key(item: &Item, prefix: &str) -> Result<String, StoreError> {
    let key = item.get(keys::SK).and_then(|key| AttributeValue::as_s(key).ok());
    let rest = key.and_then(|key| key.strip_prefix(prefix));
    rest.map(str::to_owned).ok_or_else(|| StoreError::Corrupt("an item without its sort key".into()))
}
