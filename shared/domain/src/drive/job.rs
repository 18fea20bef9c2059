//! Work on a person's drive, done in the background.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::DriveProvider;
use crate::{BackupId, DriveJobId, ExportFilter, MemoryId, Timestamp, UserId};

/// Which way is synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the drive: a backup, and notes that have changed here.
    Push,
    /// From the drive: notes that have changed there.
    Pull,
    /// First from it, then to it.
    Both,
}

/// What becomes of something that is here and was changed after the backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnConflict {
    /// It stays as it is here.
    #[default]
    KeepHere,
    /// It becomes as it was; a memory keeps what it is now as a version.
    Replace,
    /// A memory stays as it is, and as it was it becomes another one. Anything else stays as it is here.
    KeepBoth,
}

/// What is restored, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestoreSpec {
    /// Which backup.
    pub backup: BackupId,
    /// Where its manifest is in the folder: it may be of another account of this service, whose drive this is.
    pub path: String,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Which memories and conversations; everything if nothing is set.
    #[serde(default)]
    pub filter: ExportFilter,
    /// Only these memories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<MemoryId>,
    /// What becomes of what has changed since.
    #[serde(default)]
    pub on_conflict: OnConflict,
}

/// What is to be done on a drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DriveWork {
    /// Synchronise.
    Sync {
        /// Which way.
        direction: Direction,
    },
    /// Bring back what a backup has.
    Restore(RestoreSpec),
    /// Read a backup and compare it with its checksums.
    Verify {
        /// Which backup.
        backup: BackupId,
        /// Where its manifest is in the folder.
        path: String,
    },
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriveJobStatus {
    /// Waiting for a worker.
    Queued,
    /// Being done.
    Running,
    /// Waiting for the provider, or for another job on the same drive. It goes on by itself.
    Waiting,
    /// Done.
    Completed,
    /// Done but for some of it, which is named.
    Partial,
    /// Not possible; the reason is given.
    Failed,
    /// Not wanted any more.
    Cancelled,
}

impl DriveJobStatus {
    /// Whether nobody will work on it any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Partial | Self::Failed | Self::Cancelled)
    }
}

/// How much of a job is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DriveProgress {
    /// Memories and conversations dealt with.
    pub items_done: u64,
    /// How many there are, as far as it is known.
    pub items_total: u64,
    /// Bytes sent or fetched.
    pub bytes_done: u64,
    /// How often the provider was called.
    pub api_calls: u64,
}

/// What the drives queue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum DriveTask {
    /// Do a job, or go on with it.
    Job {
        /// Which.
        job_id: DriveJobId,
        /// Whose.
        user_id: UserId,
    },
    /// The time has come at which a drive is backed up by itself.
    Due {
        /// Whose.
        user_id: UserId,
        /// Which drive.
        provider: DriveProvider,
        /// The time.
        at: Timestamp,
    },
}

/// A job on a drive.
#[derive(Clone, PartialEq)]
pub struct DriveJob {
    /// Its id.
    pub id: DriveJobId,
    /// Whose drive.
    pub user_id: UserId,
    /// Which drive.
    pub provider: DriveProvider,
    /// What is to be done.
    pub work: DriveWork,
    /// Opens an encrypted backup. Kept until the job is over.
    pub passphrase: Option<String>,
    /// Whether its time had come; else somebody asked for it.
    pub is_scheduled: bool,
    /// How far it has come.
    pub status: DriveJobStatus,
    /// How often a worker has begun or gone on with it; only the newest attempt may finish it.
    pub attempt: u32,
    /// How much is done.
    pub progress: DriveProgress,
    /// When the first attempt began.
    pub started_at: Option<Timestamp>,
    /// Until when it waits.
    pub waits_until: Option<Timestamp>,
    /// What came of it, in JSON: what depends on the work.
    pub result: Option<serde_json::Value>,
    /// Why it failed or waits, in words for its owner.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was last worked on.
    pub updated_at: Timestamp,
}

/// Neither what opens a backup nor what came of it.
impl fmt::Debug for DriveJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DriveJob({} with {}, {:?} at attempt {})",
            self.id, self.provider, self.status, self.attempt
        )
    }
}

impl DriveJob {
    /// How long jobs are kept.
    pub const KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
    /// How long a job may lie untouched until nobody will touch it again. A provider may want a day of peace.
    pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(2 * 24 * 60 * 60);
    /// How long a job that is not heard of keeps others from the drive: longer than an invocation.
    pub const BUSY_FOR: Duration = Duration::from_secs(20 * 60);

    /// A job that is asked for `now`.
    pub fn request(user_id: UserId, provider: DriveProvider, work: DriveWork, now: Timestamp) -> Self {
        Self::with_id(DriveJobId::new(now), user_id, provider, work, now)
    }

    /// A job of an id that is known before.
    pub fn with_id(
        id: DriveJobId,
        user_id: UserId,
        provider: DriveProvider,
        work: DriveWork,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            user_id,
            provider,
            work,
            passphrase: None,
            is_scheduled: false,
            status: DriveJobStatus::Queued,
            attempt: 0,
            progress: DriveProgress::default(),
            started_at: None,
            waits_until: None,
            result: None,
            failure: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What the drives queue must carry for this job to be done.
    pub fn task(&self) -> DriveTask {
        DriveTask::Job { job_id: self.id, user_id: self.user_id }
    }

    /// The job as its owner should see it at `now`: one that was left lying for too long has failed.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        let last = self.waits_until.unwrap_or(self.updated_at).max(self.updated_at);
        if !self.status.is_over() && now.since(last) > Self::GIVEN_UP_AFTER {
            self.status = DriveJobStatus::Failed;
            self.failure = Some(
                "The work was interrupted. Ask for it again: what is done is not done twice.".to_owned(),
            );
        }
        self
    }

    /// When it is likely to be done, if it is known how much there is to do: as fast as it went so far.
    pub fn expected_at(&self) -> Option<Timestamp> {
        let (done, total) = (self.progress.items_done, self.progress.items_total);
        let started = self.started_at.filter(|_| !self.status.is_over() && done > 0 && total >= done)?;
        let spent = self.updated_at.since(started);
        Some(self.updated_at.plus(spent.mul_f64((total - done) as f64 / done as f64)))
    }

    /// When the job is removed.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus(Self::KEPT_FOR)
    }

    /// Before the keys of what this job keeps to go on with, in the drives bucket.
    pub fn prefix(&self) -> String {
        format!("work/{}/{}/", self.user_id, self.id)
    }

    /// The key of what a restore's dry run has found, in the drives bucket: a JSON object a line.
    pub fn diff_key(&self) -> String {
        format!("reports/{}/{}/diff.jsonl", self.user_id, self.id)
    }
}
