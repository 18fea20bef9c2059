//! One attempt at a task, from the job to its end.

use app_domain::{ImportJob, ImportProgress, ImportStatus, ImportTask};
use app_runtime::causes;

use crate::Worker;
use crate::bring::{Ended, Import};
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::piece::Pieces;

/// How often a job is begun or gone on with. One that is sent on and on without coming further must end somewhere.
const MAX_ATTEMPTS: u32 = 1000;

const NOT_IMPORTED: &str = "The archive could not be brought in, even after several tries. Start it again later: what is there already \
     is not brought in twice.";
const NOT_UNDONE: &str =
    "What was brought in could not all be taken back, even after several tries. Undo it again later.";
const NO_ACCOUNT: &str = "The account is not there any more.";

impl Worker {
    /// Does a task, or as much of it as there is time for, and sends the rest on. There is nothing to do for a job that is finished or gone:
    /// its message has come twice. If the attempt at the last delivery fails, the job has failed, and its owner is told.
    pub(crate) async fn attempt(&self, task: ImportTask, delivery: &Delivery) -> Result<Ended, Failure> {
        let (ImportTask::Import { job_id, user_id } | ImportTask::Undo { job_id, user_id }) = task;
        let Some(job) = self.imports.begin(user_id, job_id, (self.now)()).await? else {
            let there = self.imports.get(user_id, job_id).await?;
            if let Some(cancelled) = there.filter(|job| job.status == ImportStatus::Cancelled) {
                self.report_cancelled(&cancelled, delivery).await;
            }
            return Ok(Ended::Needless);
        };
        if job.attempt > MAX_ATTEMPTS {
            self.give_up(&job).await;
            return Ok(Ended::Failed);
        }
        match self.work(&job, delivery).await {
            Err(Failure::OutOfTime) => match self.queue.send(&job.task()).await {
                Ok(()) => Ok(Ended::SentOn),
                Err(error) => self.unless_last(&job, delivery, error.into()).await,
            },
            Err(Failure::Cancelled) => {
                self.report_cancelled(&job, delivery).await;
                Ok(Ended::Cancelled)
            }
            Err(failure) => self.unless_last(&job, delivery, failure).await,
            Ok(ended) => Ok(ended),
        }
    }

    /// Leaves a job that failed to the next delivery of its message. After the last there is none, so the job has failed.
    async fn unless_last(
        &self,
        job: &ImportJob,
        delivery: &Delivery,
        failure: Failure,
    ) -> Result<Ended, Failure> {
        if delivery.is_last && !matches!(failure, Failure::Overtaken) {
            self.give_up(job).await;
        }
        Err(failure)
    }

    async fn work(&self, job: &ImportJob, delivery: &Delivery) -> Result<Ended, Failure> {
        delivery.goes_on().await?;
        if job.status == ImportStatus::Undoing {
            return self.undo(job, delivery).await;
        }
        let Some(user) = self.users.get(job.user_id).await? else {
            return self.failed(job, NO_ACCOUNT).await;
        };
        match Import::begin(self, job, delivery).await? {
            Err(reason) => self.failed(job, &reason).await,
            Ok(import) if job.spec.preview => import.look_through().await,
            Ok(import) => import.bring_in(self.quotas.of(user.tier)).await,
        }
    }

    async fn failed(&self, job: &ImportJob, reason: &str) -> Result<Ended, Failure> {
        self.settled(job, ImportStatus::Failed, Some(reason)).await?;
        Ok(Ended::Failed)
    }

    /// Ends a run.
    pub(crate) async fn settled(
        &self,
        job: &ImportJob,
        to: ImportStatus,
        failure: Option<&str>,
    ) -> Result<(), Failure> {
        match self.imports.settle(job, to, failure, (self.now)()).await? {
            true => Ok(()),
            false => Err(self.whose(job).await?),
        }
    }

    /// Why a job is not this attempt's any more.
    pub(crate) async fn whose(&self, job: &ImportJob) -> Result<Failure, Failure> {
        let there = self.imports.get(job.user_id, job.id).await?;
        let is_under_way = there.is_some_and(|there| there.is_under_way());
        Ok(if is_under_way { Failure::Overtaken } else { Failure::Cancelled })
    }

    /// Marks the job as failed, unless a newer attempt has it. Best effort: the message goes to the dead letters anyway.
    async fn give_up(&self, job: &ImportJob) {
        let reason = if job.status == ImportStatus::Undoing { NOT_UNDONE } else { NOT_IMPORTED };
        if let Err(error) = self.imports.settle(job, ImportStatus::Failed, Some(reason), (self.now)()).await {
            let causes = causes(&error);
            tracing::warn!(import.id = %job.id, causes, "could not mark import {} as failed", job.id);
        }
    }

    /// Says what had been brought in of what is not wanted any more. Best effort: it is there in any case.
    async fn report_cancelled(&self, job: &ImportJob, delivery: &Delivery) {
        let pieces = Pieces { bucket: &self.archives, job, run: job.run };
        let reported = async {
            let there = self.imports.get(job.user_id, job.id).await?;
            let Some(there) =
                there.filter(|there| there.status == ImportStatus::Cancelled && there.run == job.run)
            else {
                return Ok(());
            };
            if job.status == ImportStatus::Undoing || job.spec.preview {
                return Ok(());
            }
            let count = pieces.count().await?;
            if let Some(last) = count.checked_sub(1)
                && let Some(last) = pieces.get(last).await?
            {
                let counts = last.come_to();
                let progress = ImportProgress { items_done: counts.total(), permille: last.permille };
                // It says more than was noted before the last batch. Somebody may have started the job again by now.
                let _is_noted =
                    self.imports.advance(&there, there.format, progress, counts, (self.now)()).await?;
            }
            self.report(pieces, count, delivery).await
        };
        if let Err(failure) = reported.await {
            tracing::warn!(import.id = %job.id, causes = causes(&failure), "import {} has no report", job.id);
        }
    }
}
