//! `GET /trash/{id}`.

use app_domain::MemoryId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories};
use app_store::Memories;
use axum::Json;
use axum::extract::State;

use super::TrashedBody;

/// Read a memory in the trash.
#[utoipa::path(
    get, operation_id = "readTrashed", path = "/trash/{id}", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The memory, as it was.", body = TrashedBody), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<MemoryId>,
) -> Result<Json<TrashedBody>, ApiError> {
    let trashed = memories.trashed(caller.user_id, id).await?;
    let trashed = trashed.ok_or_else(|| ApiError::not_found("memory in the trash"))?;
    let memory = trashed.memory.clone().into();
    Ok(Json(TrashedBody::new(trashed, memory)))
}
