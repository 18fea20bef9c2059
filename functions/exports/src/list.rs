//! `GET /exports`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now, ReadMemories};
use app_store::Exports;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::ExportBody;

/// Exports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllExports {
    /// Newest first.
    exports: Vec<ExportBody>,
}

/// List your exports: those of the last days, the newest hundred at most.
#[utoipa::path(
    get, operation_id = "listExports", path = "/exports", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    responses((status = 200, description = "The exports.", body = AllExports), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(exports): State<Exports>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
) -> Result<Json<AllExports>, ApiError> {
    let jobs = exports.list(caller.user_id).await?.into_iter().filter(|job| now < job.expires_at());
    let exports = jobs.map(|job| ExportBody::new(job.as_of(now), None, now)).collect();
    Ok(Json(AllExports { exports }))
}
