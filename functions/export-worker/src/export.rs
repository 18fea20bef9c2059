//! One attempt at an export job, from the table to the file.
//!
//! **What the file holds.** Memories are read newest first, 1 MB at a time, while people and WhatsApp go on writing. The
//! file holds each memory at most once, as it was when it was read: a change or deletion shows if it came before that. A
//! memory made after the reading began is left out, because reading only moves towards older ones; the exception is a
//! late WhatsApp message, which sorts by when it was sent.
//!
//! **Duplicates.** A job that is delivered twice at once is begun twice, and the newer attempt takes it over. Each
//! attempt has its own file, and only the newest can complete the job, so the file that is downloaded is always whole.
//! What an overtaken attempt has left in the bucket is removed by the bucket's own rules.

use std::time::Duration;

use app_domain::{ExportId, ExportJob, Progress, StoreError, Timestamp, UserId};
use app_runtime::causes;

use crate::Worker;
use crate::document::{Document, DocumentError};
use crate::hold::{Hold, RENEW_EVERY};
use crate::upload::{FileError, Upload};

/// How often progress is noted: a client hardly asks more often.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// Why an attempt ended without a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("a newer attempt has taken the job")]
    Overtaken,
    #[error("the invocation has not enough time left")]
    OutOfTime,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    File(#[from] FileError),
}

/// One delivery of a job's message.
pub(crate) struct Delivery {
    /// Kept while the job is worked on.
    pub(crate) hold: Hold,
    /// Whether the message will not be delivered again.
    pub(crate) last: bool,
    /// When the invocation has to end.
    pub(crate) until: Timestamp,
}

/// Something that is done now and then while something else goes on.
struct Pace {
    every: Duration,
    last: Timestamp,
}

impl Pace {
    /// Whether it is time again.
    fn due(&mut self, now: Timestamp) -> bool {
        let due = now.since(self.last) >= self.every;
        self.last = if due { now } else { self.last };
        due
    }
}

impl Worker {
    /// Makes one attempt at a job. There is nothing to do for a job that is finished or gone: its message has come twice.
    ///
    /// If the attempt at the last delivery fails, the job has failed, and its owner is told.
    pub(crate) async fn export(
        &self,
        owner: UserId,
        id: ExportId,
        delivery: &Delivery,
    ) -> Result<(), ExportError> {
        let total = self.memories.total(owner).await?;
        let Some(job) = self.exports.begin(owner, id, total, (self.now)()).await? else {
            tracing::info!(export.id = %id, "export {id} is finished or gone");
            return Ok(());
        };
        delivery.hold.renew().await;
        let attempted = self.attempt(&job, delivery).await;
        if attempted.is_err() && delivery.last {
            self.give_up(&job).await;
        }
        attempted
    }

    async fn attempt(&self, job: &ExportJob, delivery: &Delivery) -> Result<(), ExportError> {
        let mut upload = self.files.upload(job.object_key());
        let written = match self.fill(&mut upload, job, delivery).await {
            Ok(memories) => {
                // Completing a large file takes a while, in which nothing else renews the hold.
                delivery.hold.renew().await;
                upload.finish().await.map(|file| (memories, file)).map_err(Into::into)
            }
            Err(error) => Err(error),
        };
        let (memories, file) = match written {
            Ok(written) => written,
            Err(error) => {
                upload.abort().await;
                return Err(error);
            }
        };
        let now = (self.now)();
        if !self.exports.complete(job, memories, file.size_bytes, &file.sha256, now).await? {
            return Err(ExportError::Overtaken);
        }
        tracing::info!(
            export.id = %job.id,
            attempt = job.attempt,
            memories,
            sizeBytes = file.size_bytes,
            durationMs = now.since(job.updated_at).as_millis() as u64,
            "export {} is written",
            job.id
        );
        Ok(())
    }

