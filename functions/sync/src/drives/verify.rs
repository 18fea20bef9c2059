//! `POST /sync/{provider}/backups/{id}/verify`.

use app_backup::Passphrase;
use app_backup::layout::ManifestName;
use app_domain::{DriveJob, DriveWork, Invalid};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, ReadMemories,
    ValidJson,
};
use app_store::DriveConnections;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::backups::{PathBackup, named};
use super::job_body::OneJob;
use super::{Door, Starter, usable};

/// How a backup is verified.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct VerifyRequest {
    /// What opens it, if it is encrypted. Kept, encrypted, until the job is over.
    passphrase: Option<String>,
}

impl Parse for VerifyRequest {
    type Parsed = Option<String>;

    fn parse(self) -> Result<Option<String>, FieldErrors> {
        passphrase(self.passphrase)
    }
}

/// A passphrase that can be one.
pub(super) fn passphrase(text: Option<String>) -> Result<Option<String>, FieldErrors> {
    let mut errors = FieldErrors::default();
    errors.check_optional("passphrase", text.as_deref().map(Passphrase::parse));
    errors.into_result().map(|()| text)
}

/// What opens a backup, if that takes something.
pub(super) fn opens(name: &ManifestName, passphrase: Option<String>) -> Result<Option<String>, ApiError> {
    match (name.is_sealed, passphrase) {
        (true, None) => {
            let rule = Invalid::new("must open the backup, which is encrypted");
            Err(FieldErrors::one("passphrase", &rule).into())
        }
        (true, given) => Ok(given),
        (false, _) => Ok(None),
    }
}

/// Verify a backup.
///
/// Everything that it refers to is read from the drive and compared with its checksums. The job's `result` says what is wrong.
#[utoipa::path(
    post, operation_id = "verifyBackup", path = "/sync/{provider}/backups/{id}/verify", tag = "sync", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`."), ("id" = Uuid, Path)),
    request_body = VerifyRequest,
    responses(
        (status = 202, description = "The job.", body = OneJob),
        (status = 404, description = "There is no such provider, or no such backup on the drive.", body = ErrorBody),
        (status = 409, description = "The drive is not connected, or too many jobs are not finished.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn verify(
    State(drives): State<DriveConnections>,
    State(door): State<Door>,
    State(starter): State<Starter>,
    caller: Caller<ReadMemories>,
    path: PathBackup,
    Now(now): Now,
    ValidJson(passphrase): ValidJson<VerifyRequest>,
) -> Result<(StatusCode, Json<OneJob>), ApiError> {
    let drive = usable(&drives, caller.user_id, path.provider).await?;
    let name = named(&door, &drive, path.id, now).await?;
    let work = DriveWork::Verify { backup: name.id, path: name.path() };
    let mut job = DriveJob::request(caller.user_id, path.provider, work, now);
    job.passphrase = opens(&name, passphrase)?;
    let job = starter.start(job, now).await?;
    Ok((StatusCode::ACCEPTED, Json(OneJob::new(job, now))))
}
