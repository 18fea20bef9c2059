//! A job on a drive as clients see it.

use app_domain::{Direction, DriveJob, DriveJobStatus, DriveWork, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Work on a drive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveJobBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// On which drive.
    #[schema(example = "dropbox")]
    provider: &'static str,
    /// `push`, `pull`, `both`, `restore`, `diff` (a restore's dry run) or `verify`.
    #[schema(example = "push")]
    kind: &'static str,
    /// The backup that is restored or verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_id: Option<Uuid>,
    /// Whether its time had come; else somebody asked for it.
    is_scheduled: bool,
    /// `queued`, `running`, `waiting` (for the provider; it goes on by itself), `completed`, `partial`, `failed` or `cancelled`.
    #[schema(value_type = String, example = "running")]
    status: DriveJobStatus,
    /// How far it has come.
    progress: DriveProgressBody,
    /// What came of it: of a push `backupId` or `unchanged`, of a restore `importId`, of a diff what would happen, of a verification what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Map<String, Value>>)]
    result: Option<Value>,
    /// Why it failed or waits, in words for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Until when it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    waits_until: Option<String>,
    /// When it is likely to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expected_at: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last worked on.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// How far a job has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveProgressBody {
    /// Memories and conversations dealt with.
    items_done: u64,
    /// How many there are, as far as it is known.
    items_total: u64,
    /// Bytes sent or fetched.
    bytes_done: u64,
    /// How often the provider was called.
    api_calls: u64,
    /// The share of the items, 0–100.
    #[schema(maximum = 100)]
    percent: u64,
}

/// A job, alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneJob {
    job: DriveJobBody,
}

impl OneJob {
    pub(crate) fn new(job: DriveJob, now: Timestamp) -> Self {
        Self { job: DriveJobBody::new(job, now) }
    }
}

impl DriveJobBody {
    pub(crate) fn new(job: DriveJob, now: Timestamp) -> Self {
        let job = job.as_of(now);
        let (kind, backup) = match &job.work {
            DriveWork::Sync { direction: Direction::Push } => ("push", None),
            DriveWork::Sync { direction: Direction::Pull } => ("pull", None),
            DriveWork::Sync { direction: Direction::Both } => ("both", None),
            DriveWork::Restore(spec) if spec.dry_run => ("diff", Some(spec.backup)),
            DriveWork::Restore(spec) => ("restore", Some(spec.backup)),
            DriveWork::Verify { backup, .. } => ("verify", Some(*backup)),
        };
        let percent = match (job.status, job.progress.items_total) {
            (DriveJobStatus::Completed | DriveJobStatus::Partial, _) => 100,
            (_, 0) => 0,
            (_, total) => (job.progress.items_done * 100 / total).min(99),
        };
        Self {
            id: job.id.as_uuid(),
            provider: job.provider.as_str(),
            kind,
            backup_id: backup.map(|backup| backup.as_uuid()),
            is_scheduled: job.is_scheduled,
            status: job.status,
            progress: DriveProgressBody {
                items_done: job.progress.items_done,
                items_total: job.progress.items_total,
                bytes_done: job.progress.bytes_done,
                api_calls: job.progress.api_calls,
                percent,
            },
            expected_at: job.expected_at().map(|at| at.to_string()),
            result: job.result.map(public),
            error: job.failure,
            waits_until: job.waits_until.map(|at| at.to_string()),
            created_at: job.created_at.to_string(),
            updated_at: job.updated_at.to_string(),
        }
    }
}

/// A result without the keys of our own buckets.
fn public(mut result: Value) -> Value {
    if let Some(members) = result.as_object_mut() {
        members.remove("diffKey");
    }
    result
}
