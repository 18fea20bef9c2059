//! `PATCH /files/{id}`: another name, another memory, or none.

use app_domain::{Attachment, File, FileId, FileName, FileStatus, MemoryId, StoreError, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ChangeErrors, FieldErrors, IfMatch, ItemErrors,
    Now, Parse, PathId, ValidJson, WriteMemories,
};
use app_store::{FileChange, Files};
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::{OneFile, one_file};
use crate::create::no_memory;
use crate::read::found;

/// How often a change without `If-Match` is applied anew because another writer came first.
const TRIES: usize = 5;

/// What to change. A member that is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchFileRequest {
    /// 1–255 characters on one line.
    #[schema(max_length = 255)]
    filename: Option<String>,
    /// The memory that it is with from now on; `null` for none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    memory_id: Option<Option<Uuid>>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A change of a file.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    name: Option<FileName>,
    memory: Option<Option<MemoryId>>,
}

impl Parse for PatchFileRequest {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let name = self.filename.as_deref().map(FileName::parse).transpose();
        let name = name.map_err(|invalid| FieldErrors::one("filename", &invalid))?;
        Ok(Change { name, memory: self.memory_id.map(|memory| memory.map(MemoryId::from)) })
    }
}

impl Change {
    fn apply(self, file: File, now: Timestamp) -> File {
        // A file that stays with its memory stays with its message too.
        let stays = |memory: &Option<MemoryId>| *memory == file.attached.map(|attached| attached.memory);
        let moved = self.memory.filter(|memory| !stays(memory));
        let attached = moved.map(|memory| memory.map(|memory| Attachment { memory, message: None }));
        file.changed(self.name, attached, now)
    }
}

/// Rename a file, or move it to another memory.
#[utoipa::path(
    patch, operation_id = "patchFile", path = "/files/{id}", tag = "files", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Change only this version.")),
    request_body = PatchFileRequest,
    responses((status = 200, description = "The file after the change.", body = OneFile), ApiErrors, CallerErrors, BodyErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn patch(
    State(files): State<Files>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<FileId>,
    if_match: IfMatch,
    Now(now): Now,
    ValidJson(change): ValidJson<PatchFileRequest>,
) -> Result<Response, ApiError> {
    for _ in 0..TRIES {
        let before = found(&files, caller.user_id, id, now).await?;
        if_match.check(before.version)?;
        if before.status == FileStatus::Rejected {
            return Err(ApiError::conflict("FileRejected", "A rejected file cannot be changed."));
        }
        let after = change.clone().apply(before.clone(), now);
        if after == before {
            return Ok(one_file(after));
        }
        match files.replace(&before, &after).await? {
            FileChange::Done => return Ok(one_file(after)),
            FileChange::NoMemory => return Err(no_memory()),
            FileChange::Overtaken => {}
        }
    }
    Err(StoreError::Conflict.into())
}
