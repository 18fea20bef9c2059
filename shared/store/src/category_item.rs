//! A category as it is stored, and the writes that make one. Its counters are on its item too, and only memories write them.

use std::sync::Arc;

use app_domain::{
    Category, CategoryIcon, CategoryId, CategoryName, Color, Description, Sealing, StoreError, Timestamp,
    UserId, Version,
};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys;
use crate::table::{self, Table, corrupt, if_absent, number};

/// The attributes that a category may lack, for writes that must remove them.
pub(crate) const OPTIONAL: [&str; 3] = ["icon", "color", "sealed"];

/// How many memories each row of a shelf has, by archive and favourite mark.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct RowCounts {
    #[serde(default)]
    n00: i64,
    #[serde(default)]
    n01: i64,
    #[serde(default)]
    n10: i64,
    #[serde(default)]
    n11: i64,
}

impl RowCounts {
    pub(crate) fn total(self) -> u64 {
        u64::try_from(self.n00 + self.n01 + self.n10 + self.n11).unwrap_or(0)
    }
}

/// A category's own attributes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CategoryItem {
    pub(crate) id: CategoryId,
    name: CategoryName,
    /// The description, which is what a person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    icon: Option<CategoryIcon>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    is_default: bool,
    sort_order: i32,
    version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(flatten, skip_serializing)]
    counts: RowCounts,
}

/// Which category has a name.
#[derive(Serialize, Deserialize)]
pub(crate) struct NameItem {
    pub(crate) id: CategoryId,
}

/// How many categories a person has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumberItem {
    pub(crate) categories: u32,
}

impl CategoryItem {
    fn new(category: &Category, sealed: Option<Vec<u8>>) -> Self {
        let category = category.clone();
        Self {
            id: category.id,
            name: category.name,
            sealed: sealed.map(ByteBuf::from),
            icon: category.icon,
            color: category.color,
            is_default: category.is_default,
            sort_order: category.sort_order,
            version: category.version,
            created_at: category.created_at,
            updated_at: category.updated_at,
            counts: RowCounts::default(),
        }
    }
}

/// Turns categories into items and back.
#[derive(Clone)]
pub(crate) struct Items(Arc<dyn Sealing>);

impl Items {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn item(&self, category: &Category) -> Result<CategoryItem, StoreError> {
        let sealed = match &category.description {
            Some(text) => {
                Some(self.0.seal(category.owner, &record(category.id), text.as_str().as_bytes()).await?)
            }
            None => None,
        };
        Ok(CategoryItem::new(category, sealed))
    }

    pub(crate) async fn category(&self, owner: UserId, item: CategoryItem) -> Result<Category, StoreError> {
        let description = match &item.sealed {
            Some(sealed) => {
                let text = self.0.open(owner, &record(item.id), sealed).await?;
                let text = String::from_utf8(text).map_err(corrupt)?;
                Some(Description::parse(&text).map_err(corrupt)?)
            }
            None => None,
        };
        Ok(Category {
            id: item.id,
            owner,
            name: item.name,
            description,
            icon: item.icon,
            color: item.color,
            is_default: item.is_default,
            sort_order: item.sort_order,
            memory_count: item.counts.total(),
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }
}

/// The name under which a category's description is sealed.
fn record(id: CategoryId) -> String {
    format!("category/{id}")
}

/// The writes of a new category: itself and its name, each refused if it is there.
pub(crate) fn made(
    table: &Table,
    owner: UserId,
    item: &CategoryItem,
) -> Result<[TransactWriteItem; 2], StoreError> {
    let itself = table.put(keys::category(owner, item.id), item)?;
    let name = table.put(keys::category_name(owner, &item.name.folded()), &NameItem { id: item.id })?;
    Ok([table::put(if_absent(itself)), table::put(if_absent(name))])
}

/// The write that counts `by` more categories, refused if they were too many.
pub(crate) fn counted(table: &Table, owner: UserId, by: i64) -> Result<TransactWriteItem, StoreError> {
    let update = Update::builder()
        .table_name(table.name())
        .set_key(Some(keys::categories(owner).attributes()))
        .update_expression("ADD categories :by")
        .expression_attribute_values(":by", number(by));
    let most = i64::try_from(Category::MAX_PER_PERSON).unwrap_or(i64::MAX) - by;
    table::update(match by {
        1.. => update
            .condition_expression("attribute_not_exists(categories) OR categories <= :most")
            .expression_attribute_values(":most", number(most)),
        _ => update,
    })
}

/// The writes of categories that are given to a person, whose descriptions are empty.
pub(crate) fn given(table: &Table, categories: &[Category]) -> Result<Vec<TransactWriteItem>, StoreError> {
    let mut writes = Vec::new();
    for category in categories {
        writes.extend(made(table, category.owner, &CategoryItem::new(category, None))?);
    }
    if let Some(first) = categories.first() {
        writes.push(counted(table, first.owner, i64::try_from(categories.len()).unwrap_or(i64::MAX))?);
    }
    Ok(writes)
}
