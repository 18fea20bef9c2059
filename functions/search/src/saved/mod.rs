//! Searches that people keep, to run them again.

mod body;
mod create;
mod delete;
mod list;
mod patch;
mod read;

use app_domain::{SavedSearch, SavedSearchId, UserId};
use app_http::{ApiError, Routes, routes};
use app_store::{SavedSearches, SavingError};
use serde_json::Value;

use crate::App;
use crate::criteria::Criteria;

pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(list::list, create::create)).routes(routes!(
        read::read,
        patch::patch,
        delete::delete
    ))
}

/// Why a saved search was not kept or changed.
enum Unsaved {
    Missing,
    NameTaken,
    TooMany,
}

impl From<SavingError<Unsaved>> for Unchanged {
    fn from(error: SavingError<Unsaved>) -> Self {
        Self(match error {
            SavingError::Refused(Unsaved::Missing) => ApiError::not_found("saved search"),
            SavingError::Refused(Unsaved::NameTaken) => {
                ApiError::conflict("NameTaken", "You have a saved search of this name.")
            }
            SavingError::Refused(Unsaved::TooMany) => {
                let message = format!("You have {} saved searches. Delete one first.", SavedSearch::MAX);
                ApiError::conflict("TooManySavedSearches", message)
            }
            SavingError::Store(error) => error.into(),
        })
    }
}

/// A change that was refused, as its answer.
struct Unchanged(ApiError);

impl From<Unchanged> for ApiError {
    fn from(unchanged: Unchanged) -> Self {
        unchanged.0
    }
}

/// One saved search of its owner.
pub(crate) async fn one(
    searches: &SavedSearches,
    owner: UserId,
    id: SavedSearchId,
) -> Result<SavedSearch, ApiError> {
    let all = searches.of(owner).await?;
    all.into_iter().find(|search| search.id == id).ok_or_else(|| ApiError::not_found("saved search"))
}

/// What a saved search searches for.
pub(crate) fn criteria(kept: &SavedSearch) -> Result<Criteria, ApiError> {
    serde_json::from_value(Value::Object(kept.search.clone())).map_err(ApiError::internal)
}
