//! `POST /imports/{id}/undo`.

use app_domain::{ImportId, ImportStatus, ImportTask};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, WriteMemories,
};
use app_runtime::Queue;
use app_store::Imports;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::body::OneImport;
use super::read::found;
use super::start::send;

/// Undo an import: remove for good what it made, but for what has been changed since.
///
/// What was there before and only updated stays as it is. Until the import expires.
#[utoipa::path(
    post, operation_id = "undoImport", path = "/imports/{id}/undo", tag = "imports", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, description = "The import, which is being undone.", body = OneImport),
        (status = 409, description = "It has made nothing, is under way, or is undone.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn undo(
    State(imports): State<Imports>,
    State(queue): State<Queue<ImportTask>>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
) -> Result<(StatusCode, Json<OneImport>), ApiError> {
    let job = found(&imports, caller.user_id, id, now).await?;
    let can_be = matches!(
        job.clone().as_of(now).status,
        ImportStatus::Completed | ImportStatus::Partial | ImportStatus::Failed | ImportStatus::Cancelled
    );
    if !can_be {
        let message = "Only an import that has ended and made something can be undone.";
        return Err(ApiError::conflict("ImportNotUndoable", message));
    }
    let turned = imports.turn(&job, ImportStatus::Undoing, now).await?;
    let job = turned.ok_or_else(|| {
        ApiError::conflict("ImportNotUndoable", "The import has just changed. Look at it again.")
    })?;
    send(&imports, &queue, &job, now).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}
