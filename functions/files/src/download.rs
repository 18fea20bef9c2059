//! `GET /files/{id}/download`: a link to the bytes.

use app_domain::{FileId, FileStatus, Invalid};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors, Now, Parse, PathId,
    ReadMemories, ValidQuery,
};
use app_store::{FileBucket, FileLink, Files};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::disposition::{Disposition, content_disposition, served_as};
use crate::read::found;

/// How a browser should take the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DownloadQuery {
    /// `attachment`, to be saved, unless told; `inline`, to be shown, for pictures, sound, video and PDF. Everything else is saved
    /// all the same.
    #[param(example = "inline")]
    disposition: Option<String>,
}

impl Parse for DownloadQuery {
    type Parsed = Disposition;

    fn parse(self) -> Result<Disposition, FieldErrors> {
        match self.disposition.as_deref() {
            None | Some("attachment") => Ok(Disposition::Attachment),
            Some("inline") => Ok(Disposition::Inline),
            Some(_) => Err(FieldErrors::one("disposition", &Invalid::new("must be attachment or inline"))),
        }
    }
}

/// A link that works without a token, for a while.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DownloadLink {
    /// The address: anybody who has it can read the file.
    url: String,
    /// When it stops working. Ask again for a fresh one.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

impl From<FileLink> for DownloadLink {
    fn from(link: FileLink) -> Self {
        Self { url: link.url, expires_at: link.expires_at.to_string() }
    }
}

/// Get a link to download a file.
#[utoipa::path(
    get, operation_id = "downloadFile", path = "/files/{id}/download", tag = "files", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path), DownloadQuery),
    responses(
        (status = 200, description = "The link.", body = DownloadLink),
        (status = 409, description = "The file is not ready.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn download(
    State(files): State<Files>,
    State(bucket): State<FileBucket>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<FileId>,
    ValidQuery(wanted): ValidQuery<DownloadQuery>,
    Now(now): Now,
) -> Result<Json<DownloadLink>, ApiError> {
    let file = found(&files, caller.user_id, id, now).await?;
    if file.status != FileStatus::Ready {
        return Err(ApiError::conflict("FileNotReady", format!("The file is {}.", file.status.as_str())));
    }
    let disposition = content_disposition(&file, wanted);
    let content_type = served_as(&file.content_type);
    let link = bucket.download_link(&file, &content_type, &disposition, now).await?;
    Ok(Json(link.into()))
}
