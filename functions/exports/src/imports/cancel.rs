//! `POST /imports/{id}/cancel`.

use app_domain::{ImportId, ImportStatus};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, WriteMemories,
};
use app_store::Imports;
use axum::Json;
use axum::extract::State;

use super::body::OneImport;
use super::read::found;

/// Cancel an import that is queued or under way. What it has brought in stays, and can be undone.
#[utoipa::path(
    post, operation_id = "cancelImport", path = "/imports/{id}/cancel", tag = "imports", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The import, which is cancelled.", body = OneImport),
        (status = 409, description = "It is not under way.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn cancel(
    State(imports): State<Imports>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
) -> Result<Json<OneImport>, ApiError> {
    // A worker may change it between the two; once it has begun, its attempt stays the same.
    for _ in 0..TRIES {
        let job = found(&imports, caller.user_id, id, now).await?;
        if !matches!(job.clone().as_of(now).status, ImportStatus::Queued | ImportStatus::Running) {
            return Err(ApiError::conflict("ImportNotUnderWay", "The import is not under way."));
        }
        if let Some(job) = imports.turn(&job, ImportStatus::Cancelled, now).await? {
            return Ok(Json(job.into()));
        }
    }
    Err(ApiError::conflict("ImportNotUnderWay", "The import keeps changing. Try again."))
}

const TRIES: usize = 3;
