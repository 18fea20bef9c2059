//! `GET /imports`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now, ReadMemories};
use app_store::Imports;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ImportBody;

/// Imports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllImports {
    /// Newest first.
    imports: Vec<ImportBody>,
}

/// List your imports: those of the last thirty days, the newest hundred at most.
#[utoipa::path(
    get, operation_id = "listImports", path = "/imports", tag = "imports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    responses((status = 200, description = "The imports.", body = AllImports), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(imports): State<Imports>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
) -> Result<Json<AllImports>, ApiError> {
    let jobs = imports.list(caller.user_id).await?.into_iter().filter(|job| now < job.expires_at());
    Ok(Json(AllImports { imports: jobs.map(|job| job.as_of(now).into()).collect() }))
}
