//! `GET /memories/{id}/versions/{version}`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, ReadMemories};
use app_store::Memories;
use axum::Json;
use axum::extract::State;

use super::PathVersion;
use crate::body::OneMemory;

/// Read an earlier version of a memory.
#[utoipa::path(
    get, operation_id = "readVersion", path = "/memories/{id}/versions/{version}", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path), ("version" = u64, Path)),
    responses((status = 200, description = "The memory, as it was.", body = OneMemory), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    PathVersion { id, version }: PathVersion,
) -> Result<Json<OneMemory>, ApiError> {
    let memory = memories.version(caller.user_id, id, version).await?;
    Ok(Json(memory.ok_or_else(|| ApiError::not_found("version"))?.into()))
}
