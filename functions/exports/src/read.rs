//! `GET /exports/{id}`.

use app_domain::{ExportId, ExportJob, ExportStatus, Timestamp, UserId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, Now, PathId, ReadMemories};
use app_store::Exports;
use axum::Json;
use axum::extract::State;

use crate::Exported;
use crate::body::{ExportBody, OneExport};
use crate::download::link;

/// See how far an export has come, and get its file.
#[utoipa::path(
    get, operation_id = "readExport", path = "/exports/{id}", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The export.", body = OneExport), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(exports): State<Exports>,
    State(Exported(bucket)): State<Exported>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ExportId>,
    Now(now): Now,
) -> Result<Json<OneExport>, ApiError> {
    let job = found(&exports, caller.user_id, id, now).await?;
    let link = match job.status {
        ExportStatus::Completed => Some(link(&bucket, &job, now).await?),
        _ => None,
    };
    Ok(Json(OneExport { export: ExportBody::new(job, link, now) }))
}

/// An export of its owner as it is at `now`. The table removes what is past its time within days, not at once.
pub(crate) async fn found(
    exports: &Exports,
    owner: UserId,
    id: ExportId,
    now: Timestamp,
) -> Result<ExportJob, ApiError> {
    let job = exports.get(owner, id).await?.filter(|job| now < job.expires_at());
    Ok(job.ok_or_else(|| ApiError::not_found("export"))?.as_of(now))
}
