//! `DELETE /memories/{id}`.

use app_domain::MemoryId;
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ChangeErrors, DeleteMemories, IfMatch, ItemErrors, PathId,
};
use app_store::Memories;
use axum::extract::State;
use axum::http::StatusCode;

/// Delete a memory for good.
#[utoipa::path(
    delete, operation_id = "deleteMemory", path = "/memories/{id}", tag = "memories", security(("bearer" = ["delete:memories"]), ("apiKey" = ["delete:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Delete only this version.")),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn delete(
    State(memories): State<Memories>,
    caller: Caller<DeleteMemories>,
    PathId(id): PathId<MemoryId>,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    if memories.delete(caller.user_id, id, if_match.0).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    // What is not there is not found; what is there has another version.
    let there = memories.get(caller.user_id, id).await?;
    Err(if there.is_some() { ApiError::stale() } else { ApiError::not_found("memory") })
}
