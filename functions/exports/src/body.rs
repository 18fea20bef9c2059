//! An export as clients see it.

use app_domain::{ExportJob, ExportStatus, Timestamp};
use app_store::FileLink;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wanted::FilterBody;

/// A copy of a person's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// `queued`, `running`, `completed`, `failed` or `cancelled`; the last three are final.
    #[schema(value_type = String, example = "running")]
    status: ExportStatus,
    /// The format.
    #[schema(example = "zip")]
    format: &'static str,
    /// What is wanted, as it was asked for; `search` in the form in which texts are compared.
    filter: FilterBody,
    /// How much of it, and how it is written.
    #[schema(value_type = Map<String, Value>)]
    options: Value,
    /// Where to.
    #[schema(example = "download")]
    destination: &'static str,
    /// How far it has come.
    progress: ProgressBody,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it began: what was made later is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<String>,
    /// When it was last worked on.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
    /// When it and its file are removed.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
    /// When completed: how many records of each kind the file holds; with `missingFiles` and `unreadable`, if anything is missing in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Map<String, Value>>)]
    counts: Option<Value>,
    /// When completed: the size of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    /// When completed: the SHA-256 of the file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// When completed, and asked for alone: a link to the file that works without a token. Ask again for a fresh one.
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
    /// Memories and conversations dealt with.
    items_done: u64,
    /// How many there were when it began; 0 until then.
    items_total: u64,
    /// Bytes of the file that are written.
    bytes_done: u64,
    /// The share that is done, 0–100; 100 only when completed.
    #[schema(maximum = 100)]
    percent: u64,
    /// In about how many seconds it will be done, while that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_seconds: Option<u64>,
}

impl ExportBody {
    /// The export at `now`, with the link to its file if it has one.
    pub(crate) fn new(job: ExportJob, link: Option<FileLink>, now: Timestamp) -> Self {
        let (expires_at, progress) = (job.expires_at().to_string(), ProgressBody::new(&job, now));
        let (download_url, download_expires_at) =
            link.map(|link| (link.url, link.expires_at.to_string())).unzip();
        Self {
            id: job.id.as_uuid(),
            status: job.status,
            format: job.spec.format.as_str(),
            filter: job.spec.filter.into(),
            options: serde_json::json!(job.spec.options),
            destination: "download",
            progress,
            created_at: job.created_at.to_string(),
            started_at: job.started_at.map(|at| at.to_string()),
            updated_at: job.updated_at.to_string(),
            expires_at,
            counts: job.counts,
            size_bytes: job.size_bytes,
            sha256: job.sha256,
            download_url,
            download_expires_at,
            error: job.failure,
        }
    }
}

impl ProgressBody {
    fn new(job: &ExportJob, now: Timestamp) -> Self {
        let (items_done, items_total) = (job.progress.items_done, job.progress.items_total);
        let percent = match job.status {
            ExportStatus::Completed => 100,
            // Memories may come and go meanwhile, so that more are written than there were.
            _ => (items_done * 100).checked_div(items_total).unwrap_or(0).min(99),
        };
        let left = items_total.saturating_sub(items_done);
        let eta_seconds =
            job.started_at.filter(|_| job.status == ExportStatus::Running).and_then(|started_at| {
                let spent_ms = u64::try_from(now.since(started_at).as_millis()).ok()?;
                Some(spent_ms.checked_mul(left)?.checked_div(items_done)?.div_ceil(1000))
            });
        Self { items_done, items_total, bytes_done: job.progress.bytes_done, percent, eta_seconds }
    }
}

/// The answer that holds one export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneExport {
    pub(crate) export: ExportBody,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use app_domain::{ExportFormat, ExportLimit, ExportSpec, Progress, UserId};

    use super::*;

    fn progress(items_done: u64, items_total: u64, status: ExportStatus) -> ProgressBody {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let limit = ExportLimit { size_bytes: 1, kept_days: 1 };
        let job = ExportJob::request(UserId::new(now), ExportSpec::of(ExportFormat::Zip), limit, now);
        let progress = Progress { items_done, items_total, bytes_done: 7 };
        let job = ExportJob { status, progress, started_at: Some(now), ..job };
        ProgressBody::new(&job, now.plus(Duration::from_secs(10)))
    }

    #[test]
    fn only_a_completed_export_is_at_a_hundred_percent() {
        assert_eq!(progress(0, 0, ExportStatus::Queued).percent, 0);
        assert_eq!(progress(50, 200, ExportStatus::Running).percent, 25);
        assert_eq!(progress(205, 200, ExportStatus::Running).percent, 99);
        assert_eq!(progress(0, 0, ExportStatus::Completed).percent, 100);
    }

    #[test]
    fn the_time_that_is_left_follows_from_the_time_that_was_spent() {
        assert_eq!(progress(50, 200, ExportStatus::Running).eta_seconds, Some(30));
        assert_eq!(progress(205, 200, ExportStatus::Running).eta_seconds, Some(0));
        assert_eq!(progress(0, 200, ExportStatus::Running).eta_seconds, None);
        assert_eq!(progress(200, 200, ExportStatus::Completed).eta_seconds, None);
    }
}
