//! The tags that a person uses, with how many memories have each. Memories write them, in the transactions that tag or untag
//! one; here they are read, and respelled.

use app_domain::{StoreError, Tag, UserId};
use serde::Deserialize;

use crate::category_item::RowCounts;
use crate::keys::{self, Key, TAG_PREFIX};
use crate::table::{self, PRESENT, Table, from_item, text, unless_refused};

/// The tags of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct UsedTags(Table);

/// A tag that a person uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedTag {
    /// The tag, as it was first written.
    pub tag: Tag,
    /// How many memories have it, those in the trash aside.
    pub memory_count: u64,
}

#[derive(Deserialize)]
struct TagItem {
    name: Tag,
    #[serde(flatten)]
    counts: RowCounts,
}

impl UsedTags {
    /// The tags of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Tags whose folded form begins as `prefix` does, all if it is empty, in the order of that form: the first `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn beginning_with(
        &self,
        owner: UserId,
        prefix: Option<&Tag>,
        limit: usize,
    ) -> Result<Vec<UsedTag>, StoreError> {
        let prefix = format!("{TAG_PREFIX}{}", prefix.map(Tag::folded).unwrap_or_default());
        let mut tags = Vec::new();
        let mut after = None;
        loop {
            let request = self.0.client().query().table_name(self.0.name()).consistent_read(true);
            let answer = request
                .key_condition_expression("pk = :owner AND begins_with(sk, :prefix)")
                .expression_attribute_values(":owner", text(keys::owner(owner)))
                .expression_attribute_values(":prefix", text(&prefix))
                .limit(i32::try_from(limit - tags.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(table::failed)?;
            for item in answer.items.unwrap_or_default() {
                tags.extend(from_item::<TagItem>(item)?.used());
            }
            after = answer.last_evaluated_key;
            if after.is_none() || tags.len() >= limit {
                return Ok(tags);
            }
        }
    }

    /// A tag, however it is written; nothing if no memory has it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, tag: &Tag) -> Result<Option<UsedTag>, StoreError> {
        let item: Option<TagItem> = self.0.get(key(owner, tag)).await?;
        Ok(item.and_then(TagItem::used))
    }

    /// Writes a tag that is in use otherwise: in other case, or another Unicode form.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn respell(&self, owner: UserId, tag: &Tag) -> Result<(), StoreError> {
        let request = self.0.client().update_item().table_name(self.0.name());
        let request = request
            .set_key(Some(key(owner, tag).attributes()))
            .update_expression("SET #name = :name")
            // Or a tag that was removed meanwhile would come back with nothing in it.
            .condition_expression(PRESENT)
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":name", text(tag.as_str()));
        unless_refused(request.send().await).map(drop)
    }
}

impl TagItem {
    /// What no memory has any more may still be there for a moment.
    fn used(self) -> Option<UsedTag> {
        let memory_count = self.counts.total();
        (memory_count > 0).then_some(UsedTag { tag: self.name, memory_count })
    }
}

fn key(owner: UserId, tag: &Tag) -> Key {
    keys::tag(owner, &tag.folded())
}
