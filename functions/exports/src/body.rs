//! An export as clients see it.

use app_domain::{ExportJob, ExportStatus, Progress};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::downloads::Link;

/// An export of all memories of a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// `queued`, `running`, `completed` or `failed`; the last two are final.
    #[schema(value_type = String, example = "running")]
    status: ExportStatus,
    /// The format of the file.
    #[schema(example = "json")]
    format: &'static str,
    /// How far it has come.
    progress: ProgressBody,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last worked on.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
    /// When it and its file are removed.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
    /// When completed: the size of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    /// When completed: the SHA-256 of the file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// When completed: a link to the file that works without a token. Ask again for a fresh one.
    #[serde(skip_serializing_if = "Option::is_none")]
    download_url: Option<String>,
    /// When `downloadUrl` stops working.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    download_expires_at: Option<String>,
    /// When failed: why, in words for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How far an export has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProgressBody {
    /// Memories written.
    items_done: u64,
    /// Memories there were when it began; 0 until then.
    items_total: u64,
    /// The share that is written, 0–100; 100 only when completed.
    #[schema(maximum = 100)]
    percent: u64,
}

impl ExportBody {
    /// The export, with the link to its file if it has one.
    pub(crate) fn new(job: ExportJob, link: Option<Link>) -> Self {
        let expires_at = job.expires_at().to_string();
        let (download_url, download_expires_at) =
            link.map(|link| (link.url, link.expires_at.to_string())).unzip();
        Self {
            id: job.id.as_uuid(),
            status: job.status,
            format: "json",
            progress: ProgressBody::new(job.progress, job.status),
            created_at: job.created_at.to_string(),
            updated_at: job.updated_at.to_string(),
            expires_at,
            size_bytes: job.size_bytes,
            sha256: job.sha256,
            download_url,
            download_expires_at,
            error: job.failure,
        }
    }
}

impl ProgressBody {
    fn new(Progress { items_done, items_total }: Progress, status: ExportStatus) -> Self {
        let percent = match status {
            ExportStatus::Completed => 100,
            // Memories may come and go meanwhile, so that more are written than there were.
            _ => (items_done * 100).checked_div(items_total).unwrap_or(0).min(99),
        };
        Self { items_done, items_total, percent }
    }
}

/// The answer that holds one export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneExport {
    pub(crate) export: ExportBody,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(items_done: u64, items_total: u64, status: ExportStatus) -> u64 {
        ProgressBody::new(Progress { items_done, items_total }, status).percent
    }

    #[test]
    fn only_a_completed_export_is_at_a_hundred_percent() {
        assert_eq!(percent(0, 0, ExportStatus::Queued), 0);
        assert_eq!(percent(50, 200, ExportStatus::Running), 25);
        assert_eq!(percent(205, 200, ExportStatus::Running), 99);
        assert_eq!(percent(0, 0, ExportStatus::Completed), 100);
    }
}
