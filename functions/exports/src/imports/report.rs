//! `GET /imports/{id}/report`: a link to what became of each item.

use app_domain::ImportId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, ReadMemories};
use app_store::Imports;
use axum::Json;
use axum::extract::State;

use super::read::found;
use crate::Uploaded;
use crate::download::ArchiveLink;

/// Get a link to the report of an import: a line of JSON for each item, with its `kind`, its `key` in the archive, its `id`, its `outcome`
/// (`imported`, `updated`, `skipped` or `failed`) and the `reason`.
#[utoipa::path(
    get, operation_id = "reportImport", path = "/imports/{id}/report", tag = "imports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The link.", body = ArchiveLink),
        (status = 409, description = "The import has not ended.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn report(
    State(imports): State<Imports>,
    State(Uploaded(bucket)): State<Uploaded>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
) -> Result<Json<ArchiveLink>, ApiError> {
    let job = found(&imports, caller.user_id, id, now).await?;
    let key = job.report_key(job.run);
    if bucket.size(&key).await?.is_none() {
        return Err(ApiError::conflict(
            "ImportNotEnded",
            "There is a report when the import has been brought in and has ended.",
        ));
    }
    let name = format!("import-report-{}.jsonl", job.created_at.day());
    Ok(Json(bucket.download_link(&key, "application/jsonl", &name, now).await?.into()))
}
