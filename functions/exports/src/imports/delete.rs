//! `DELETE /imports/{id}`.

use app_domain::ImportId;
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, WriteMemories,
};
use app_store::Imports;
use axum::extract::State;
use axum::http::StatusCode;

use super::read::found;
use crate::Uploaded;

/// Forget an import, its file and its report. What it brought in stays, and cannot be undone any more.
#[utoipa::path(
    delete, operation_id = "deleteImport", path = "/imports/{id}", tag = "imports", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Forgotten."),
        (status = 409, description = "It is under way: cancel it first.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn delete(
    State(imports): State<Imports>,
    State(Uploaded(bucket)): State<Uploaded>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let job = found(&imports, caller.user_id, id, now).await?;
    if job.clone().as_of(now).is_under_way() {
        return Err(ApiError::conflict("ImportUnderWay", "The import is under way. Cancel it first."));
    }
    bucket.remove(&job.prefix()).await?;
    imports.delete(caller.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
