//! Work from the queue: one job after the other, one log line each, failures reported one by one.

use std::time::Duration;

use app_domain::{Timestamp, UserId};
use app_index::{IndexError, IndexJob, Place, Progress, Repair};
use app_runtime::{QueueError, QueueMessage, causes, one_by_one};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

use crate::Worker;

/// How long one invocation works: three quarters of the function's `Timeout`, so that the portion it is at can end, and the rest
/// be sent on.
pub const WORKS_FOR: Duration = Duration::from_secs(225);
/// How long what waits for the model waits at first, and at most: SQS holds nothing back for longer.
const WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(900));
/// After how many attempts without any success nobody asks the model any more until somebody searches.
const ATTEMPTS: u32 = 10;
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
    one_by_one(event, "job", |message| dealt_with(worker, message, until)).await
}

async fn dealt_with(worker: &Worker, message: QueueMessage<IndexJob>, until: Timestamp) -> bool {
    let QueueMessage { id, body: job, .. } = message;
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
        IndexJob::CatchUp { owner } => caught_up(worker, owner, until).await,
        IndexJob::Embed { owner, attempt } => {
            let progress = worker.indexer.embed_waiting(owner, (worker.now)()).await?;
            if attempt >= ATTEMPTS && progress.embedded == 0 {
                // A search begins anew.
                worker.indexer.release(owner, Repair::Embed).await?;
            } else if progress.waiting > 0 {
                // While something is made, the model answers: what is left are more than one call takes.
                let attempt = if progress.embedded > 0 { 0 } else { attempt.saturating_add(1) };
                worker.jobs.send_later(&IndexJob::Embed { owner, attempt }, wait(attempt)).await?;
            }
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

/// Brings an index up to date, and hands on what there is no time for.
async fn caught_up(worker: &Worker, owner: UserId, until: Timestamp) -> Result<Progress, JobError> {
    let mut done = Progress::default();
    loop {
        let now = (worker.now)();
        worker.indexer.renew(owner, Repair::CatchUp, now).await?;
        let progress = worker.indexer.catch_up(owner, 1, now).await?;
        done = done.and(progress);
        if !progress.is_behind {
            worker.indexer.release(owner, Repair::CatchUp).await?;
            break;
        }
        if now >= until {
            worker.jobs.send(&IndexJob::CatchUp { owner }).await?;
            break;
        }
    }
    begun(worker, owner, done).await?;
    Ok(done)
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
    begun(worker, owner, done).await?;
    Ok(done)
}

/// Begins the repair that has turned out to be necessary, and says whether that was possible.
pub(crate) async fn begin(worker: &Worker, owner: UserId, progress: Progress) -> bool {
    let begun = begun(worker, owner, progress).await;
    if let Err(error) = &begun {
        tracing::error!(userId = owner.hashed(), outcome = "failed", causes = causes(error), "changes");
    }
    begun.is_ok()
}

async fn begun(worker: &Worker, owner: UserId, progress: Progress) -> Result<(), JobError> {
    let Some(repair) = progress.repair else { return Ok(()) };
    let first = if repair == Repair::Embed { wait(0) } else { Duration::ZERO };
    if let Err(error) = worker.jobs.send_later(&IndexJob::beginning(owner, repair), first).await {
        // Nobody is at it: the next change or search begins it.
        worker.indexer.release(owner, repair).await?;
        return Err(error.into());
    }
    Ok(())
}

/// How long what waits for the model waits after so many attempts.
fn wait(attempt: u32) -> Duration {
    let (first, longest) = WAITS;
    first.saturating_mul(1 << attempt.min(10)).min(longest)
}
