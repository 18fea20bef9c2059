//! `DELETE /memories/{id}`.

use app_domain::MemoryId;
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ChangeErrors, DeleteMemories, IfMatch, ItemErrors, Now, PathId,
};
use app_store::{Memories, Removal};
use axum::extract::State;
use axum::http::StatusCode;

/// Move a memory to the trash. It can be restored for 30 days, then it goes for good.
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
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    match memories.trash(caller.user_id, id, if_match.0, now).await? {
        Removal::Done => Ok(StatusCode::NO_CONTENT),
        Removal::Missing => Err(ApiError::not_found("memory")),
        Removal::Stale => Err(ApiError::stale()),
    }
}
