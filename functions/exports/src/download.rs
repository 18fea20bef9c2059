//! `GET /exports/{id}/download`: a link to the file.

use app_domain::{ExportFormat, ExportId, ExportJob, ExportStatus, StoreError, Timestamp};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, Now, PathId, ReadMemories};
use app_store::{ArchiveBucket, Exports, FileLink};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Exported;
use crate::read::found;

/// A link that works without a token, for a quarter of an hour.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArchiveLink {
    /// The address: anybody who has it can read the file.
    url: String,
    /// When it stops working. Ask again for a fresh one.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

impl From<FileLink> for ArchiveLink {
    fn from(link: FileLink) -> Self {
        Self { url: link.url, expires_at: link.expires_at.to_string() }
    }
}

/// Get a link to download an export.
#[utoipa::path(
    get, operation_id = "downloadExport", path = "/exports/{id}/download", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The link.", body = ArchiveLink),
        (status = 409, description = "The export is not completed.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn download(
    State(exports): State<Exports>,
    State(Exported(bucket)): State<Exported>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ExportId>,
    Now(now): Now,
) -> Result<Json<ArchiveLink>, ApiError> {
    let job = found(&exports, caller.user_id, id, now).await?;
    if job.status != ExportStatus::Completed {
        return Err(ApiError::conflict(
            "ExportNotCompleted",
            "There is a file to download only when the export is completed.",
        ));
    }
    Ok(Json(link(&bucket, &job, now).await?.into()))
}

/// A link to the job's file.
pub(crate) async fn link(
    bucket: &ArchiveBucket,
    job: &ExportJob,
    now: Timestamp,
) -> Result<FileLink, StoreError> {
    bucket.download_link(&job.object_key(), job.spec.content_type(), &file_name(job), now).await
}

/// The name under which a browser saves the file: the day the export was asked for, and the format where the extension does not tell.
fn file_name(job: &ExportJob) -> String {
    let (day, extension) = (job.created_at.day(), job.spec.extension());
    match job.spec.format {
        format if format.as_str() == extension || format == ExportFormat::Zip => {
            format!("memories-{day}.{extension}")
        }
        format => format!("memories-{day}-{}.{extension}", format.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{ExportLimit, ExportSpec, UserId};

    use super::*;

    #[test]
    fn a_file_is_named_by_its_day_and_its_format() {
        let now: Timestamp = "2026-11-21T23:30:28.512Z".parse().unwrap();
        let name = |spec| {
            let limit = ExportLimit { size_bytes: 1, kept_days: 1 };
            file_name(&ExportJob::request(UserId::new(now), spec, limit, now))
        };
        assert_eq!(name(ExportSpec::of(ExportFormat::Json)), "memories-2026-11-21.json");
        assert_eq!(name(ExportSpec::of(ExportFormat::Zip)), "memories-2026-11-21.zip");
        assert_eq!(name(ExportSpec::of(ExportFormat::Html)), "memories-2026-11-21-html.zip");
        let mut with_files = ExportSpec::of(ExportFormat::Txt);
        with_files.options.files = true;
        assert_eq!(name(with_files), "memories-2026-11-21-txt.zip");
    }
}
