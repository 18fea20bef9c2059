//! Work from the queue: one job after the other, one log line each, failures reported one by one.

use std::time::Duration;

use app_domain::{Timestamp, UserId};
use app_index::{IndexError, IndexJob, Place, Progress};
use app_runtime::{QueueError, causes};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::Worker;

/// How long one invocation works: three quarters of the function's `Timeout`, so that the portion it is at can end, and the rest
/// be sent on.
pub const WORKS_FOR: Duration = Duration::from_secs(225);
/// How long what waits for the model waits at first, and at most: SQS holds nothing back for longer.
const WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(900));
/// How many accounts are gone through at a time.
const ACCOUNTS: u32 = 100;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl From<app_domain::StoreError> for JobError {
    fn from(error: app_domain::StoreError) -> Self {
        Self::Index(error.into())
    }
}

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub(crate) async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let until = (worker.now)().plus(WORKS_FOR);
    let mut answer = SqsBatchResponse::default();
    for message in event.records {
        if !dealt_with(worker, &message, until).await {
            answer.add_failure(message.message_id.unwrap_or_default());
        }
    }
    answer
}

async fn dealt_with(worker: &Worker, message: &SqsMessage, until: Timestamp) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let Ok(job) = serde_json::from_str::<IndexJob>(message.body.as_deref().unwrap_or_default()) else {
        // Nothing of the error: its words could quote the body.
        tracing::error!(messageId = id, outcome = "unreadable", "job");
        return false;
    };
    let (kind, user) = (job.name(), job.owner().map(|owner| owner.hashed()));
    match done(worker, job, until).await {
        Ok(Progress { indexed, embedded, waiting, written_bytes, .. }) => {
            let bytes = written_bytes;
            tracing::info!(
                messageId = id,
                kind,
                userId = user,
                indexed,
                embedded,
                waiting,
                bytes,
                outcome = "done",
                "job"
            );
            true
        }
        Err(failure) => {
            let causes = causes(&failure);
            tracing::error!(messageId = id, kind, userId = user, outcome = "failed", causes, "job");
            false
        }
    }
}

async fn done(worker: &Worker, job: IndexJob, until: Timestamp) -> Result<Progress, JobError> {
    match job {
        IndexJob::CatchUp { owner } => {
            let progress = worker.indexer.catch_up(owner, (worker.now)()).await?;
            followed_up(worker, owner, progress, 0).await?;
            Ok(progress)
        }
        IndexJob::Embed { owner, attempt } => {
            let progress = worker.indexer.embed_waiting(owner).await?;
            followed_up(worker, owner, progress, attempt + 1).await?;
            Ok(progress)
        }
        IndexJob::Rebuild { owner, place } => rebuilt(worker, owner, place, until).await,
        IndexJob::RebuildAll { after } => {
            let accounts = worker.directory.page(after, ACCOUNTS).await?;
            let owners: Vec<UserId> = accounts.iter().map(|account| account.id).collect();
            let mut jobs: Vec<IndexJob> = owners
                .iter()
                .map(|owner| IndexJob::Rebuild { owner: *owner, place: Place::Beginning })
                .collect();
            jobs.extend(owners.last().map(|last| IndexJob::RebuildAll { after: Some(*last) }));
            worker.jobs.send_all(&jobs).await?;
            Ok(Progress { indexed: owners.len() as u64, ..Progress::default() })
        }
    }
}

/// Makes an index again, portion by portion, and hands on what there is no time for.
async fn rebuilt(
    worker: &Worker,
    owner: UserId,
    mut place: Place,
    until: Timestamp,
) -> Result<Progress, JobError> {
    let mut done = Progress::default();
    loop {
        let now = (worker.now)();
        let (progress, next) = worker.indexer.rebuild(owner, place, now).await?;
        done = done.and(progress);
        match next {
            Some(next) if now >= until => {
                worker.jobs.send(&IndexJob::Rebuild { owner, place: next }).await?;
                break;
            }
            Some(next) => place = next,
            None => break,
        }
    }
    // What is damaged in the middle of this was noted by the portion that found it, and goes on being made again.
    followed_up(worker, owner, Progress { needs_rebuild: false, ..done }, 0).await?;
    Ok(done)
}

/// Sends what has to follow, and whether that was possible.
pub(crate) async fn follow_up(worker: &Worker, owner: UserId, progress: Progress, attempt: u32) -> bool {
    let followed = followed_up(worker, owner, progress, attempt).await;
    if let Err(error) = &followed {
        tracing::error!(userId = owner.hashed(), causes = causes(error), "a job could not be sent");
    }
    followed.is_ok()
}

async fn followed_up(
    worker: &Worker,
    owner: UserId,
    progress: Progress,
    attempt: u32,
) -> Result<(), QueueError> {
    if progress.needs_rebuild {
        worker.jobs.send(&IndexJob::Rebuild { owner, place: Place::Beginning }).await?;
    }
    if progress.waiting > 0 {
        let (first, longest) = WAITS;
        let wait = first.saturating_mul(1 << attempt.min(10)).min(longest);
        worker.jobs.send_later(&IndexJob::Embed { owner, attempt }, wait).await?;
    }
    Ok(())
}
