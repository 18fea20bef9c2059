//! `GET /imports/{id}`.

use app_domain::{ImportId, ImportJob, ImportPreview, ImportStatus, StoreError, Timestamp, UserId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, Now, PathId, ReadMemories};
use app_store::Imports;
use axum::Json;
use axum::extract::State;

use super::body::{ImportBody, OneImport};
use crate::Uploaded;

/// See how far an import has come, or what a look through it has found.
#[utoipa::path(
    get, operation_id = "readImport", path = "/imports/{id}", tag = "imports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The import.", body = OneImport), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(imports): State<Imports>,
    State(Uploaded(bucket)): State<Uploaded>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
) -> Result<Json<OneImport>, ApiError> {
    let job = found(&imports, caller.user_id, id, now).await?.as_of(now);
    let preview = match job.status {
        ImportStatus::Previewed => bucket.get(&job.preview_key(job.run)).await?,
        _ => None,
    };
    let preview: Option<ImportPreview> = preview
        .map(|json| serde_json::from_slice(&json))
        .transpose()
        .map_err(|error| StoreError::Corrupt(Box::new(error)))?;
    Ok(Json(OneImport { import: ImportBody::from(job).with(preview) }))
}

/// An import of its owner as it is stored, which may be one that was left lying. The table removes what is past its time within days, not at
/// once.
pub(crate) async fn found(
    imports: &Imports,
    owner: UserId,
    id: ImportId,
    now: Timestamp,
) -> Result<ImportJob, ApiError> {
    let job = imports.get(owner, id).await?.filter(|job| now < job.expires_at());
    job.ok_or_else(|| ApiError::not_found("import"))
}
