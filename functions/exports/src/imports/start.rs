//! `POST /imports/{id}/start`.

use app_domain::{ImportId, ImportJob, ImportSpec, ImportStatus, ImportTask, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors, Now, Parse,
    PathId, ValidJson, WriteMemories,
};
use app_runtime::Queue;
use app_store::Imports;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneImport;
use super::create::HowRequest;
use super::read::found;
use crate::Uploaded;

/// How an import is started.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StartRequest {
    /// Only look through it and say what would happen. Start it again without this to bring it in.
    #[serde(default)]
    preview: bool,
    /// How it is brought in, in the place of what was said when it was begun.
    #[serde(default)]
    how: Option<HowRequest>,
}

impl Parse for StartRequest {
    type Parsed = (bool, Option<ImportSpec>);

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let spec = self.how.and_then(|how| how.parse(&mut errors));
        errors.into_result().map(|()| (self.preview, spec))
    }
}

/// Start an import whose file has been sent.
///
/// What is there already is not brought in twice, so it can be started again after it failed or was cancelled.
#[utoipa::path(
    post, operation_id = "startImport", path = "/imports/{id}/start", tag = "imports", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    request_body = StartRequest,
    responses(
        (status = 202, description = "The import, which is queued.", body = OneImport),
        (status = 409, description = "Its file has not come, or it is under way or done.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors, BodyErrors,
    ),
)]
pub(crate) async fn start(
    State(imports): State<Imports>,
    State(Uploaded(bucket)): State<Uploaded>,
    State(queue): State<Queue<ImportTask>>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ImportId>,
    Now(now): Now,
    ValidJson((preview, spec)): ValidJson<StartRequest>,
) -> Result<(StatusCode, Json<OneImport>), ApiError> {
    let job = found(&imports, caller.user_id, id, now).await?;
    if let Some(reason) = reason_not_to(&job.clone().as_of(now)) {
        return Err(ApiError::conflict("ImportNotReady", reason));
    }
    match bucket.size(&job.object_key()).await? {
        Some(size) if size == job.size_bytes => {}
        Some(_) => {
            let message = "The file that has come is not of the size that was said. Send it again.";
            return Err(ApiError::conflict("ImportNotUploaded", message));
        }
        None => {
            let message = "The file has not come yet. Send it to the upload address first.";
            return Err(ApiError::conflict("ImportNotUploaded", message));
        }
    }
    // A backup stays one, whatever else is wanted now.
    let restore = job.spec.restore;
    let spec = ImportSpec { preview, restore, ..spec.unwrap_or_else(|| job.spec.clone()) };
    let started = imports.start(&ImportJob { spec, ..job }, now).await?;
    let job =
        started.ok_or_else(|| ApiError::conflict("ImportNotReady", "Somebody else has just started it."))?;
    send(&imports, &queue, &job, now).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// Why a job cannot be started, if so.
fn reason_not_to(job: &ImportJob) -> Option<&'static str> {
    match job.status {
        ImportStatus::Queued | ImportStatus::Running => Some("The import is under way."),
        ImportStatus::Undoing => Some("The import is being undone."),
        ImportStatus::Completed => Some("The import is completed."),
        ImportStatus::Uploading
        | ImportStatus::Previewed
        | ImportStatus::Partial
        | ImportStatus::Failed
        | ImportStatus::Cancelled
        | ImportStatus::Undone => None,
    }
}

/// Hands a job to the worker. If that cannot be done it has failed, so that nobody waits for it.
pub(crate) async fn send(
    imports: &Imports,
    queue: &Queue<ImportTask>,
    job: &ImportJob,
    now: Timestamp,
) -> Result<(), ApiError> {
    let Err(error) = queue.send(&job.task()).await else { return Ok(()) };
    let reason = "The import could not be queued. Start it again.";
    if let Err(error) = imports.settle(job, ImportStatus::Failed, Some(reason), now).await {
        tracing::warn!(import.id = %job.id, error = %error, "could not mark import {} as failed", job.id);
    }
    Err(ApiError::unavailable(error))
}
