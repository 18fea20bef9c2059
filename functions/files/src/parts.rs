//! `POST /files/{id}/parts`: links for parts. `GET`: which have come, so that an upload goes on where it was interrupted.

use app_domain::{File, FileId, FileStatus, Invalid, Parts, Sha256, Upload};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors, Now, Parse,
    PathId, ReadMemories, ValidJson, WriteMemories,
};
use app_store::{ArrivedPart, FileBucket, Files};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::arrival::upload_gone;
use crate::body::UploadLinkBody;
use crate::read::found;

/// The most links that one request asks for.
const MAX_LINKS: usize = 100;

/// The parts that are to be sent next.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SignPartsRequest {
    /// 1–100 parts.
    #[schema(min_items = 1, max_items = 100)]
    parts: Vec<PartRequest>,
}

/// A part to send.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PartRequest {
    /// Which, from 1.
    #[schema(minimum = 1)]
    number: u32,
    /// The SHA-256 of its bytes, in base64 or hexadecimal.
    sha256: String,
}

impl Parse for SignPartsRequest {
    type Parsed = Vec<(u32, Sha256)>;

    fn parse(self) -> Result<Vec<(u32, Sha256)>, FieldErrors> {
        if self.parts.is_empty() || self.parts.len() > MAX_LINKS {
            return Err(FieldErrors::one("parts", &Invalid::new("must be 1 to 100 parts")));
        }
        let mut errors = FieldErrors::default();
        let mut parsed: Vec<(u32, Sha256)> = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            if parsed.iter().any(|(number, _)| *number == part.number) {
                errors.add(&format!("parts[{place}].number"), &Invalid::new("must not be given twice"));
            }
            let sha256 = errors.check(&format!("parts[{place}].sha256"), Sha256::parse(&part.sha256));
            parsed.extend(sha256.map(|sha256| (part.number, sha256)));
        }
        errors.into_result().map(|()| parsed)
    }
}

/// Links for parts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedParts {
    /// In the order asked for.
    parts: Vec<SignedPart>,
}

/// Where to `PUT` a part. It may be sent again: the last that arrives counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedPart {
    /// Which.
    number: u32,
    /// Its size.
    size_bytes: u64,
    #[serde(flatten)]
    link: UploadLinkBody,
}

/// Get links for parts of a file.
#[utoipa::path(
    post, operation_id = "signFileParts", path = "/files/{id}/parts", tag = "files", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    request_body = SignPartsRequest,
    responses(
        (status = 200, description = "The links.", body = SignedParts),
        (status = 409, description = "The file does not come in parts, or not any more.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn sign(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<FileId>,
    Now(now): Now,
    ValidJson(wanted): ValidJson<SignPartsRequest>,
) -> Result<Json<SignedParts>, ApiError> {
    let file = found(&files, caller.user_id, id, now).await?;
    let (plan, _) = awaited(&file)?;
    let mut parts = Vec::with_capacity(wanted.len());
    for (place, (number, sha256)) in wanted.into_iter().enumerate() {
        let size_bytes = plan.size_of(number).ok_or_else(|| {
            let invalid = Invalid::new(format!("must be between 1 and {}", plan.count()));
            FieldErrors::one(&format!("parts[{place}].number"), &invalid)
        })?;
        let link = bucket.part_link(&file, number, size_bytes, &sha256, now).await?.into();
        parts.push(SignedPart { number, size_bytes, link });
    }
    Ok(Json(SignedParts { parts }))
}

/// The parts of a file, and those that have come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArrivedParts {
    /// The size of each part but the last.
    part_size_bytes: u64,
    /// How many there are.
    part_count: u32,
    /// Those that have come, in their order.
    parts: Vec<ArrivedPartBody>,
}

/// A part that has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArrivedPartBody {
    /// Which.
    number: u32,
    /// Its size.
    size_bytes: u64,
}

impl From<ArrivedPart> for ArrivedPartBody {
    fn from(part: ArrivedPart) -> Self {
        Self { number: part.number, size_bytes: part.size_bytes }
    }
}

/// See which parts of a file have arrived.
#[utoipa::path(
    get, operation_id = "listFileParts", path = "/files/{id}/parts", tag = "files", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The parts.", body = ArrivedParts),
        (status = 409, description = "The file does not come in parts, or not any more.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn list(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<FileId>,
    Now(now): Now,
) -> Result<Json<ArrivedParts>, ApiError> {
    let file = found(&files, caller.user_id, id, now).await?;
    let (plan, upload_id) = awaited(&file)?;
    let parts = match bucket.arrived(file.owner, id, upload_id).await? {
        Some(parts) => parts.into_iter().map(ArrivedPartBody::from).collect(),
        // S3 has made the file of them already: a completion was interrupted, and is to be repeated.
        None if bucket.object(file.owner, id).await?.is_some() => all(&plan),
        None => return Err(upload_gone()),
    };
    Ok(Json(ArrivedParts { part_size_bytes: plan.part_size_bytes(), part_count: plan.count(), parts }))
}

fn all(plan: &Parts) -> Vec<ArrivedPartBody> {
    let sizes = (1..=plan.count()).filter_map(|number| Some((number, plan.size_of(number)?)));
    sizes.map(|(number, size_bytes)| ArrivedPartBody { number, size_bytes }).collect()
}

/// The parts of a file that comes in parts and is not complete, and S3's name for the upload.
fn awaited(file: &File) -> Result<(Parts, &str), ApiError> {
    if file.status != FileStatus::Uploading {
        return Err(ApiError::conflict("NotUploading", format!("The file is {}.", file.status.as_str())));
    }
    match (&file.upload, Parts::of(file)) {
        (Upload::Multipart { upload_id, .. }, Some(parts)) => Ok((parts, upload_id)),
        _ => Err(ApiError::conflict("NotMultipart", "The file is sent as a whole, not in parts.")),
    }
}
