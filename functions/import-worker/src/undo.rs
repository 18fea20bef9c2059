//! Taking back what an import has made: its pieces are gone through from the last to the first, and each is marked when it is done. What was
//! there before, or has been changed since, stays.

use app_domain::{ImportCounts, ImportJob, ImportProgress, ImportStatus, StoreError, UserId, Version};
use app_store::Unmade;

use crate::Worker;
use crate::bring::Ended;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::piece::{Line, Outcome, Piece, Pieces, State};

const STAYS: &str = "It belongs to something that was there before, so it stays.";
const CHANGED: &str = "It was changed since, so it stays.";

impl Worker {
    /// Takes back what all runs of a job have made, the last run first.
    pub(crate) async fn undo(&self, job: &ImportJob, delivery: &Delivery) -> Result<Ended, Failure> {
        // Of the runs that are done with.
        let mut left = ImportCounts::default();
        for run in (0..=job.run).rev() {
            let pieces = Pieces { bucket: &self.archives, job, run };
            let count = pieces.count().await?;
            if count > 0 {
                left = sum(left, self.undo_run(pieces, count, left, delivery).await?);
                self.report(pieces, count, delivery).await?;
            }
        }
        self.undone(job, left, 1000).await?;
        self.settled(job, ImportStatus::Undone, None).await?;
        Ok(Ended::Undone)
    }

    /// Takes back what one run has made; `later` is what is left of later ones. Returns what is left of this one.
    async fn undo_run(
        &self,
        pieces: Pieces<'_>,
        count: u32,
        later: ImportCounts,
        delivery: &Delivery,
    ) -> Result<ImportCounts, Failure> {
        let todo = pieces.left(count).await?;
        let mut left = match todo < count {
            true => pieces.get(todo).await?.map(|piece| piece.counts).unwrap_or_default(),
            false => pieces.get(count - 1).await?.map(|piece| piece.come_to()).unwrap_or_default(),
        };
        for number in (0..todo).rev() {
            delivery.goes_on().await?;
            let Some(mut piece) = pieces.get(number).await? else { continue };
            let gone = self.undo_piece(pieces.job.user_id, &mut piece.lines, delivery).await?;
            left.imported = left.imported.saturating_sub(gone);
            let undone = Piece { state: State::Undone, counts: left, ..piece };
            pieces.put(number, &undone).await?;
            let permille = u64::from(count - number) * 1000 / u64::from(count);
            self.undone(pieces.job, sum(later, left), u32::try_from(permille).unwrap_or(1000)).await?;
        }
        Ok(left)
    }

    async fn undone(&self, job: &ImportJob, left: ImportCounts, permille: u32) -> Result<(), Failure> {
        let progress = ImportProgress { items_done: job.progress.items_done, permille };
        match self.imports.advance(job, job.format, progress, left, (self.now)()).await? {
            true => Ok(()),
            false => Err(self.whose(job).await?),
        }
    }

    /// Takes back what the lines of a piece say was made, the last first. Returns how many are gone.
    async fn undo_piece(
        &self,
        owner: UserId,
        lines: &mut [Line],
        delivery: &Delivery,
    ) -> Result<u64, Failure> {
        let (mut gone, mut end) = (0, lines.len());
        while end > 0 {
            delivery.goes_on().await?;
            let start = end - run(&lines[..end]);
            let several = &mut lines[start..end];
            let unmade = match several[0].kind.as_str() {
                "message" => self.unmake_messages(owner, several).await?,
                _ => vec![self.unmake(owner, &several[0]).await?],
            };
            for (line, unmade) in several.iter_mut().zip(unmade) {
                match unmade {
                    Some(Unmade::Gone | Unmade::Missing) => {
                        gone += 1;
                        line.outcome = Outcome::Removed;
                    }
                    Some(Unmade::Changed) => line.reason = Some(CHANGED.to_owned()),
                    None if line.outcome == Outcome::Imported => line.reason = Some(STAYS.to_owned()),
                    None => {}
                }
            }
            end = start;
        }
        Ok(gone)
    }

    /// Takes back one thing. `None` if it was not made, or is not taken back by itself.
    async fn unmake(&self, owner: UserId, line: &Line) -> Result<Option<Unmade>, StoreError> {
        let now = (self.now)();
        if line.outcome != Outcome::Imported {
            return Ok(None);
        }
        if line.goes_along {
            return self.goes_along(owner, line).await.map(Some);
        }
        let Some(id) = line.id.as_deref() else { return Ok(None) };
        let version = Version::from(line.version.unwrap_or(Version::FIRST.get()));
        let updated_at = line.updated_at.unwrap_or(now);
        Ok(match line.kind.as_str() {
            "memory" => Some(self.memories.unmake(owner, read(id)?, version, now).await?),
            "file" => Some(self.removal.unmake(owner, read(id)?, version, now).await?),
            "category" => Some(self.categories.unmake(owner, read(id)?, version).await?),
            "fact" => Some(self.facts.unmake(owner, read(id)?, version).await?),
            "conversation" => Some(self.conversations.unmake(owner, read(id)?, updated_at, now).await?),
            "savedSearch" => Some(self.saved_searches.unmake(owner, read(id)?, updated_at).await?),
            "reminder" => Some(self.reminders.unmake(owner, read(id)?).await?),
            _ => None,
        })
    }

    /// Whether what it belongs to will go, which stands before it and takes it along.
    async fn goes_along(&self, owner: UserId, line: &Line) -> Result<Unmade, StoreError> {
        let parent = line.parent.as_deref().unwrap_or_default();
        let there = match line.kind.as_str() {
            "version" => self.memories.get(owner, read(parent)?).await?.map(|memory| memory.updated_at),
            _ => self.conversations.get(owner, read(parent)?).await?.map(|talk| talk.updated_at),
        };
        let is_as_it_came = there.is_none() || line.updated_at.is_none() || there == line.updated_at;
        Ok(if is_as_it_came { Unmade::Gone } else { Unmade::Changed })
    }

    /// Takes back messages of one memory.
    async fn unmake_messages(
        &self,
        owner: UserId,
        lines: &[Line],
    ) -> Result<Vec<Option<Unmade>>, StoreError> {
        let mut messages = Vec::new();
        for line in lines.iter().filter(|line| line.outcome == Outcome::Imported) {
            let version = Version::from(line.version.unwrap_or(Version::FIRST.get()));
            messages.push((read(line.id.as_deref().unwrap_or_default())?, version));
        }
        let Some(memory) = lines[0].parent.as_deref().filter(|_| !messages.is_empty()) else {
            return Ok(vec![None; lines.len()]);
        };
        let mut unmade = self.messages.unmake_all(owner, read(memory)?, &messages).await?.into_iter();
        let each = lines.iter().map(|line| match line.outcome {
            Outcome::Imported => unmade.next(),
            _ => None,
        });
        Ok(each.collect())
    }
}

/// How many of the last lines are taken back at once.
fn run(lines: &[Line]) -> usize {
    let Some(last) = lines.last() else { return 0 };
    let alike = |line: &&Line| line.kind == "message" && line.parent == last.parent;
    lines.iter().rev().take_while(alike).count().max(1)
}

fn read<T: std::str::FromStr>(id: &str) -> Result<T, StoreError> {
    id.parse().map_err(|_| StoreError::Corrupt("a report names something that is no id".into()))
}

fn sum(one: ImportCounts, other: ImportCounts) -> ImportCounts {
    ImportCounts {
        imported: one.imported + other.imported,
        updated: one.updated + other.updated,
        skipped: one.skipped + other.skipped,
        failed: one.failed + other.failed,
    }
}
