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

use std::error::Error;
use std::time::Duration;

use app_domain::{Job, Timestamp};
use app_runtime::{Queue, causes};
use app_store::{ArchiveBucket, Exports, FileBucket};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

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
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        if let Err(error) = work(worker, &message, until).await {
            let id = message.message_id.unwrap_or_default();
            tracing::error!(message.id = id, causes = causes(&*error), "message {id} is left in the queue");
            response.add_failure(id);
        }
    }
    response
}

/// A message that cannot be read fails like any other, and so ends among the dead letters, where somebody will look.
async fn work(
    worker: &Worker,
    message: &SqsMessage,
    until: Timestamp,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let body = message.body.as_deref().unwrap_or_default();
    let Job::Export { job_id, user_id } = serde_json::from_str(body)?;
    let delivery = Delivery {
        hold: worker.queue.hold(message.receipt_handle.as_deref()),
        last: receives(message) >= MAX_RECEIVES,
        until,
    };
    Ok(worker.export(user_id, job_id, &delivery).await?)
}

fn receives(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}
