//! `DELETE /files/{id}`.

use app_domain::FileId;
use app_http::{
    ApiError, ApiErrors, BestEffort, Caller, CallerErrors, ChangeErrors, IfMatch, ItemErrors, Now, PathId,
    WriteMemories,
};
use app_store::{FileBucket, FileDeletion, FileRemoval, Files};
use axum::extract::State;
use axum::http::StatusCode;

/// Delete a file for good, or give up its upload.
#[utoipa::path(
    delete, operation_id = "deleteFile", path = "/files/{id}", tag = "files", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Delete only this version.")),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn delete(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<FileId>,
    if_match: IfMatch,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    match files.remove(caller.user_id, id, if_match.0, now).await? {
        FileDeletion::Missing => return Err(ApiError::not_found("file")),
        FileDeletion::Stale => return Err(ApiError::stale()),
        FileDeletion::Done => {}
    }
    // Nobody finds it any more. Should its bytes stay, they are due to be removed by a chore.
    FileRemoval::new(files, bucket)
        .erase(caller.user_id, id)
        .await
        .best_effort("removing a deleted file's bytes");
    Ok(StatusCode::NO_CONTENT)
}
