//! Filing or tagging many memories otherwise, or moving them to the trash, a few at a time: some in the request that asks for it, the
//! rest by chores.

use app_domain::{CategoryId, MemoryId, MemorySource, StoreError, Tag, Timestamp, UserId};
use serde::de::IgnoredAny;

use crate::keys::{self, Key};
use crate::memories::{KeyOnly, Memories};
use crate::shelf::{Row, Shelf};
use crate::table::{corrupt, failed, from_item, text};
use crate::trash::Removal;

/// What was done of a list of memories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refiled {
    /// How many memories were changed.
    pub memories: u64,
    /// Where to go on, if the list has not ended.
    pub next: Option<String>,
}

impl Memories {
    /// Files memories of a category in none: at most `limit`, those behind `after`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn clear_some(
        &self,
        owner: UserId,
        category: CategoryId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Refiled, StoreError> {
        let (ids, next) = self.walk(owner, &Shelf::Category(category), after, limit).await?;
        let mut memories = 0;
        for id in ids {
            // It may have been filed elsewhere a moment ago.
            let cleared = self.refile(owner, id, Some(category), |memory| match memory.category {
                Some(filed) if filed == category => memory.filed(None),
                _ => memory,
            });
            memories += u64::from(cleared.await?);
        }
        Ok(Refiled { memories, next })
    }

    /// Replaces a tag on memories, or removes it: on at most `limit`, those behind `after`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn retag_some(
        &self,
        owner: UserId,
        from: &Tag,
        to: Option<&Tag>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Refiled, StoreError> {
        let (ids, next) = self.walk(owner, &from.into(), after, limit).await?;
        let mut memories = 0;
        for id in ids {
            memories += u64::from(self.refile(owner, id, None, |memory| memory.retagged(from, to)).await?);
        }
        Ok(Refiled { memories, next })
    }

    /// Moves memories of a source to the trash: of at most `limit`, those behind `after`, the ones that are of a time until `until`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn trash_some(
        &self,
        owner: UserId,
        (source, until): (MemorySource, Timestamp),
        after: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Refiled, StoreError> {
        let (ids, next) = self.walk(owner, &source.into(), after, limit).await?;
        let mut memories = 0;
        for id in ids.into_iter().filter(|id| is_until(*id, until)) {
            memories += u64::from(self.trash(owner, id, None, now).await? == Removal::Done);
        }
        Ok(Refiled { memories, next })
    }

    /// Whether any memory is filed in a category, or still says so after the category was deleted.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_any_in(&self, owner: UserId, category: CategoryId) -> Result<bool, StoreError> {
        let (met, _) = self.walk(owner, &Shelf::Category(category), None, 1).await?;
        Ok(!met.is_empty())
    }

    /// Whether a category is there: one that was deleted may have come back.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn has_category(&self, owner: UserId, category: CategoryId) -> Result<bool, StoreError> {
        let found: Option<IgnoredAny> = self.table.get(keys::category(owner, category)).await?;
        Ok(found.is_some())
    }

    /// Whether any memory has a tag.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_any_tagged(&self, owner: UserId, tag: &Tag) -> Result<bool, StoreError> {
        let (met, _) = self.walk(owner, &tag.into(), None, 1).await?;
        Ok(!met.is_empty())
    }

    /// Memories on a shelf, row by row, behind `after`: at most `limit`. With the place of the last, if there are more. A memory
    /// that changes rows meanwhile may be missed, or met twice.
    async fn walk(
        &self,
        owner: UserId,
        shelf: &Shelf,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<MemoryId>, Option<String>), StoreError> {
        let after = after.and_then(|place| place.split_once('#'));
        let mut met: Vec<(Row, String)> = Vec::new();
        for row in Row::fitting(None, None) {
            let partition = keys::row(owner, shelf, row);
            let start = match after {
                Some((begun, _)) if row.as_str() < begun => continue,
                Some((begun, id)) if row.as_str() == begun => {
                    Some(Key { pk: partition.clone(), sk: id.to_owned() })
                }
                _ => None,
            };
            // One more than is wanted tells whether there are more.
            let left = i32::try_from(limit + 1 - met.len()).unwrap_or(i32::MAX);
            let entries = self.in_row(partition, start, left).await?;
            met.extend(entries.into_iter().map(|entry| (row, entry.sk)));
            if met.len() > limit {
                break;
            }
        }
        let more = met.len() > limit;
        met.truncate(limit);
        let next = met.last().filter(|_| more).map(|(row, id)| format!("{}#{id}", row.as_str()));
        let ids = met.iter().map(|(_, id)| id.parse().map_err(corrupt)).collect::<Result<_, _>>()?;
        Ok((ids, next))
    }

    async fn in_row(&self, row: String, after: Option<Key>, limit: i32) -> Result<Vec<KeyOnly>, StoreError> {
        // By the partition alone: DynamoDB takes no empty text for a part of a key, not even as a beginning.
        let request = self.table.client().query().table_name(self.table.name());
        let answer = request
            .key_condition_expression("pk = :row")
            .expression_attribute_values(":row", text(row))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit)
            .set_exclusive_start_key(after.map(Key::attributes))
            .send()
            .await
            .map_err(failed)?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }
}

/// Whether a memory is of a time until `until`: its id says so.
fn is_until(id: MemoryId, until: Timestamp) -> bool {
    let millis = id.as_uuid().as_u128() >> 80;
    i64::try_from(millis).is_ok_and(|millis| millis <= until.as_millis())
}
