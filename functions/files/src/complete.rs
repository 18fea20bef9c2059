//! `POST /files/{id}/complete`: the bytes are there.

use app_domain::{File, FileId, FileStatus, StoreError};
use app_http::{
    ApiError, ApiErrors, BestEffort, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, WriteMemories,
};
use app_store::{FileBucket, FileChange, FileRemoval, Files};
use axum::extract::State;
use axum::response::Response;

use crate::arrival::{assembled, looked_at};
use crate::body::{OneFile, one_file};

/// How often it is begun anew because the file was changed meanwhile.
const TRIES: usize = 5;

/// Complete a file when all its bytes are sent.
///
/// They are looked at: what is not what it was said to be is rejected and removed. May be repeated, also after a failure.
#[utoipa::path(
    post, operation_id = "completeFile", path = "/files/{id}/complete", tag = "files", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The file is ready.", body = OneFile),
        (status = 409, description = "Bytes are missing.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn complete(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<FileId>,
    Now(now): Now,
) -> Result<Response, ApiError> {
    let mut was_there = false;
    for _ in 0..TRIES {
        let file = files.get(caller.user_id, id).await?.filter(|file| !file.is_forgotten(now));
        let Some(file) = file else {
            if was_there {
                // Deleted while S3 made the object, which may have come after the deletion looked for it.
                bucket.remove(caller.user_id, id, None).await.best_effort("removing a deleted file's bytes");
            }
            return Err(ApiError::not_found("file"));
        };
        was_there = true;
        match file.status {
            FileStatus::Ready => return Ok(one_file(file)),
            FileStatus::Rejected => return Err(rejected(&file)),
            FileStatus::Uploading => {}
        }
        let object = assembled(&bucket, &file).await?;
        let Some(after) = looked_at(&bucket, &file, object, now).await? else { continue };
        match files.replace(&file, &after).await? {
            FileChange::Done if after.status == FileStatus::Ready => return Ok(one_file(after)),
            FileChange::Done => {
                // Should its bytes stay, they are due to be removed by a chore.
                let removal = FileRemoval::new(files, bucket);
                removal.erase(after.owner, id).await.best_effort("removing a rejected file's bytes");
                return Err(rejected(&after));
            }
            // Whoever came first decides what is answered.
            FileChange::Overtaken | FileChange::NoMemory => {}
        }
    }
    Err(StoreError::Conflict.into())
}

fn rejected(file: &File) -> ApiError {
    let reason = file.rejection.clone().unwrap_or_default();
    ApiError::unprocessable("FileRejected", format!("The file was rejected. {reason}"))
}
