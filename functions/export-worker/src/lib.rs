//! The jobs queue: writes exports to S3.
//!
//! An export may take longer than an invocation has, and whoever writes it may end between any two steps. So it is written in parts, with a
//! safe point after each (`draft`), from which the next invocation goes on.

mod attempt;
mod checkpoint;
mod draft;
mod ending;
mod export;
mod pace;
mod phase;
mod reasons;
mod spools;
mod tally;
mod workplace;

use std::time::Duration;

use app_domain::{Job, Timestamp};
use app_runtime::{Queue, QueueMessage, causes, one_by_one};
use app_store::{ArchiveBucket, Exports, FileBucket};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

/// What is exported, as the worker reads it.
pub use app_walk::Source;
use export::Delivery;

/// How often a message is received before it goes to the dead letters: the `maxReceiveCount` of the jobs queue.
pub const MAX_RECEIVES: u32 = 5;

/// How long one invocation works before it hands on what is left: a little less than the function's `Timeout`.
pub const WORKS_FOR: Duration = Duration::from_secs(270);

/// What jobs are done with.
#[derive(Clone)]
pub struct Worker {
    /// What is exported.
    pub source: Source,
    /// The export jobs.
    pub exports: Exports,
    /// Where exports go.
    pub exports_bucket: ArchiveBucket,
    /// Where the bytes of people's files are.
    pub files_bucket: FileBucket,
    /// Where jobs come from.
    pub queue: Queue<Job>,
    /// The time: a job takes long enough that its beginning and its end differ.
    pub now: fn() -> Timestamp,
}

/// Does the jobs of a batch one by one, and names those that are to be delivered again.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let until = (worker.now)().plus(WORKS_FOR);
    one_by_one(event, "export", |message| dealt_with(worker, message, until)).await
}

/// Does one job, and logs it if it fails: ids and hashes alone.
async fn dealt_with(worker: &Worker, message: QueueMessage<Job>, until: Timestamp) -> bool {
    let QueueMessage { id, body: Job::Export { job_id, user_id }, receives, receipt } = message;
    let delivery = Delivery { hold: worker.queue.hold(receipt), last: receives >= MAX_RECEIVES, until };
    let done = worker.export(user_id, job_id, &delivery).await;
    if let Err(failure) = &done {
        let (user, causes) = (user_id.hashed(), causes(failure));
        tracing::error!(messageId = id, export.id = %job_id, userId = user, receives, outcome = "failed", causes, "export");
    }
    done.is_ok()
}
