//! `GET /memories/{id}/versions`.

use app_domain::MemoryId;
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, ItemErrors,
    MemoryBody, PathId, ReadMemories,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of earlier versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionPage {
    /// What the memory was before each change, the latest first.
    versions: Vec<MemoryBody>,
    /// Where the page ends.
    pagination: CursorPagination,
}

/// List the earlier versions of a memory, the latest first. The latest 40 are kept. Sealing a memory removes all.
#[utoipa::path(
    get, operation_id = "listVersions", path = "/memories/{id}/versions", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path), CursorQuery),
    responses((status = 200, description = "A page of versions.", body = VersionPage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn list(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<MemoryId>,
    page: ByCursor<u64>,
) -> Result<Json<VersionPage>, ApiError> {
    let before = page.after.map(Into::into);
    let versions = memories.versions(caller.user_id, id, before, page.to_read()).await?;
    let versions = versions.ok_or_else(|| ApiError::not_found("memory"))?;
    let (versions, pagination) = page.paged(versions, |memory| memory.version.get(), MemoryBody::listed);
    Ok(Json(VersionPage { versions, pagination }))
}
