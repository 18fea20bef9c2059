//! Export jobs: a person's data, written to a file they can download.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ExportId, Timestamp, UserId};

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
}

/// How much of an export is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Memories written.
    pub items_done: u64,
    /// Memories there were when the job began.
    pub items_total: u64,
}

/// What the jobs queue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Job {
    /// Write a person's memories to a file.
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
    /// How far it has come.
    pub status: ExportStatus,
    /// How often a worker has begun it; only the newest attempt may finish it.
    pub attempt: u32,
    /// How much is written.
    pub progress: Progress,
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
    /// How long the job and its file are kept.
    pub const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// How long a job may lie untouched until nobody will touch it again: well beyond all the retries of its message.
    pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(6 * 60 * 60);

    /// A job that is asked for `now`.
    pub fn request(user_id: UserId, now: Timestamp) -> Self {
        Self {
            id: ExportId::new(now),
            user_id,
            status: ExportStatus::Queued,
            attempt: 0,
            progress: Progress::default(),
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
        self.created_at.plus(Self::KEPT_FOR)
    }

    /// The file's key in the exports bucket; each attempt writes its own.
    pub fn object_key(&self) -> String {
        format!("{}/{}/{}.json", self.user_id, self.id, self.attempt)
    }

    /// Whether nothing more will happen to it.
    pub fn is_finished(&self) -> bool {
        matches!(self.status, ExportStatus::Completed | ExportStatus::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job() -> ExportJob {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        ExportJob::request(UserId::new(now), now)
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
        assert_eq!(completed.clone().as_of(soon.plus(ExportJob::KEPT_FOR)), completed);
    }
}
