//! An attempt at a job while it is under way: what it works with, and how far it has come.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app_domain::{DriveConnection, DriveJob, DriveProgress, DriveProvider, Timestamp, UserId};

use crate::Worker;
use crate::counted::Counted;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::kept::Kept;

/// How often progress is noted: a client hardly asks more often.
const NOTE_EVERY: Duration = Duration::from_secs(2);

/// An attempt at a job.
pub(crate) struct Run<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a DriveJob,
    /// The drive, as it was when the attempt began.
    pub(crate) connection: &'a DriveConnection,
    pub(crate) drive: &'a Counted,
    pub(crate) kept: Kept,
    delivery: &'a Delivery,
    done: Mutex<Done>,
}

/// How far it has come.
struct Done {
    progress: DriveProgress,
    noted_at: Timestamp,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        worker: &'a Worker,
        job: &'a DriveJob,
        connection: &'a DriveConnection,
        drive: &'a Counted,
        delivery: &'a Delivery,
    ) -> Self {
        let kept = Kept::new(&worker.bucket, &worker.sealing, job.user_id);
        let done = Mutex::new(Done { progress: job.progress, noted_at: (worker.now)() });
        Self { worker, job, connection, drive, kept, delivery, done }
    }

    /// Whose drive it is.
    pub(crate) fn owner(&self) -> UserId {
        self.job.user_id
    }

    /// Which drive it is.
    pub(crate) fn provider(&self) -> DriveProvider {
        self.job.provider
    }

    /// Called between any two steps: says when there is no time for another, or none is wanted, and notes how far it is.
    ///
    /// # Errors
    /// If it does not go on.
    pub(crate) async fn goes_on(&self) -> Result<Timestamp, Failure> {
        let now = self.delivery.goes_on()?;
        let is_due = {
            let mut done = self.done();
            let is_due = now.since(done.noted_at) >= NOTE_EVERY;
            done.noted_at = if is_due { now } else { done.noted_at };
            is_due
        };
        if is_due {
            self.note(now).await?;
        }
        Ok(now)
    }

    /// Notes how far it has come. To be called before what cannot be taken back: `Overtaken` if it is somebody else's now.
    ///
    /// # Errors
    /// If it may not go on, or the table fails.
    pub(crate) async fn note(&self, now: Timestamp) -> Result<(), Failure> {
        match self.worker.jobs.advance(self.job, self.progress(), now).await? {
            true => Ok(()),
            false => Err(Failure::Overtaken),
        }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> DriveProgress {
        // What earlier attempts have called is in what they noted.
        let progress = self.done().progress;
        DriveProgress { api_calls: self.job.progress.api_calls + self.drive.calls(), ..progress }
    }

    /// So many things are dealt with, of so many.
    pub(crate) fn items(&self, done: u64, total: u64) {
        let mut at = self.done();
        at.progress.items_done = done;
        at.progress.items_total = total.max(done);
    }

    /// So many bytes more were sent or fetched.
    pub(crate) fn bytes(&self, count: u64) {
        self.done().progress.bytes_done += count;
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
