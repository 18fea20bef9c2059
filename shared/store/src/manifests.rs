//! Of which segments a person's index is made. A segment counts from the moment that its manifest names it, so that nobody ever sees
//! half of a change of the index.

use app_domain::{StoreError, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys;
use crate::table::{self, Table, number};

/// The manifests of the table.
#[derive(Clone)]
pub struct Manifests(Table);

/// Of what a person's index is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// How often it has been written. 0, if it never was.
    pub version: u64,
    /// The oldest first.
    pub segments: Vec<SegmentEntry>,
    /// The model that what was indexed has vectors of, but for what waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether everything that can be found is in it, or is noted as changed. An index that was begun when there were memories already is
    /// not.
    #[serde(default)]
    pub is_complete: bool,
    /// Whether something was lost that only making the index again brings back.
    #[serde(default)]
    pub is_damaged: bool,
    /// Since when the index is being made again from the table, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuilt_since: Option<Timestamp>,
    /// Since when somebody is at the vectors that had to wait, if somebody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedding_since: Option<Timestamp>,
    /// Since when somebody is at the changes that are not indexed yet, if somebody but the stream is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catching_up_since: Option<Timestamp>,
}

/// A segment of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// Which object of the bucket it is.
    pub id: Uuid,
    /// How many documents it has, those counted in that it only hides in older segments.
    pub documents: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Manifest {
    /// How many documents the index has, those counted twice that have changed since a segment was written.
    pub fn documents(&self) -> u64 {
        self.segments.iter().map(|segment| segment.documents).sum()
    }
}

impl Manifests {
    /// The manifests of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// A person's manifest, as it is now; an empty one if there is none.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId) -> Result<Manifest, StoreError> {
        Ok(self.0.get(keys::manifest(owner)).await?.unwrap_or_default())
    }

    /// Puts a manifest in the place of the one that it was made from, and returns it with its new version. `None` if somebody else's
    /// has come first.
    ///
    /// # Errors
    /// If the store fails. It may be written all the same.
    pub async fn replace(&self, owner: UserId, after: Manifest) -> Result<Option<Manifest>, StoreError> {
        let before = after.version;
        let after = Manifest { version: before + 1, ..after };
        let put = self.0.put(keys::manifest(owner), &after)?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        let request = if before == 0 {
            request.condition_expression(table::ABSENT)
        } else {
            request
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before))
        };
        if table::unless_refused(request.send().await)? {
            return Ok(Some(after));
        }
        // Written all the same, if only the answer was lost and the call made again.
        Ok((self.get(owner).await? == after).then_some(after))
    }
}
