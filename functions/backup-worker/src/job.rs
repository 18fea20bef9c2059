//! One delivery of a job's message, and what becomes of the job.
//!
//! **Duplicates.** A job that is delivered twice at once is begun twice, and the newer attempt takes it over; the older one finds out at its next
//! step. **Waiting.** A provider that wants to be left alone, or fails, is: the job says until when, lets go of the drive, and its message comes
//! back then. **Ends.** What cannot be mended by waiting ends the job with words for its owner; what has been sent stays where it is, and the
//! next job finds it there.

use std::time::Duration;

use app_connectors::drives::{Drive, DriveError, DriveErrorClass};
use app_domain::{
    DriveConnection, DriveFault, DriveJob, DriveJobId, DriveJobStatus, DriveState, DriveWork, MailJob, UserId,
};
use app_runtime::causes;
use app_store::BegunJob;
use serde_json::{Value, json};

use crate::counted::Counted;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::run::Run;
use crate::sync::Outcome;
use crate::{Worker, reasons, restore, sync, verify};

/// How soon it is looked again whether another job has let go of the drive.
const BUSY_WAIT: Duration = Duration::from_secs(60);
/// The first wait for a provider that does not say how long; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait for a provider that does not say how long.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// The longest wait that a provider is granted.
const MOST_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// How a job ends that cannot be done.
struct End {
    /// A word for programs: see [`DriveFault::code`].
    code: &'static str,
    /// In words for the owner.
    reason: String,
    result: Option<Value>,
}

