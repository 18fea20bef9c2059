//! `POST /memories/{id}/versions/{version}/restore`.

use app_domain::Memory;
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ChangeErrors, IfMatch, ItemErrors, Now, WriteMemories, etag,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use super::PathVersion;
use crate::body::OneMemory;
use crate::change::unchanged;

/// Make a memory again what it was: title, description, content, tags and metadata, and whether it was sealed. A memory that is
/// kept from models of others stays so. That is a change like any other, and can be undone in the same way.
#[utoipa::path(
    post, operation_id = "restoreVersion", path = "/memories/{id}/versions/{version}/restore", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("version" = u64, Path), ("If-Match" = Option<String>, Header, description = "Change only this version.")),
    responses((status = 200, description = "The memory after the change.", body = OneMemory), ApiErrors, CallerErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn restore(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    PathVersion { id, version }: PathVersion,
    if_match: IfMatch,
    Now(now): Now,
) -> Result<impl IntoResponse, ApiError> {
    let earlier = memories.version(caller.user_id, id, version).await?;
    let earlier = earlier.ok_or_else(|| ApiError::not_found("version"))?;
    let change = |memory: Memory| memory.restored(earlier.clone(), now);
    let memory = memories.change(caller.user_id, id, if_match.0, change).await.map_err(unchanged)?;
    Ok((etag(memory.version), Json(OneMemory::from(memory))))
}