    /// Writes the document, and returns how many memories are in it.
    async fn fill(
        &self,
        upload: &mut Upload,
        job: &ExportJob,
        delivery: &Delivery,
    ) -> Result<u64, ExportError> {
        let mut document = Document::open(upload, job.user_id, job.updated_at).await?;
        let mut noting = Pace { every: NOTE_EVERY, last: job.updated_at };
        let mut holding = Pace { every: RENEW_EVERY, last: job.updated_at };
        let mut after = None;
        loop {
            let now = (self.now)();
            if now >= delivery.until {
                return Err(ExportError::OutOfTime);
            }
            if holding.due(now) {
                delivery.hold.renew().await;
            }
            if noting.due(now) {
                self.note(job, document.memories(), now).await?;
            }
            let (memories, last) = self.memories.portion(job.user_id, after).await?;
            for memory in &memories {
                document.add(memory).await?;
            }
            if last.is_none() {
                return Ok(document.close().await?);
            }
            after = last;
        }
    }

    async fn note(&self, job: &ExportJob, items_done: u64, now: Timestamp) -> Result<(), ExportError> {
        let progress = Progress { items_done, items_total: job.progress.items_total.max(items_done) };
        match self.exports.advance(job, progress, now).await? {
            true => Ok(()),
            false => Err(ExportError::Overtaken),
        }
    }

    /// Marks the job as failed, unless a newer attempt has it. Best effort: the message goes to the dead letters anyway.
    async fn give_up(&self, job: &ExportJob) {
        let reason = "The export could not be written, even after several tries. Ask for a new one later.";
        if let Err(error) = self.exports.fail(job, reason, (self.now)()).await {
            let causes = causes(&error);
            tracing::warn!(export.id = %job.id, causes, "could not mark export {} as failed", job.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use app_domain::ExportStatus;
    use app_store::{Exports, Memories};
    use app_testing::table;
    use aws_lambda_events::sqs::SqsMessage;

    use super::*;
    use crate::fake_queue::FakeQueue;
    use crate::fake_s3::FakeS3;

    fn delivery(worker: &Worker, until: Timestamp) -> Delivery {
        Delivery { hold: worker.queue.hold(&SqsMessage::default()), last: false, until }
    }

    fn start() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).unwrap()
    }

    async fn begun() -> (Worker, FakeS3, ExportJob) {
        let (table, s3) = (table().await, FakeS3::default());
        let memories = Memories::new(table.clone(), app_testing::vault(&table));
        let exports = Exports::new(table);
        let worker =
            Worker { memories, exports, files: s3.files(), queue: FakeQueue::default().queue(), now: start };
        let job = ExportJob::request(UserId::new(start()), start());
        worker.exports.create(&job, &app_domain::Origin::default()).await.unwrap();
        let job = worker.exports.begin(job.user_id, job.id, 0, start()).await.unwrap().unwrap();
        (worker, s3, job)
    }

    #[tokio::test]
    async fn an_overtaken_attempt_neither_completes_nor_fails_the_job() {
        let (worker, s3, older) = begun().await;
        let newer = worker.exports.begin(older.user_id, older.id, 0, start()).await.unwrap().unwrap();
        let delivery = delivery(&worker, start().plus(NOTE_EVERY));
        assert!(matches!(worker.attempt(&older, &delivery).await, Err(ExportError::Overtaken)));
        worker.give_up(&older).await;
        assert!(matches!(worker.note(&older, 1, start()).await, Err(ExportError::Overtaken)));
        let job = worker.exports.get(older.user_id, older.id).await.unwrap().unwrap();
        assert_eq!((job.status, job.attempt), (ExportStatus::Running, 2));

        worker.attempt(&newer, &delivery).await.unwrap();
        let job = worker.exports.get(older.user_id, older.id).await.unwrap().unwrap();
        assert_eq!(job.status, ExportStatus::Completed);
        assert!(job.object_key() != older.object_key() && s3.file(&job.object_key()).is_some());
    }

    #[tokio::test]
    async fn an_attempt_ends_before_its_invocation_does() {
        let (worker, s3, job) = begun().await;
        assert!(matches!(
            worker.attempt(&job, &delivery(&worker, start())).await,
            Err(ExportError::OutOfTime)
        ));
        assert_eq!(s3.file_count(), 0);
    }
}