impl Worker {
    /// Makes one attempt at a job. There is nothing to do for one that is over or gone: its message has come twice. What became of it, in a word
    /// for the log.
    pub(crate) async fn job(
        &self,
        owner: UserId,
        id: DriveJobId,
        delivery: &Delivery,
    ) -> Result<&'static str, Failure> {
        // Boxed, as the steps below are: together they would be larger than a thread's stack takes.
        delivery.held(Box::pin(self.attempt(owner, id, delivery))).await
    }

    async fn attempt(
        &self,
        owner: UserId,
        id: DriveJobId,
        delivery: &Delivery,
    ) -> Result<&'static str, Failure> {
        let Some(job) = self.jobs.get(owner, id).await? else { return Ok("gone") };
        if job.status.is_over() {
            self.tidy(&job).await?;
            return Ok("over");
        }
        let now = (self.now)();
        if let Some(until) = job.waits_until.filter(|until| *until > now) {
            self.queue.send_later(&job.task(), until.since(now)).await?;
            return Ok("too early");
        }
        let begun = match self.jobs.begin(owner, id, now).await? {
            BegunJob::Job(begun) => *begun,
            BegunJob::Over => return Ok("over"),
            // Nobody waits for ever, nor is what opens a backup kept for ever.
            BegunJob::Busy(_) if now.since(job.created_at) > DriveJob::GIVEN_UP_AFTER => {
                self.jobs.cancel(owner, id, now).await?;
                return Ok("given up");
            }
            BegunJob::Busy(_) => {
                self.queue.send_later(&job.task(), BUSY_WAIT).await?;
                return Ok("busy");
            }
        };
        let ended = Box::pin(self.ended(&begun, delivery)).await;
        if let Err(failure) = &ended
            && !matches!(failure, Failure::Overtaken)
            && delivery.is_last
        {
            self.give_up(&begun).await;
        }
        ended
    }

    /// Does the job, or as much of it as there is time for, and decides what becomes of it.
    async fn ended(&self, job: &DriveJob, delivery: &Delivery) -> Result<&'static str, Failure> {
        let connection = self.connections.get(job.user_id, job.provider).await?;
        let Some(connection) = connection.filter(|drive| drive.state != DriveState::Disconnected) else {
            let reason = reasons::disconnected(job.provider);
            return self.fail(job, End { code: "failed", reason, result: None }).await;
        };
        if !connection.is_usable() {
            let reason = reasons::needs_consent(job.provider);
            return self.fail(job, End { code: "needs-consent", reason, result: None }).await;
        }
        let opened = self.drives.open(&connection).await;
        let (done, drive) = match opened {
            Ok(drive) => {
                let drive = Counted::new(drive);
                let run = Run::new(self, job, &connection, &drive, delivery);
                let done = Box::pin(Self::done(&run)).await;
                // So that nothing is lost of what was counted. Who has lost the job finds out below.
                let noted = match &done {
                    Err(Failure::Overtaken) => Ok(()),
                    _ => run.note((self.now)()).await,
                };
                (noted.and(done), Some(drive))
            }
            Err(error) => (Err(error.into()), None),
        };
        match done {
            Ok(outcome) => self.complete(job, outcome).await,
            Err(Failure::OutOfTime) => {
                self.queue.send(&job.task()).await?;
                Ok("goes on")
            }
            Err(Failure::Overtaken) => self.stop(job).await,
            Err(Failure::Drive(error)) if error.class == DriveErrorClass::NeedsConsent => {
                self.needs_consent(job, &connection).await
            }
            Err(Failure::NoRoom(needed)) => {
                let end = full(job, drive.as_ref(), Some(needed)).await;
                self.fail(job, end).await
            }
            Err(Failure::Drive(error)) if error.class == DriveErrorClass::Full => {
                let end = full(job, drive.as_ref(), None).await;
                self.fail(job, end).await
            }
            Err(Failure::Drive(error)) => match lasting(job, &error) {
                Some(end) => self.fail(job, end).await,
                None => self.wait(job, &error).await,
            },
            Err(Failure::Told(reason)) => self.fail(job, End { code: "failed", reason, result: None }).await,
            Err(failure) => Err(failure),
        }
    }

    async fn done(run: &Run<'_>) -> Result<Outcome, Failure> {
        match &run.job.work {
            DriveWork::Sync { direction } => Box::pin(sync::run(run, *direction)).await,
            DriveWork::Restore(spec) => Box::pin(restore::run(run, spec)).await,
            DriveWork::Verify { backup, path } => Box::pin(verify::run(run, *backup, path)).await,
        }
    }

    async fn complete(&self, job: &DriveJob, outcome: Outcome) -> Result<&'static str, Failure> {
        let status = match &outcome.missing {
            None => DriveJobStatus::Completed,
            Some(_) => DriveJobStatus::Partial,
        };
        let result = Value::Object(outcome.result);
        let (missing, now) = (outcome.missing.as_deref(), (self.now)());
        if !self.jobs.finish(job, status, Some(&result), missing, now).await? {
            return self.stop(job).await;
        }
        self.kept(job).clear(job).await?;
        Ok(if missing.is_none() { "completed" } else { "partial" })
    }

    /// Ends a job that cannot be done, and says at the drive what is wrong with it. What was sent stays there, and what is needed to go on is
    /// not kept: the next job finds what it needs on the drive.
    async fn fail(&self, job: &DriveJob, end: End) -> Result<&'static str, Failure> {
        let now = (self.now)();
        let End { code, reason, result } = end;
        if !self.jobs.finish(job, DriveJobStatus::Failed, result.as_ref(), Some(&reason), now).await? {
            return self.stop(job).await;
        }
        let fault = DriveFault { code: code.to_owned(), message: reason, at: now };
        let note = |drive: &mut DriveConnection| {
            if drive.is_usable() {
                drive.fault = Some(fault.clone());
            }
        };
        self.connections.change(job.user_id, job.provider, note).await?;
        self.kept(job).clear(job).await?;
        Ok(code)
    }

    /// What the person agreed to is over: nothing is tried until they have connected the drive again, which they are told once.
    async fn needs_consent(
        &self,
        job: &DriveJob,
        connection: &DriveConnection,
    ) -> Result<&'static str, Failure> {
        let (now, reason) = ((self.now)(), reasons::needs_consent(job.provider));
        let fault = DriveFault { code: "needs-consent".to_owned(), message: reason.clone(), at: now };
        // Before it is marked: whoever dies between the two sends the same mail again, which is sent once. Nobody is told of a drive that
        // they have disconnected or connected anew meanwhile.
        let current = self.connections.get(job.user_id, job.provider).await?;
        if current.is_some_and(|current| current.is_usable() && current.grant == connection.grant) {
            self.mail.send(&MailJob::of_drive(job.user_id, job.provider, connection.grant, now)).await?;
        }
        self.connections.mark_dead(job.user_id, job.provider, connection.grant, &fault).await?;
        self.fail(job, End { code: "needs-consent", reason, result: None }).await
    }

    /// Lets the provider alone for a while.
    async fn wait(&self, job: &DriveJob, error: &DriveError) -> Result<&'static str, Failure> {
        let now = (self.now)();
        if now.since(job.created_at) > DriveJob::GIVEN_UP_AFTER {
            let reason = reasons::unreachable(job.provider);
            return self.fail(job, End { code: "unreachable", reason, result: None }).await;
        }
        let wait = wait_after(job.attempt, error.retry_after);
        let reason = match error.class {
            DriveErrorClass::Throttled => reasons::throttled(job.provider),
            _ => reasons::failing(job.provider),
        };
        tracing::warn!(job.id = %job.id, error = %error, waitSeconds = wait.as_secs(), "job {} waits", job.id);
        if !self.jobs.wait(job, now.plus(wait), &reason, now).await? {
            return self.stop(job).await;
        }
        self.queue.send_later(&job.task(), wait).await?;
        Ok("waits")
    }

    /// After an attempt that may not go on: nothing is left of a job that is over; one that a newer attempt has is its alone.
    async fn stop(&self, job: &DriveJob) -> Result<&'static str, Failure> {
        match self.jobs.get(job.user_id, job.id).await? {
            Some(job) if !job.status.is_over() => Err(Failure::Overtaken),
            Some(job) => {
                self.tidy(&job).await?;
                Ok("over")
            }
            None => {
                self.kept(job).clear(job).await?;
                Ok("gone")
            }
        }
    }

    /// Removes what is left of a job that is over.
    async fn tidy(&self, job: &DriveJob) -> Result<(), Failure> {
        Ok(self.kept(job).clear(job).await?)
    }

    /// Marks the job as failed, unless a newer attempt has it. Best effort: the message goes to the dead letters anyway.
    async fn give_up(&self, job: &DriveJob) {
        let end = End { code: "failed", reason: reasons::UNKNOWN.to_owned(), result: None };
        if let Err(failure) = self.fail(job, end).await {
            let causes = causes(&failure);
            tracing::warn!(job.id = %job.id, causes, "could not mark job {} as failed", job.id);
        }
    }

    fn kept(&self, job: &DriveJob) -> Kept {
        Kept::new(&self.bucket, &self.sealing, job.user_id)
    }
}

