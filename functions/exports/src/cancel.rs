//! `POST /exports/{id}/cancel`.

use app_domain::ExportId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, ReadMemories};
use app_store::Exports;
use axum::Json;
use axum::extract::State;

use crate::body::{ExportBody, OneExport};
use crate::read::found;

/// Cancel an export that is not finished.
#[utoipa::path(
    post, operation_id = "cancelExport", path = "/exports/{id}/cancel", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The export, which is cancelled.", body = OneExport),
        (status = 409, description = "It is finished.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn cancel(
    State(exports): State<Exports>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ExportId>,
    Now(now): Now,
) -> Result<Json<OneExport>, ApiError> {
    found(&exports, caller.user_id, id, now).await?;
    let job = exports.cancel(caller.user_id, id, now).await?;
    let job = job
        .ok_or_else(|| ApiError::conflict("ExportFinished", "The export is finished. It can be deleted."))?;
    Ok(Json(OneExport { export: ExportBody::new(job, None, now) }))
}
