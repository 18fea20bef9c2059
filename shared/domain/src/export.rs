//! Export jobs: a person's data, written to a file they can download.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ExportId, ExportLimit, ExportSpec, Timestamp, UserId};

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportStatus {
    /// Waiting for a worker.
    Queued,
    /// Being written.
    Running,
    /// Written; the file can be downloaded.
    Completed,
    /// Not possible; the reason is given.
    Failed,
    /// Not wanted any more.
    Cancelled,
}

/// How much of an export is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Memories and conversations dealt with.
    pub items_done: u64,
    /// How many there were when the job began.
    pub items_total: u64,
    /// Bytes of the file that are written.
    pub bytes_done: u64,
}

/// What the jobs queue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Job {
    /// Write a person's data to a file, or go on with it.
    Export {
        /// Which export.
        job_id: ExportId,
        /// Whose data.
        user_id: UserId,
    },
}

/// One export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportJob {
    /// Its id.
    pub id: ExportId,
    /// Whose data.
    pub user_id: UserId,
    /// What is wanted.
    pub spec: ExportSpec,
    /// How large its file may be, and how long it is kept.
    pub limit: ExportLimit,
    /// How far it has come.
    pub status: ExportStatus,
    /// How often a worker has begun or gone on with it; only the newest attempt may finish it.
    pub attempt: u32,
    /// How much is written.
    pub progress: Progress,
    /// When the first attempt began: what was made later is not in it.
    pub started_at: Option<Timestamp>,
    /// What its file holds, by kind of record.
    pub counts: Option<serde_json::Value>,
    /// Size of the finished file.
    pub size_bytes: Option<u64>,
    /// SHA-256 of the finished file, in hexadecimal.
    pub sha256: Option<String>,
    /// Why it failed, in words for its owner.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was last worked on.
    pub updated_at: Timestamp,
}

impl ExportJob {
    /// How long a job may lie untouched until nobody will touch it again: well beyond all the retries of its message.
    pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
    /// The most exports of a person that are not finished.
    pub const MAX_UNFINISHED: usize = 3;

    /// A job that is asked for `now`.
    pub fn request(user_id: UserId, spec: ExportSpec, limit: ExportLimit, now: Timestamp) -> Self {
        Self {
            id: ExportId::new(now),
            user_id,
            spec,
            limit,
            status: ExportStatus::Queued,
            attempt: 0,
            progress: Progress::default(),
            started_at: None,
            counts: None,
            size_bytes: None,
            sha256: None,
            failure: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What the jobs queue must carry for this job to be done.
    pub fn task(&self) -> Job {
        Job::Export { job_id: self.id, user_id: self.user_id }
    }

    /// The job as its owner should see it at `now`. A worker that is killed cannot say so: a job that has been left
    /// lying for too long has failed.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if !self.is_finished() && now.since(self.updated_at) > Self::GIVEN_UP_AFTER {
            self.status = ExportStatus::Failed;
            self.failure = Some("The export was interrupted. Ask for a new one.".to_owned());
        }
        self
    }

    /// When the job and its file are removed.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus(Duration::from_secs(u64::from(self.limit.kept_days) * 24 * 60 * 60))
    }

    /// Before the keys of everything of this job in the exports bucket. It begins with how long that is kept, by which the bucket's rules
    /// remove it.
    pub fn prefix(&self) -> String {
        format!("{}d/{}/{}/", self.limit.kept_days, self.user_id, self.id)
    }

    /// The file's key in the exports bucket.
    pub fn object_key(&self) -> String {
        format!("{}export.{}", self.prefix(), self.spec.extension())
    }

    /// Whether nothing more will happen to it.
    pub fn is_finished(&self) -> bool {
        matches!(self.status, ExportStatus::Completed | ExportStatus::Failed | ExportStatus::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExportFormat;
    use serde_json::json;

    fn job() -> ExportJob {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let limit = ExportLimit { size_bytes: 1 << 30, kept_days: 7 };
        ExportJob::request(UserId::new(now), ExportSpec::of(ExportFormat::Zip), limit, now)
    }

    #[test]
    fn a_task_names_its_kind_its_job_and_its_owner() {
        let job = job();
        let task = serde_json::to_value(job.task()).unwrap();
        assert_eq!(task, json!({"kind": "export", "jobId": job.id, "userId": job.user_id}));
        assert_eq!(serde_json::from_value::<Job>(task).unwrap(), job.task());
    }

    #[test]
    fn a_task_of_an_unknown_kind_is_not_read() {
        let job = job();
        let task = json!({"kind": "import", "jobId": job.id, "userId": job.user_id});
        assert!(serde_json::from_value::<Job>(task).is_err());
    }

    #[test]
    fn a_job_that_is_left_lying_has_failed() {
        let job = job();
        let soon = job.updated_at.plus(ExportJob::GIVEN_UP_AFTER);
        assert_eq!(job.clone().as_of(soon), job);
        let late = job.clone().as_of(soon.plus(Duration::from_millis(1)));
        assert_eq!(late.status, ExportStatus::Failed);
        assert!(late.failure.is_some());

        let completed = ExportJob { status: ExportStatus::Completed, ..job };
        assert_eq!(completed.clone().as_of(completed.expires_at()), completed);
    }
}
