//! `GET /saved-searches/{id}`.

use app_domain::SavedSearchId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories};
use app_store::SavedSearches;
use axum::Json;
use axum::extract::State;

use super::body::OneSavedSearch;
use super::one;

/// Read a saved search.
#[utoipa::path(
    get, operation_id = "readSavedSearch", path = "/saved-searches/{id}", tag = "search", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The saved search.", body = OneSavedSearch), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(searches): State<SavedSearches>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<SavedSearchId>,
) -> Result<Json<OneSavedSearch>, ApiError> {
    Ok(Json(OneSavedSearch::new(&one(&searches, caller.user_id, id).await?)?))
}
