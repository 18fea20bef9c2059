//! `POST /exports`.

use app_domain::{ExportJob, ExportLimits, Job, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, Now, ReadMemories, ValidJson,
};
use app_runtime::Queue;
use app_store::Exports;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::body::{ExportBody, OneExport};
use crate::wanted::ExportRequest;

/// Ask for a copy of your data.
///
/// It is written in the background: follow the `Location` to see how far it has come. It holds what there was when it began.
#[utoipa::path(
    post, operation_id = "requestExport", path = "/exports", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    request_body = ExportRequest,
    responses(
        (
            status = 202, description = "The export is queued.", body = OneExport,
            headers(("Location" = String, description = "Where the export can be followed.")),
        ),
        (status = 409, description = "Three exports are not finished yet.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn request(
    State(exports): State<Exports>,
    State(queue): State<Queue<Job>>,
    State(limits): State<ExportLimits>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
    ValidJson(spec): ValidJson<ExportRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let unfinished =
        exports.list(caller.user_id).await?.into_iter().filter(|job| !job.clone().as_of(now).is_finished());
    if unfinished.count() >= ExportJob::MAX_UNFINISHED {
        return Err(ApiError::conflict(
            "TooManyExports",
            "Three exports are not finished yet. Wait for one, or cancel it.",
        ));
    }
    let job = ExportJob::request(caller.user_id, spec, limits.of(caller.tier), now);
    // Written before it is sent, so that the worker always finds it.
    exports.create(&job, &caller.origin).await?;
    if let Err(error) = queue.send(&job.task()).await {
        give_up(&exports, &job, now).await;
        return Err(ApiError::unavailable(error));
    }
    let location = [(header::LOCATION, format!("/api/exports/{}", job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(OneExport { export: ExportBody::new(job, None, now) })))
}

/// Marks a job that could not be sent, so that nobody waits for it. Best effort: its owner has been told anyway.
async fn give_up(exports: &Exports, job: &ExportJob, now: Timestamp) {
    if let Err(error) = exports.fail(job, "The export could not be queued. Ask for a new one.", now).await {
        tracing::warn!(export.id = %job.id, error = %error, "could not mark export {} as failed", job.id);
    }
}
