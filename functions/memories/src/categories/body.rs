//! A category as clients see it.

use app_domain::Category;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A category.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CategoryBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// Its name.
    name: String,
    /// What belongs into it.
    description: Option<String>,
    /// The name of a symbol, or an emoji.
    #[schema(example = "plane")]
    icon: Option<String>,
    /// A colour.
    #[schema(example = "#56ccf2")]
    color: Option<String>,
    /// Whether it was made for the person, not by them.
    is_default: bool,
    /// Its place: the lowest comes first, those of one place by name.
    sort_order: i32,
    /// How many memories are filed in it, exactly; those in the trash aside.
    memory_count: u64,
    /// How often it has been written; also in the `ETag`.
    version: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

impl From<Category> for CategoryBody {
    fn from(category: Category) -> Self {
        Self {
            id: category.id.as_uuid(),
            name: category.name.as_str().to_owned(),
            description: category.description.map(|text| text.as_str().to_owned()),
            icon: category.icon.map(|icon| icon.as_str().to_owned()),
            color: category.color.map(|color| color.as_str().to_owned()),
            is_default: category.is_default,
            sort_order: category.sort_order,
            memory_count: category.memory_count,
            version: category.version.get(),
            created_at: category.created_at.to_string(),
            updated_at: category.updated_at.to_string(),
        }
    }
}

/// The answer that holds one category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneCategory {
    category: CategoryBody,
}

impl From<Category> for OneCategory {
    fn from(category: Category) -> Self {
        Self { category: category.into() }
    }
}

/// The answer that holds all categories.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryList {
    /// In order.
    categories: Vec<CategoryBody>,
}

impl From<Vec<Category>> for CategoryList {
    fn from(categories: Vec<Category>) -> Self {
        Self { categories: categories.into_iter().map(CategoryBody::from).collect() }
    }
}
