//! A saved search as clients see it.

use app_domain::{SavedSearch, SavedSearchName};
use app_http::{ApiError, FieldErrors};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::criteria;
use crate::criteria::Criteria;

/// A saved search. Run it with `GET /memories/search?savedSearchId=…`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedSearchBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// What it is called.
    name: String,
    /// What it searches for. Times such as "last week" are those of when it is run.
    search: Criteria,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// The answer that holds one saved search.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneSavedSearch {
    saved_search: SavedSearchBody,
}

impl SavedSearchBody {
    pub(crate) fn new(kept: &SavedSearch) -> Result<Self, ApiError> {
        Ok(Self {
            id: kept.id.as_uuid(),
            name: kept.name.as_str().to_owned(),
            search: criteria(kept)?,
            created_at: kept.created_at.to_string(),
            updated_at: kept.updated_at.to_string(),
        })
    }
}

impl OneSavedSearch {
    pub(crate) fn new(kept: &SavedSearch) -> Result<Self, ApiError> {
        Ok(Self { saved_search: SavedSearchBody::new(kept)? })
    }
}

/// Criteria as they are kept. They must be such as can be searched for.
pub(crate) fn kept(criteria: &Criteria) -> Result<Map<String, Value>, FieldErrors> {
    criteria.parse()?;
    match serde_json::to_value(criteria) {
        Ok(Value::Object(members)) => Ok(members),
        // Criteria are an object.
        _ => Ok(Map::new()),
    }
}

/// Whether one of the searches, other than `but`, has a name.
pub(crate) fn is_taken(all: &[SavedSearch], name: &SavedSearchName, but: Option<&SavedSearch>) -> bool {
    all.iter().any(|other| other.name.is_like(name) && but.is_none_or(|but| but.id != other.id))
}
