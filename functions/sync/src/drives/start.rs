//! Jobs on drives, handed to the worker.

use app_domain::{DriveJob, DriveJobStatus, DriveTask, Timestamp};
use app_http::{ApiError, BestEffort};
use app_runtime::Queue;
use app_store::{ArchiveBucket, DriveJobs};

/// The most jobs of a person that are not over.
const MAX_OPEN: usize = 10;
/// So many of the newest jobs are looked at for that.
const LOOKED_AT: u32 = 50;

/// Notes jobs and hands them to the worker. Cloning shares the clients.
#[derive(Clone)]
pub struct Starter {
    jobs: DriveJobs,
    queue: Queue<DriveTask>,
}

/// The bucket in which jobs leave long results.
#[derive(Clone)]
pub struct DriveDiffs(pub ArchiveBucket);

impl Starter {
    /// Jobs are noted in `jobs` and handed on by `queue`.
    pub fn new(jobs: DriveJobs, queue: Queue<DriveTask>) -> Self {
        Self { jobs, queue }
    }

    /// Starts a job; one that does the same on the same drive and has not begun is taken instead.
    ///
    /// # Errors
    /// If the person has too many jobs that are not over, or the job cannot be handed on: then it has failed.
    pub(crate) async fn start(&self, job: DriveJob, now: Timestamp) -> Result<DriveJob, ApiError> {
        let (jobs, _) = self.jobs.list(job.user_id, None, LOOKED_AT).await?;
        let open: Vec<DriveJob> =
            jobs.into_iter().map(|job| job.as_of(now)).filter(|job| !job.status.is_over()).collect();
        let is_same = |open: &&DriveJob| {
            open.status == DriveJobStatus::Queued
                && (open.provider, &open.work) == (job.provider, &job.work)
                && open.passphrase == job.passphrase
        };
        if let Some(same) = open.iter().find(is_same) {
            // Its message may have been lost.
            self.queue.send(&same.task()).await.map_err(ApiError::unavailable)?;
            return Ok(same.clone());
        }
        if open.len() >= MAX_OPEN {
            let message = "Ten jobs on your drives are not finished yet. Wait for one, or cancel it.";
            return Err(ApiError::conflict("TooManyJobs", message));
        }
        self.jobs.create(&job).await?;
        if let Err(error) = self.queue.send(&job.task()).await {
            // Nobody shall wait for a job that nobody does.
            let cancelled = self.jobs.cancel(job.user_id, job.id, now).await;
            cancelled.best_effort("cancelling a job that could not be queued");
            return Err(ApiError::unavailable(error));
        }
        Ok(job)
    }
}
