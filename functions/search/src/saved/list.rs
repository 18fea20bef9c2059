//! `GET /saved-searches`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ReadMemories};
use app_store::SavedSearches;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::SavedSearchBody;

/// All saved searches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedSearchList {
    /// In the order they were made.
    saved_searches: Vec<SavedSearchBody>,
}

/// List saved searches.
#[utoipa::path(
    get, operation_id = "listSavedSearches", path = "/saved-searches", tag = "search", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    responses((status = 200, description = "All saved searches.", body = SavedSearchList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(searches): State<SavedSearches>,
    caller: Caller<ReadMemories>,
) -> Result<Json<SavedSearchList>, ApiError> {
    let all = searches.of(caller.user_id).await?;
    let saved_searches = all.iter().map(SavedSearchBody::new).collect::<Result<_, _>>()?;
    Ok(Json(SavedSearchList { saved_searches }))
}
