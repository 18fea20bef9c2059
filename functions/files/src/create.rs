//! `POST /files`: begins an upload.

use app_domain::{
    ContentType, File, FileDraft, FileId, FileName, FileQuota, FileQuotas, FileUsage, Invalid, MemoryId,
    Parts, Sha256, Upload,
};
use app_http::{
    ApiError, ApiErrors, BestEffort, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse,
    SendFiles, ValidJson, etag,
};
use app_store::{FileBucket, FileCreation, Files};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::{FileBody, UploadLinkBody};

/// A file to upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateFileRequest {
    /// 1–255 characters on one line.
    #[schema(max_length = 255, example = "Lisbon.jpg")]
    filename: String,
    /// Type and subtype, with no parameter but `charset`. Use `application/octet-stream` if it is not known.
    #[schema(example = "image/jpeg")]
    content_type: String,
    /// Its exact size, up to 5 GiB.
    #[schema(minimum = 1, maximum = 5_368_709_120_u64)]
    size_bytes: u64,
    /// The SHA-256 of its bytes, in base64 or hexadecimal. Required up to 16 MiB; a larger file is checked part by part instead.
    #[schema(example = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    sha256: Option<String>,
    /// The memory that it is with.
    memory_id: Option<Uuid>,
}

/// A file to upload, and how.
#[derive(Debug)]
pub(crate) struct NewFile {
    draft: FileDraft,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Single(Sha256),
    InParts(Parts),
}

impl Parse for CreateFileRequest {
    type Parsed = NewFile;

    fn parse(self) -> Result<NewFile, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("filename", FileName::parse(&self.filename));
        let content_type = errors.check("contentType", ContentType::parse(&self.content_type));
        let size_bytes = errors.check("sizeBytes", File::check_size(self.size_bytes));
        let sha256 = errors.check_optional("sha256", self.sha256.as_deref().map(Sha256::parse));
        let way = match (Parts::of_new(self.size_bytes), sha256) {
            (Some(parts), Some(_)) => Some(Way::InParts(parts)),
            (None, Some(Some(sha256))) => Some(Way::Single(sha256)),
            (None, Some(None)) => errors.check("sha256", Err(Invalid::new("is required for up to 16 MiB"))),
            (_, None) => None,
        };
        let (Some(name), Some(content_type), Some(size_bytes), Some(way)) =
            (name, content_type, size_bytes, way)
        else {
            return Err(errors);
        };
        let draft = FileDraft { name, content_type, size_bytes, memory: self.memory_id.map(MemoryId::from) };
        Ok(NewFile { draft, way })
    }
}

/// A file that was begun, and how to send its bytes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BegunFile {
    file: FileBody,
    upload: UploadBody,
}

/// How to send a file's bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum UploadBody {
    /// `PUT` all of them here.
    Single {
        #[serde(flatten)]
        link: UploadLinkBody,
    },
    /// Ask for a link for each part. All have the same size, but the last may be smaller.
    #[serde(rename_all = "camelCase")]
    Multipart {
        /// The size of a part.
        part_size_bytes: u64,
        /// How many there are.
        part_count: u32,
    },
}

/// Begin to upload a file.
///
/// Send its bytes within an hour, or a day if they go in parts, and then complete it.
#[utoipa::path(
    post, operation_id = "createFile", path = "/files", tag = "files", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = CreateFileRequest,
    responses(
        (status = 201, description = "Its bytes may come.", body = BegunFile),
        (status = 409, description = "It is more than may be stored in all.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    State(quotas): State<FileQuotas>,
    caller: Caller<SendFiles>,
    Now(now): Now,
    ValidJson(NewFile { draft, way }): ValidJson<CreateFileRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let quota = quotas.of(caller.tier);
    if draft.size_bytes > quota.file_bytes {
        return Err(too_large(draft.size_bytes, quota));
    }
    let (owner, id) = (caller.user_id, FileId::new(now));
    let upload = match &way {
        Way::Single(sha256) => Upload::Single { sha256: *sha256 },
        Way::InParts(parts) => Upload::Multipart {
            upload_id: bucket.begin(owner, id, &draft.content_type).await?,
            part_size_bytes: parts.part_size_bytes(),
        },
    };
    let file = File::new(id, owner, draft, upload, now);
    let creation = files.create(&file, quota).await?;
    if let Some(refusal) = refusal(creation, &file, quota) {
        abandon(&bucket, &file).await;
        return Err(refusal);
    }
    let upload = match &way {
        Way::Single(sha256) => {
            UploadBody::Single { link: bucket.upload_link(&file, sha256, now).await?.into() }
        }
        Way::InParts(parts) => {
            UploadBody::Multipart { part_size_bytes: parts.part_size_bytes(), part_count: parts.count() }
        }
    };
    let location = [(header::LOCATION, format!("/api/files/{id}"))];
    Ok((StatusCode::CREATED, etag(file.version), location, Json(BegunFile { file: file.into(), upload })))
}

fn refusal(creation: FileCreation, file: &File, quota: FileQuota) -> Option<ApiError> {
    match creation {
        FileCreation::Done => None,
        FileCreation::OverQuota(usage) => Some(over_quota(file.size_bytes, usage, quota)),
        FileCreation::NoMemory => Some(no_memory()),
    }
}

/// Best effort: the bucket removes abandoned uploads after two days.
async fn abandon(bucket: &FileBucket, file: &File) {
    if let Upload::Multipart { upload_id, .. } = &file.upload {
        let removed = bucket.remove(file.owner, file.id, Some(upload_id)).await;
        removed.best_effort("ending an upload that is refused");
    }
}

/// 422: the memory that a file should be with is not there.
pub(crate) fn no_memory() -> ApiError {
    FieldErrors::one("memoryId", &Invalid::new("must be the id of a memory of yours")).into()
}

fn too_large(size_bytes: u64, quota: FileQuota) -> ApiError {
    let most = quota.file_bytes;
    ApiError::oversized(
        "FileTooLarge",
        format!("This file has {size_bytes} bytes. In your plan a file may have at most {most}."),
    )
}

/// 409, as a conflict with what is stored: deleting files resolves it.
fn over_quota(size_bytes: u64, usage: FileUsage, quota: FileQuota) -> ApiError {
    let (used, total) = (usage.bytes, quota.total_bytes);
    ApiError::conflict(
        "QuotaExceeded",
        format!(
            "This file has {size_bytes} bytes, and {used} of your {total} are used. Delete files to make room."
        ),
    )
}
