//! `GET /files/{id}`.

use app_domain::FileId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories};
use app_store::Files;
use axum::extract::State;
use axum::response::Response;

use crate::body::{OneFile, one_file};

/// Read what is known of a file.
#[utoipa::path(
    get, operation_id = "readFile", path = "/files/{id}", tag = "files", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The file.", body = OneFile), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(files): State<Files>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<FileId>,
) -> Result<Response, ApiError> {
    let file = files.get(caller.user_id, id).await?.ok_or_else(|| ApiError::not_found("file"))?;
    Ok(one_file(file))
}
