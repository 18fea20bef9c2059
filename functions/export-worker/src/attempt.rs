//! One attempt at an export: from the last safe point to the file, or to the next safe point when time runs out.

use std::time::Duration;

use app_archive::{Head, Kind, Spool, StateError};
use app_domain::{ExportJob, StoreError, Timestamp};
use app_runtime::{Hold, QueueError};
use app_store::FinishedExport;
use app_walk::{Place, Step, Walk, Wanted};

use crate::Worker;
use crate::draft::{Draft, Lost};
use crate::export::Delivery;
use crate::pace::Pace;
use crate::phase::{Phase, Reading};
use crate::tally::told;
use crate::workplace::Workplace;

/// How often progress is noted: a client hardly asks more often.
pub(crate) const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How often there is a safe point where too little is written for parts: so much is done again at most.
const SAVE_EVERY: Duration = Duration::from_secs(45);

/// Why an attempt ended without a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("a newer attempt has taken the job, or it is not wanted any more")]
    Overtaken,
    #[error("the invocation has not enough time left")]
    OutOfTime,
    #[error("the file is larger than it may be")]
    TooLarge,
    #[error("what was sent of the file is lost")]
    Lost,
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what is left to do could not be handed on")]
    Queue(#[from] QueueError),
}

impl From<Lost> for ExportError {
    fn from(Lost: Lost) -> Self {
        Self::Lost
    }
}

/// An attempt that is under way.
pub(crate) struct Attempt<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a ExportJob,
    delivery: &'a Delivery,
    pub(crate) head: Head,
    passes: Vec<Vec<Kind>>,
    pub(crate) draft: Draft,
    pub(crate) phase: Phase,
    noting: Pace,
    holding: Pace,
    saving: Pace,
}

impl<'a> Attempt<'a> {
    /// Goes on from the last safe point, or begins.
    pub(crate) async fn begin(
        worker: &'a Worker,
        job: &'a ExportJob,
        delivery: &'a Delivery,
        is_anew: bool,
    ) -> Result<Self, ExportError> {
        let at = Workplace::of(&worker.exports_bucket, job);
        let exported_at = job.started_at.unwrap_or(job.updated_at);
        let head = Head { exported_at, account: job.user_id, spec: job.spec.clone() };
        let kept = if is_anew { None } else { at.checkpoint().await? };
        let resumed = kept.map(|kept| Draft::resumed(at.clone(), &head, job.attempt, kept));
        let (draft, phase) = match resumed {
            Some(Ok(resumed)) => resumed,
            // None yet, or one of another version of this program.
            Some(Err(_)) | None => (Draft::new(at, &head, job.attempt)?, Phase::START),
        };
        let now = (worker.now)();
        let [noting, holding, saving] =
            [NOTE_EVERY, Hold::RENEW_EVERY, SAVE_EVERY].map(|every| Pace::new(every, now));
        let passes = draft.passes();
        Ok(Self { worker, job, delivery, head, passes, draft, phase, noting, holding, saving })
    }

    /// Writes what is left of the file, and completes the job with it.
    pub(crate) async fn run(&mut self) -> Result<(), ExportError> {
        while self.phase != Phase::Closing {
            match self.phase.clone() {
                Phase::Pass { number, place } => self.pass(number, place).await?,
                Phase::Index(at) => self.index(at).await?,
                Phase::Finish => self.finish(),
                Phase::Files { at, offset } => self.files(at, offset).await?,
                Phase::Extras => self.extras(),
                Phase::Sums(at) => self.sums(at).await?,
                Phase::Directory(at) => self.directory(at).await?,
                Phase::Closing => {}
            }
            if self.phase != Phase::Closing {
                self.rest().await?;
            }
        }
        self.close().await
    }

    /// The records of a pass.
    async fn pass(&mut self, number: usize, place: Option<Place>) -> Result<(), ExportError> {
        let Some(kinds) = self.passes.get(number).cloned() else {
            self.phase = Phase::Index(Reading::default());
            return Ok(());
        };
        let Some(place) = place else {
            self.draft.render(|renderer, _, out| renderer.begin(number, out));
            self.phase = Phase::Pass { number, place: Some(Place::start()) };
            return Ok(());
        };
        let wanted = Wanted {
            owner: self.job.user_id,
            began: self.head.exported_at,
            spec: &self.job.spec,
            kinds: &kinds,
        };
        let mut walk = Walk::new(&self.worker.source, wanted, place);
        while let Some(step) = walk.next().await? {
            self.take(step, number).await?;
            self.phase = Phase::Pass { number, place: Some(walk.place().clone()) };
            self.rest().await?;
        }
        self.draft.render(|renderer, _, out| renderer.end(number, out));
        self.phase = Phase::Pass { number: number + 1, place: None };
        Ok(())
    }

