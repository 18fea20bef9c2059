//! `PATCH /saved-searches/{id}`.

use app_domain::{SavedSearch, SavedSearchId, SavedSearchName};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors, Now, Parse,
    PathId, ValidJson, WriteMemories,
};
use app_store::SavedSearches;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::{OneSavedSearch, is_taken, kept};
use super::{Unchanged, Unsaved};
use crate::criteria::Criteria;

/// What to change. A member that is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PatchSavedSearchRequest {
    /// 1–100 characters on one line.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What it searches for, in the place of all that it searched for.
    search: Option<Criteria>,
}

/// A parsed [`PatchSavedSearchRequest`].
#[derive(Debug)]
pub(crate) struct Change {
    name: Option<SavedSearchName>,
    search: Option<Map<String, Value>>,
}

impl Parse for PatchSavedSearchRequest {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check_optional("name", self.name.as_deref().map(SavedSearchName::parse));
        match (name, self.search.as_ref().map(kept).transpose()) {
            (Some(name), Ok(search)) => Ok(Change { name, search }),
            (_, Ok(_)) => Err(errors),
            (_, Err(others)) => Err(errors.and(others)),
        }
    }
}

/// Change a saved search.
#[utoipa::path(
    patch, operation_id = "patchSavedSearch", path = "/saved-searches/{id}", tag = "search", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    request_body = PatchSavedSearchRequest,
    responses(
        (status = 200, description = "The saved search after the change.", body = OneSavedSearch),
        (status = 409, description = "There is another of this name.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn patch(
    State(searches): State<SavedSearches>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<SavedSearchId>,
    Now(now): Now,
    ValidJson(change): ValidJson<PatchSavedSearchRequest>,
) -> Result<Json<OneSavedSearch>, ApiError> {
    let apply = |all: &mut Vec<SavedSearch>| {
        let before = all.iter().find(|search| search.id == id).cloned().ok_or(Unsaved::Missing)?;
        let mut after = before.clone();
        after.name = change.name.clone().unwrap_or(after.name);
        after.search = change.search.clone().unwrap_or(after.search);
        if after == before {
            return Ok(after);
        }
        if is_taken(all, &after.name, Some(&before)) {
            return Err(Unsaved::NameTaken);
        }
        after.updated_at = now;
        all.iter_mut().filter(|search| search.id == id).for_each(|search| *search = after.clone());
        Ok(after)
    };
    let after = searches.change(caller.user_id, apply).await.map_err(Unchanged::from)?;
    Ok(Json(OneSavedSearch::new(&after)?))
}
