//! `DELETE /trash/{id}`.

use app_domain::{Chore, MemoryId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, DeleteMemories, ItemErrors, Now, PathId};
use app_runtime::Queue;
use app_store::Memories;
use axum::extract::State;
use axum::http::StatusCode;

/// Remove a memory for good, with its versions, messages and files. Only what is in the trash can be removed.
///
/// Nobody sees it from now on, and it cannot be restored; what is stored of it is gone a moment later.
#[utoipa::path(
    delete, operation_id = "purgeTrashed", path = "/trash/{id}", tag = "memories", security(("bearer" = ["delete:memories"]), ("apiKey" = ["delete:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 202, description = "It is going."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn purge(
    State(memories): State<Memories>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<DeleteMemories>,
    PathId(id): PathId<MemoryId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let owner = caller.user_id;
    if !memories.doom(owner, id, now).await? {
        return Err(ApiError::not_found("memory in the trash"));
    }
    // If this fails, the caller asks again; and if not, the next sweep does.
    chores.send(&Chore::PurgeMemory { owner, memory: id }).await.map_err(ApiError::unavailable)?;
    Ok(StatusCode::ACCEPTED)
}
