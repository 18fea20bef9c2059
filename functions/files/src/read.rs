//! `GET /files/{id}`.

use app_domain::{File, FileId, Timestamp, UserId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, Now, PathId, ReadMemories};
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
    Now(now): Now,
) -> Result<Response, ApiError> {
    Ok(one_file(found(&files, caller.user_id, id, now).await?))
}

/// One file of its owner; 404 if it is not there or forgotten.
pub(crate) async fn found(
    files: &Files,
    owner: UserId,
    id: FileId,
    now: Timestamp,
) -> Result<File, ApiError> {
    let file = files.get(owner, id).await?.filter(|file| !file.is_forgotten(now));
    file.ok_or_else(|| ApiError::not_found("file"))
}
