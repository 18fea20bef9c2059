//! `DELETE /exports/{id}`.

use app_domain::ExportId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, Now, PathId, ReadMemories};
use app_store::Exports;
use axum::extract::State;
use axum::http::StatusCode;

use crate::Exported;
use crate::read::found;

/// Delete an export and its file for good; one that is not finished is cancelled.
#[utoipa::path(
    delete, operation_id = "deleteExport", path = "/exports/{id}", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn delete(
    State(exports): State<Exports>,
    State(Exported(bucket)): State<Exported>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ExportId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let job = found(&exports, caller.user_id, id, now).await?;
    // First its worker stops, then its file goes, and only then is it forgotten: who fails in between asks again.
    exports.cancel(caller.user_id, id, now).await?;
    bucket.remove(&job.prefix()).await?;
    exports.delete(caller.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
