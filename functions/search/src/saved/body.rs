//! A saved search as clients see it.

use app_domain::{Invalid, SavedSearch, SavedSearchName};
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

/// The longest question that is kept, in characters: all of a person's lie in one item of the table, of 400 KB.
const MAX_KEPT_CHARACTERS: usize = 1_000;

/// Criteria as they are kept. They must be such as can be searched for.
pub(crate) fn kept(criteria: &Criteria) -> Result<Map<String, Value>, FieldErrors> {
    // Control characters part words as spaces do, and take six bytes each in JSON.
    let q = criteria.q.as_ref().map(|q| q.replace(char::is_control, " "));
    let criteria = Criteria { q, ..criteria.clone() };
    let filter = criteria.parse()?.filter;
    if criteria.q.as_ref().is_some_and(|q| q.chars().count() > MAX_KEPT_CHARACTERS) {
        let rule = Invalid::new(format!("must be at most {MAX_KEPT_CHARACTERS} characters to be kept"));
        return Err(FieldErrors::one("q", &rule));
    }
    // As they were understood: the same tag may have been given again and again, and a time be written at any length.
    let criteria = Criteria {
        tags: criteria.tags.as_ref().map(|_| filter.tags.iter().map(str::to_owned).collect()),
        date_from: filter.from.map(|from| from.to_string()),
        date_to: filter.to.map(|to| to.to_string()),
        ..criteria
    };
    match serde_json::to_value(&criteria) {
        Ok(Value::Object(members)) => Ok(members),
        // Criteria are an object.
        _ => Ok(Map::new()),
    }
}

/// Whether one of the searches, other than `but`, has a name.
pub(crate) fn is_taken(all: &[SavedSearch], name: &SavedSearchName, but: Option<&SavedSearch>) -> bool {
    all.iter().any(|other| other.name.is_like(name) && but.is_none_or(|but| but.id != other.id))
}
