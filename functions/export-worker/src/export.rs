//! One delivery of an export's message.
//!
//! **Duplicates.** A job that is delivered twice at once is begun twice, and the newer attempt takes it over: only the newest can complete
//! it. The older one finds out within a second, and before the file appears. Should both have sent the same part, the file is not made of
//! parts that were replaced, but written anew. Work that takes longer than an invocation is handed on as a new message.

use app_domain::{ExportId, ExportJob, ExportStatus, Timestamp, UserId};
use app_runtime::{Hold, causes};

use crate::Worker;
use crate::attempt::{Attempt, ExportError};
use crate::reasons;
use crate::workplace::Workplace;

/// One delivery of a job's message.
pub(crate) struct Delivery {
    /// Kept while the job is worked on.
    pub(crate) hold: Hold,
    /// Whether the message will not be delivered again.
    pub(crate) last: bool,
    /// When the invocation has to end.
    pub(crate) until: Timestamp,
}

impl Worker {
    /// Makes one attempt at a job. There is nothing to write for a job that is finished or gone: its message has come twice.
    ///
    /// If the attempt at the last delivery fails, the job has failed, and its owner is told.
    pub(crate) async fn export(
        &self,
        owner: UserId,
        id: ExportId,
        delivery: &Delivery,
    ) -> Result<(), ExportError> {
        let total = self.source.memories.total(owner).await?;
        let Some(job) = self.exports.begin(owner, id, total, (self.now)()).await? else {
            tracing::info!(export.id = %id, "export {id} is finished or gone");
            return match self.exports.get(owner, id).await? {
                Some(job) => self.tidy(&job).await,
                None => Ok(()),
            };
        };
        delivery.hold.renew().await;
        match self.attempt(&job, delivery).await {
            Ok(()) => Ok(()),
            Err(ExportError::OutOfTime) => {
                tracing::info!(export.id = %id, attempt = job.attempt, "export {id} goes on in another invocation");
                Ok(self.queue.send(&job.task()).await?)
            }
            Err(ExportError::Overtaken) => self.stop(&job).await,
            Err(ExportError::TooLarge) => {
                let reason = reasons::too_large(&job.spec, job.limit.size_bytes);
                self.exports.fail(&job, &reason, (self.now)()).await?;
                self.stop(&job).await
            }
            Err(error) => {
                if delivery.last {
                    self.give_up(&job).await;
                }
                Err(error)
            }
        }
    }

    /// Writes the file, or goes on with it. What is lost of it is written anew, once.
    async fn attempt(&self, job: &ExportJob, delivery: &Delivery) -> Result<(), ExportError> {
        let mut attempt = Attempt::begin(self, job, delivery, false).await?;
        match attempt.run().await {
            Err(ExportError::Lost) => {
                // What a newer attempt goes on from must not be written over.
                attempt.note((self.now)()).await?;
                tracing::warn!(export.id = %job.id, "export {} begins anew: what was sent of it is lost", job.id);
                attempt.draft.let_go(job).await?;
                Attempt::begin(self, job, delivery, true).await?.run().await
            }
            ended => ended,
        }
    }

    /// After an attempt that may not go on: nothing is left of a job that is not wanted; one that a newer attempt has is its alone.
    async fn stop(&self, job: &ExportJob) -> Result<(), ExportError> {
        match self.exports.get(job.user_id, job.id).await? {
            Some(job) if !job.is_finished() => Err(ExportError::Overtaken),
            Some(job) => self.tidy(&job).await,
            None => Ok(Workplace::of(&self.exports_bucket, job).remove(job).await?),
        }
    }

    /// Removes what is left of a job that is finished: everything but the file of one that is completed.
    async fn tidy(&self, job: &ExportJob) -> Result<(), ExportError> {
        let at = Workplace::of(&self.exports_bucket, job);
        match job.status {
            ExportStatus::Completed => Ok(at.clear().await?),
            ExportStatus::Failed | ExportStatus::Cancelled => Ok(at.remove(job).await?),
            ExportStatus::Queued | ExportStatus::Running => Ok(()),
        }
    }

    /// Marks the job as failed, unless a newer attempt has it, and removes what there is of it. Best effort: the message goes to the dead
    /// letters anyway.
    async fn give_up(&self, job: &ExportJob) {
        let given_up = async {
            self.exports.fail(job, reasons::UNKNOWN, (self.now)()).await?;
            self.stop(job).await
        };
        if let Err(error) = given_up.await {
            let causes = causes(&error);
            tracing::warn!(export.id = %job.id, causes, "could not mark export {} as failed", job.id);
        }
    }
}
