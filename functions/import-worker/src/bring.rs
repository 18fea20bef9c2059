//! One attempt at bringing in an archive: batch by batch, each planned, done, and noted.

use std::collections::BTreeSet;

use app_domain::{FileQuota, ImportCounts, ImportFormat, ImportJob, ImportProgress, ImportStatus, MemoryId};
use app_import::{Bringing, Item};

use crate::Worker;
use crate::apply::Bringer;
use crate::compose::Composer;
use crate::context::Context;
use crate::delivery::Delivery;
use crate::failure::{Failure, GONE};
use crate::feed::{Archive, Batch};
use crate::piece::{Ending, Line, Piece, Pieces, State};
use crate::plan::take_over;
use crate::units::Unit;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Previewed,
    Completed,
    Partial,
    Failed,
    Undone,
    Cancelled,
    /// There was nothing to do.
    Needless,
    /// The rest is in the queue again.
    SentOn,
}

impl Ended {
    /// In the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Cancelled => "cancelled",
            Self::Needless => "needless",
            Self::SentOn => "sent on",
        }
    }
}

/// An import that is under way.
pub(crate) struct Import<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a ImportJob,
    pub(crate) archive: Archive,
    pub(crate) format: ImportFormat,
    pub(crate) delivery: &'a Delivery,
}

impl<'a> Import<'a> {
    /// Finds out what the archive is, unless that is known. In words for its owner, why it cannot be brought in.
    pub(crate) async fn begin(
        worker: &'a Worker,
        job: &'a ImportJob,
        delivery: &'a Delivery,
    ) -> Result<Result<Self, String>, Failure> {
        let Some(size) = worker.archives.size(&job.object_key()).await? else {
            return Ok(Err(GONE.to_owned()));
        };
        let archive = Archive::of(&worker.archives, job, size);
        let format = match job.format {
            Some(format) => format,
            None => match archive.format().await? {
                Ok(format) => format,
                Err(reason) => return Ok(Err(reason)),
            },
        };
        Ok(Ok(Self { worker, job, archive, format, delivery }))
    }

    /// The units of a batch, without anything being written.
    pub(crate) async fn units(
        &self,
        batch: Batch,
        context: &mut Context,
        planned: &[Line],
    ) -> Result<Vec<Unit>, Failure> {
        let bringing = Bringing { owner: self.job.user_id, format: self.format, at: self.job.created_at };
        let memories = &self.worker.memories;
        let undated = batch.items.iter().filter_map(|item| match item {
            Item::Memory(new) => bringing.memory(new).ok().filter(|made| !made.is_dated),
            _ => None,
        });
        let undated: BTreeSet<MemoryId> = undated.map(|made| made.memory.id).collect();
        let there = memories.readable(bringing.owner, &Vec::from_iter(undated)).await?;
        let first_brought = there.into_iter().map(|memory| (memory.id, memory.created_at)).collect();
        let first_brought = &first_brought;
        let mut composer =
            Composer { memories, bringing, context, planned, first_brought, units: Vec::new() };
        for item in batch.items {
            composer.add(item).await?;
        }
        Ok(composer.units)
    }

    /// Notes how far the job has come, which also tells whether it is still this attempt's.
    pub(crate) async fn note(&self, counts: ImportCounts, permille: u32) -> Result<(), Failure> {
        let progress = ImportProgress { items_done: counts.total(), permille };
        let (format, now) = (Some(self.format), (self.worker.now)());
        match self.worker.imports.advance(self.job, format, progress, counts, now).await? {
            true => Ok(()),
            false => Err(self.worker.whose(self.job).await?),
        }
    }

    /// Brings in the archive, from where an earlier attempt has come to.
    pub(crate) async fn bring_in(&self, quota: FileQuota) -> Result<Ended, Failure> {
        let pieces = Pieces { bucket: &self.worker.archives, job: self.job, run: self.job.run };
        let count = pieces.count().await?;
        let last = match count.checked_sub(1) {
            Some(last) => pieces.get(last).await?,
            None => None,
        };
        let mut at = last.unwrap_or(Piece { state: State::Done, ..Piece::default() });
        let mut next = count;
        if at.ending.is_none() {
            let begun = (at.state == State::Planned).then_some(at.next);
            let from = if begun.is_some() { at.from } else { at.next };
            let mut feed = self.archive.read(self.format, from, begun);
            while let Some(batch) = feed.next().await {
                let is_again = at.state == State::Planned;
                let number = if is_again { next - 1 } else { next };
                at = self.piece(pieces, number, at, batch, quota).await?;
                next = number + 1;
            }
            let broken = feed.end().await?;
            // Even an empty archive has a piece: that it has ended is known from there on.
            at = Piece {
                ending: Some(Ending { broken }),
                lines: Vec::new(),
                state: State::Done,
                from: at.next,
                ..at
            };
            pieces.put(next, &at).await?;
            next += 1;
        }
        self.note(at.counts, 1000).await?;
        self.worker.report(pieces, next, self.delivery).await?;
        self.settle(&at).await
    }

    /// One batch: planned, unless it was before, then brought in.
    async fn piece(
        &self,
        pieces: Pieces<'_>,
        number: u32,
        before: Piece,
        batch: Batch,
        quota: FileQuota,
    ) -> Result<Piece, Failure> {
        self.delivery.goes_on().await?;
        let is_again = before.state == State::Planned;
        let planned = if is_again { before.lines } else { Vec::new() };
        let (from, next, permille) = (batch.from, batch.next, batch.permille);
        let start = before.context;
        let mut context = start.clone();
        let mut units = self.units(batch, &mut context, &planned).await?;
        if is_again {
            take_over(&mut units, &planned, self.job.spec.restore);
        } else {
            self.worker.plan(self.job, &mut units).await?;
            let lines = units.iter().map(|unit| unit.line.clone()).collect();
            let counts = before.counts;
            let plan = Piece { from, next, permille, counts, context: start, lines, ..Piece::default() };
            pieces.put(number, &plan).await?;
        }
        // Behind the plan and before the first write: an attempt that has been overtaken does nothing that the next does not know of.
        self.note(before.counts, permille).await?;
        let (worker, job, archive, delivery) = (self.worker, self.job, &self.archive, self.delivery);
        let mut bringer = Bringer { worker, job, archive, quota, delivery, context: &mut context, is_again };
        bringer.bring(&mut units).await?;
        let mut counts = before.counts;
        let lines: Vec<Line> = units.into_iter().map(|unit| unit.line).collect();
        lines.iter().for_each(|line| line.count(&mut counts));
        let done =
            Piece { state: State::Done, from, next, permille, counts, context, lines, ..Piece::default() };
        pieces.put(number, &done).await?;
        Ok(done)
    }

    async fn settle(&self, at: &Piece) -> Result<Ended, Failure> {
        let broken = at.ending.as_ref().and_then(|ending| ending.broken.as_deref());
        let nothing_came = at.counts.imported + at.counts.updated + at.counts.skipped == 0;
        let (status, ended) = match broken {
            Some(_) if nothing_came => (ImportStatus::Failed, Ended::Failed),
            None if at.counts.failed == 0 => (ImportStatus::Completed, Ended::Completed),
            _ => (ImportStatus::Partial, Ended::Partial),
        };
        self.worker.settled(self.job, status, broken).await?;
        Ok(ended)
    }
}