    async fn take(&mut self, step: Step, number: usize) -> Result<(), ExportError> {
        let seen = self.passes.get(..number).unwrap_or_default();
        let is_first_time = |kind: Kind| !seen.iter().any(|kinds| kinds.contains(&kind));
        match step {
            Step::Record(_, Some(file)) if file.is_changed && self.draft.has_file(file.id).await? => {}
            Step::Record(record, file) => {
                let kind = record.kind();
                self.draft.record(*record, file.as_ref(), &self.head, is_first_time(kind))?;
                self.draft.looked.at(kind);
            }
            Step::Unreadable(kind, id) => {
                if is_first_time(kind) {
                    self.draft.totals.unreadable.add(kind, id);
                }
                self.draft.looked.at(kind);
            }
            Step::Passed(kind) => self.draft.looked.at(kind),
            Step::Nothing => {}
        }
        Ok(())
    }

    /// A line that the renderer wants again.
    async fn index(&mut self, at: Reading) -> Result<(), ExportError> {
        match self.draft.spools.line(&self.draft.at, Spool::Index, at).await? {
            Some((line, next)) => {
                self.draft.render(|renderer, _, out| renderer.index(&line, out));
                self.phase = Phase::Index(next);
            }
            None => self.phase = Phase::Finish,
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.draft.render(|renderer, totals, out| renderer.finish(totals, out));
        self.phase = match self.head.spec.is_archive() {
            true => Phase::Files { at: Reading::default(), offset: 0 },
            false => Phase::Closing,
        };
    }

    /// Between two steps: what has become due.
    async fn rest(&mut self) -> Result<(), ExportError> {
        if self.draft.container.written() > self.job.limit.size_bytes {
            return Err(ExportError::TooLarge);
        }
        self.draft.spools.thin(&self.draft.at).await?;
        let now = (self.worker.now)();
        if self.holding.due(now) {
            self.delivery.hold.renew().await;
        }
        if self.noting.due(now) {
            self.note(now).await?;
        }
        let is_over = now >= self.delivery.until;
        if is_over || self.draft.is_full() || self.saving.due(now) {
            self.draft.save(self.job, &self.phase).await??;
        }
        if is_over { Err(ExportError::OutOfTime) } else { Ok(()) }
    }

    /// Notes how far it has come. `Overtaken` if it may not go on.
    pub(crate) async fn note(&self, now: Timestamp) -> Result<(), ExportError> {
        let written = self.draft.container.written();
        let progress = self.draft.looked.progress(&self.passes, self.job.progress.items_total, written);
        match self.worker.exports.advance(self.job, progress, now).await? {
            true => Ok(()),
            false => Err(ExportError::Overtaken),
        }
    }

    /// Makes the file appear, and completes the job with it.
    async fn close(&mut self) -> Result<(), ExportError> {
        // Completing a large file takes a while, in which nothing else renews the hold.
        self.delivery.hold.renew().await;
        self.draft.close(self.job).await??;
        let (size_bytes, sha256) = (self.draft.container.written(), self.draft.container.sha256());
        if size_bytes > self.job.limit.size_bytes {
            return Err(ExportError::TooLarge);
        }
        // Whoever takes the job from here on goes on from the safe point that was just written, and makes the same file.
        self.note((self.worker.now)()).await?;
        self.draft.finish(self.job).await??;
        let now = (self.worker.now)();
        let looked = self.draft.looked;
        let file = FinishedExport {
            progress: looked.progress(&self.passes, 0, size_bytes),
            counts: told(&self.draft.totals),
            size_bytes,
            sha256,
        };
        if !self.worker.exports.complete(self.job, &file, now).await? {
            return Err(ExportError::Overtaken);
        }
        tracing::info!(
            export.id = %self.job.id,
            attempt = self.job.attempt,
            isInParts = self.draft.is_in_parts(),
            sizeBytes = size_bytes,
            durationMs = now.since(self.head.exported_at).as_millis() as u64,
            "export {} is written",
            self.job.id
        );
        self.draft.at.clear().await.map_err(Into::into)
    }
}
