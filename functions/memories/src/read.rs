//! `GET /memories/{id}`.

use app_domain::MemoryId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories, etag};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use crate::body::OneMemory;

/// Read one memory.
#[utoipa::path(
    get, operation_id = "readMemory", path = "/memories/{id}", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The memory.", body = OneMemory), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<MemoryId>,
) -> Result<impl IntoResponse, ApiError> {
    let memory = memories.get(caller.user_id, id).await?.ok_or_else(|| ApiError::not_found("memory"))?;
    Ok((etag(memory.version), Json(OneMemory::from(memory))))
}
