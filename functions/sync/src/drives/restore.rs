//! `POST /sync/{provider}/backups/{id}/restore`.

use app_domain::{
    Conversations, DriveJob, DriveWork, ExportFilter, Filed, Invalid, MemoryId, OnConflict, RestoreSpec,
    Tags, Timestamp,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, ErrorBody, FieldErrors, InPerson, Now, Parse, ValidJson,
};
use app_store::DriveConnections;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::backups::{PathBackup, named};
use super::job_body::OneJob;
use super::verify::{opens, passphrase};
use super::{Door, Starter, usable};

/// The most memories that can be named.
const MAX_MEMORIES: usize = 1000;

/// What is restored, and how.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RestoreRequest {
    /// Only say what would happen: what is added, changed, in conflict, and here alone.
    dry_run: bool,
    /// What becomes of what was changed here after the backup: `keep-here` (the default) leaves it; `replace` makes it as it was, and a memory
    /// keeps what it is now as a version; `keep-both` brings a memory in again beside it.
    #[schema(example = "keep-here")]
    on_conflict: Option<String>,
    /// Only these memories, with all that belongs to them.
    memory_ids: Vec<Uuid>,
    /// Only memories filed in one of these categories; `none` is no category.
    category_ids: Vec<String>,
    /// Only memories with all of these tags.
    tags: Vec<String>,
    /// Only what was made at this time or later.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Only what was made at this time or earlier.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
    /// Whether conversations with Memo come too. Unless told, they do if no memories are named by the rest.
    conversations: Option<bool>,
    /// What opens the backup, if it is encrypted. Kept, encrypted, until the job is over.
    passphrase: Option<String>,
}

/// The same, checked.
pub(crate) struct NewRestore {
    dry_run: bool,
    on_conflict: OnConflict,
    memories: Vec<MemoryId>,
    filter: ExportFilter,
    passphrase: Option<String>,
}

impl Parse for RestoreRequest {
    type Parsed = NewRestore;

    fn parse(self) -> Result<NewRestore, FieldErrors> {
        let mut errors = FieldErrors::default();
        let on_conflict = match self.on_conflict.as_deref() {
            None | Some("keep-here") => OnConflict::KeepHere,
            Some("replace") => OnConflict::Replace,
            Some("keep-both") => OnConflict::KeepBoth,
            Some(_) => {
                errors.add("onConflict", &Invalid::new("must be keep-here, replace or keep-both"));
                OnConflict::KeepHere
            }
        };
        if self.memory_ids.len() > MAX_MEMORIES {
            errors.add("memoryIds", &Invalid::new(format!("must be at most {MAX_MEMORIES}")));
        }
        let categories: Result<Vec<Filed>, Invalid> = self.category_ids.iter().map(|id| id.parse()).collect();
        let categories = errors.check("categoryIds", categories).unwrap_or_default();
        let tags = errors.check("tags", Tags::parse(&self.tags)).unwrap_or_default();
        let time = |text: Option<String>| {
            let wrong = |_| Invalid::new("must be a time such as 2026-11-22T10:00:00Z");
            text.map(|text| text.parse::<Timestamp>().map_err(wrong))
        };
        let from = errors.check_optional("from", time(self.from)).flatten();
        let to = errors.check_optional("to", time(self.to)).flatten();
        let opens = passphrase(self.passphrase)?;
        errors.into_result()?;
        // Who names memories does not mean what is talked about elsewhere.
        let wanted = self.conversations.or((!self.memory_ids.is_empty()).then_some(false));
        let conversations =
            wanted.map(|wanted| if wanted { Conversations::All } else { Conversations::None });
        let filter = ExportFilter { categories, tags, from, to, conversations, ..ExportFilter::default() };
        let memories = self.memory_ids.into_iter().map(MemoryId::from).collect();
        Ok(NewRestore { dry_run: self.dry_run, on_conflict, memories, filter, passphrase: opens })
    }
}

/// Restore a backup, or a part of it.
///
/// It is read from the drive and brought in as an import, which can be followed and undone: the job's `result` names it. What is deleted here comes
/// back, out of the trash too; nothing that is here is removed. With `dryRun` the job's `result` says what would happen. A backup of another account of
/// this service on the same drive can be restored too.
#[utoipa::path(
    post, operation_id = "restoreBackup", path = "/sync/{provider}/backups/{id}/restore", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`."), ("id" = Uuid, Path)),
    request_body = RestoreRequest,
    responses(
        (status = 202, description = "The job.", body = OneJob),
        (status = 404, description = "There is no such provider, or no such backup on the drive.", body = ErrorBody),
        (status = 409, description = "The drive is not connected, or too many jobs are not finished.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn restore(
    State(drives): State<DriveConnections>,
    State(door): State<Door>,
    State(starter): State<Starter>,
    caller: InPerson,
    path: PathBackup,
    Now(now): Now,
    ValidJson(wanted): ValidJson<RestoreRequest>,
) -> Result<(StatusCode, Json<OneJob>), ApiError> {
    let drive = usable(&drives, caller.user_id, path.provider).await?;
    let name = named(&door, &drive, path.id, now).await?;
    let spec = RestoreSpec {
        backup: name.id,
        path: name.path(),
        dry_run: wanted.dry_run,
        filter: wanted.filter,
        memories: wanted.memories,
        on_conflict: wanted.on_conflict,
    };
    let mut job = DriveJob::request(caller.user_id, path.provider, DriveWork::Restore(spec), now);
    job.passphrase = opens(&name, wanted.passphrase)?;
    let job = starter.start(job, now).await?;
    Ok((StatusCode::ACCEPTED, Json(OneJob::new(job, now))))
}
