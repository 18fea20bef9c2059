//! `DELETE /saved-searches/{id}`.

use app_domain::{SavedSearch, SavedSearchId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, WriteMemories};
use app_store::SavedSearches;
use axum::extract::State;
use axum::http::StatusCode;

use super::{Unchanged, Unsaved};

/// Delete a saved search.
#[utoipa::path(
    delete, operation_id = "deleteSavedSearch", path = "/saved-searches/{id}", tag = "search", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn delete(
    State(searches): State<SavedSearches>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<SavedSearchId>,
) -> Result<StatusCode, ApiError> {
    let remove = |all: &mut Vec<SavedSearch>| {
        let before = all.len();
        all.retain(|search| search.id != id);
        if all.len() < before { Ok(()) } else { Err(Unsaved::Missing) }
    };
    searches.change(caller.user_id, remove).await.map_err(Unchanged::from)?;
    Ok(StatusCode::NO_CONTENT)
}
