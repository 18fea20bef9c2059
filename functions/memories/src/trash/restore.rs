//! `POST /trash/{id}/restore`.

use app_domain::MemoryId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, WriteMemories, etag};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use crate::body::OneMemory;

/// Bring a memory back from the trash, with its messages; in no category, if its own is gone.
#[utoipa::path(
    post, operation_id = "restoreTrashed", path = "/trash/{id}/restore", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The memory, where it was.", body = OneMemory), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn restore(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<MemoryId>,
) -> Result<impl IntoResponse, ApiError> {
    let memory = memories.restore(caller.user_id, id).await?;
    let memory = memory.ok_or_else(|| ApiError::not_found("memory in the trash"))?;
    Ok((etag(memory.version), Json(OneMemory::from(memory))))
}
