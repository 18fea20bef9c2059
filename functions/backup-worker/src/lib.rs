//! The drives queue: backups, restores, and what people change in their folders.
//!
//! A job takes as long as its provider lets it, and whoever does it may end between any two steps. What is on the drive is never written over,
//! what is done is noted in our own bucket, sealed, and whoever goes on looks there. Providers that want to be left alone are: the job waits in
//! the queue, and the drive is free for others meanwhile.

mod counted;
mod delivery;
mod due;
mod failure;
mod job;
mod kept;
mod notes;
mod push;
mod reasons;
mod restore;
mod run;
mod sync;
mod verify;
mod wiring;

use std::sync::Arc;
use std::time::Duration;

use app_backup::OpenDrive;
use app_domain::{DriveTask, ImportTask, MailJob, Sealing, Timestamp};
use app_runtime::{Queue, QueueMessage, causes, one_by_one};
use app_store::{ArchiveBucket, Backups, Categories, DriveConnections, DriveJobs, FileBucket, Imports};
use app_walk::Source;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

pub use wiring::wired;

use delivery::Delivery;

/// How often a message is received before it goes to the dead letters: the `maxReceiveCount` of the drives queue.
pub const MAX_RECEIVES: u32 = 5;

/// How long one invocation works before it hands on what is left: less than the function's `Timeout`, by as much as a call may take.
pub const WORKS_FOR: Duration = Duration::from_secs(780);

/// What jobs are done with.
#[derive(Clone)]
pub struct Worker {
    /// What is backed up.
    pub source: Source,
    /// People's drives.
    pub drives: Arc<dyn OpenDrive>,
    /// What is known of them.
    pub connections: DriveConnections,
    /// The jobs.
    pub jobs: DriveJobs,
    /// The backups.
    pub backups: Backups,
    /// What is kept of our own about drives, and of jobs that are under way.
    pub bucket: ArchiveBucket,
    /// Where the bytes of people's files are.
    pub files_bucket: FileBucket,
    /// Restores end as imports.
    pub imports: Imports,
    /// Where the archives of imports go.
    pub imports_bucket: ArchiveBucket,
    /// Who does them.
    pub imports_queue: Queue<ImportTask>,
    /// Where jobs come from.
    pub queue: Queue<DriveTask>,
    /// Tells people that a drive has to be connected again.
    pub mail: Queue<MailJob>,
    /// The categories that notes name.
    pub categories: Categories,
    /// Seals what is kept in the bucket.
    pub sealing: Arc<dyn Sealing>,
    /// The time: a job takes long enough that its beginning and its end differ.
    pub now: fn() -> Timestamp,
}

/// Does the tasks of a batch one by one, and names those that are to be delivered again.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let until = (worker.now)().plus(WORKS_FOR);
    one_by_one(event, "drive", |message| dealt_with(worker, message, until)).await
}

/// Does one task and logs what became of it: ids and hashes alone.
async fn dealt_with(worker: &Worker, message: QueueMessage<DriveTask>, until: Timestamp) -> bool {
    let QueueMessage { id, body: task, receives, receipt } = message;
    let hold = worker.queue.hold(receipt);
    let delivery = Delivery { hold, is_last: receives >= MAX_RECEIVES, until, now: worker.now };
    let (DriveTask::Job { user_id, .. } | DriveTask::Due { user_id, .. }) = task;
    let user = user_id.hashed();
    let done = match task {
        DriveTask::Job { job_id, user_id } => worker.job(user_id, job_id, &delivery).await,
        DriveTask::Due { user_id, provider, at } => due::due(worker, user_id, provider, at).await,
    };
    match done {
        Ok(outcome) => {
            tracing::info!(messageId = id, userId = user, receives, outcome, "drive");
            true
        }
        Err(failure) => {
            let causes = causes(&failure);
            tracing::error!(messageId = id, userId = user, receives, outcome = "failed", causes, "drive");
            false
        }
    }
}
