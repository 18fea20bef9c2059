//! `/sync/jobs`: what is done on drives.

use app_domain::{DriveJob, DriveJobId, Timestamp, UserId};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, ErrorBody,
    ItemErrors, Now, PathId, ReadMemories, WriteMemories,
};
use app_store::DriveJobs;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::DriveDiffs;
use super::job_body::{DriveJobBody, OneJob};

/// Jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllDriveJobs {
    /// Newest first.
    jobs: Vec<DriveJobBody>,
    pagination: CursorPagination,
}

/// Where a file can be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiffLink {
    /// `GET` it here. The address works without a token.
    url: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

/// List what was and is done on your drives, of the last 90 days.
#[utoipa::path(
    get, operation_id = "listDriveJobs", path = "/sync/jobs", tag = "sync", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(CursorQuery),
    responses((status = 200, description = "The jobs.", body = AllDriveJobs), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(jobs): State<DriveJobs>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
    page: ByCursor<DriveJobId>,
) -> Result<Json<AllDriveJobs>, ApiError> {
    let (found, _) = jobs.list(caller.user_id, page.after, page.to_read()).await?;
    let (jobs, pagination) = page.paged(found, |job| job.id, |job| DriveJobBody::new(job, now));
    Ok(Json(AllDriveJobs { jobs, pagination }))
}

/// See how far a job on a drive is.
#[utoipa::path(
    get, operation_id = "readDriveJob", path = "/sync/jobs/{id}", tag = "sync", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The job.", body = OneJob), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(jobs): State<DriveJobs>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<DriveJobId>,
    Now(now): Now,
) -> Result<Json<OneJob>, ApiError> {
    let job = found(&jobs, caller.user_id, id, now).await?;
    Ok(Json(OneJob::new(job, now)))
}

/// Cancel a job on a drive. What it has done stays, and the next one goes on from there.
#[utoipa::path(
    post, operation_id = "cancelDriveJob", path = "/sync/jobs/{id}/cancel", tag = "sync", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The job.", body = OneJob),
        (status = 409, description = "It is over.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn cancel(
    State(jobs): State<DriveJobs>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<DriveJobId>,
    Now(now): Now,
) -> Result<Json<OneJob>, ApiError> {
    found(&jobs, caller.user_id, id, now).await?;
    let cancelled = jobs.cancel(caller.user_id, id, now).await?;
    let job = cancelled.ok_or_else(|| ApiError::conflict("JobOver", "The job is over already."))?;
    Ok(Json(OneJob::new(job, now)))
}

/// Get the whole of what a dry run has found: a JSON object a line, of everything that would change.
#[utoipa::path(
    get, operation_id = "readRestoreDiff", path = "/sync/jobs/{id}/diff", tag = "sync", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Where it can be read.", body = DiffLink),
        (status = 409, description = "It is no dry run that has ended well.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn diff(
    State(jobs): State<DriveJobs>,
    State(DriveDiffs(bucket)): State<DriveDiffs>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<DriveJobId>,
    Now(now): Now,
) -> Result<Json<DiffLink>, ApiError> {
    let job = found(&jobs, caller.user_id, id, now).await?;
    if job.result.as_ref().is_none_or(|result| result.get("diffKey").is_none()) {
        return Err(ApiError::conflict("NoDiff", "There is a diff of a dry run that has ended well."));
    }
    let link = bucket
        .download_link(&job.diff_key(), "application/jsonl", &format!("restore-{id}.jsonl"), now)
        .await?;
    Ok(Json(DiffLink { url: link.url, expires_at: link.expires_at.to_string() }))
}

async fn found(
    jobs: &DriveJobs,
    owner: UserId,
    id: DriveJobId,
    now: Timestamp,
) -> Result<DriveJob, ApiError> {
    let job = jobs.get(owner, id).await?.filter(|job| now < job.expires_at());
    job.ok_or_else(|| ApiError::not_found("job"))
}