/// How long a provider is let alone after an attempt. One that asks for no wait is let alone all the same: the calls were made several times.
fn wait_after(attempt: u32, asked: Option<Duration>) -> Duration {
    let doubled = FIRST_WAIT * 2_u32.pow(attempt.saturating_sub(1).min(8));
    asked.map_or(doubled.min(LONGEST_WAIT), |wait| wait.clamp(FIRST_WAIT, MOST_PATIENCE))
}

/// How a job ends at an error that waiting does not mend.
fn lasting(job: &DriveJob, error: &DriveError) -> Option<End> {
    let (code, reason) = match error.class {
        DriveErrorClass::Mismatch => ("failed", reasons::mismatch(job.provider)),
        DriveErrorClass::Refused => ("refused", reasons::refused(job.provider, error.code.as_deref())),
        // What somebody else does at the same time is over after a while.
        _ => return None,
    };
    Some(End { code, reason, result: None })
}

/// How a job ends on a drive without room.
async fn full(job: &DriveJob, drive: Option<&Counted>, needed: Option<u64>) -> End {
    let free = match drive {
        Some(drive) => drive
            .account()
            .await
            .ok()
            .and_then(|account| Some(account.total_bytes?.saturating_sub(account.used_bytes))),
        None => None,
    };
    let needed = needed.unwrap_or(1);
    let result = json!({"neededBytes": needed, "freeBytes": free});
    End { code: "full", reason: reasons::full(job.provider, needed, free), result: Some(result) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_comes_back_at_once() {
        let asked = |seconds| wait_after(9, Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!([0, 29, 600, 1_000_000].map(asked), [30, 30, 600, 24 * 60 * 60]);
        assert_eq!([1, 2, 3, 99].map(|attempt| wait_after(attempt, None).as_secs()), [30, 60, 120, 3600]);
    }
}
