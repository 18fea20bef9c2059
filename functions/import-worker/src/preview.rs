//! A look through an archive: what is in it, and what would come of it. Nothing of the person's is written.

use std::time::Duration;

use app_domain::{
    Category, Content, ImportPreview, ImportSample, ImportStatus, MemoSettings, Memory, MemoryTitle, Said,
    Timestamp,
};

use crate::bring::{Ended, Import};
use crate::compose::THERE;
use crate::failure::Failure;
use crate::piece::{Outcome, Piece, Pieces, WARNING};
use crate::units::{Unit, What};

const INSTRUCTS: &str = "It has instructions for Memo. They hold from then on, unless you have given some. Bring in archives that you know.";
const WRITES: &str = "It lets Memo write without asking first. That holds from then on, unless you have set it otherwise. Bring in archives that you know.";
/// How many samples there are of each kind.
const SAMPLES: u64 = 5;
/// The longest sample, in characters.
const SAMPLE_CHARS: usize = 120;
/// How many warnings are kept.
const WARNINGS: usize = 50;
/// How often it is noted how far the look has come.
const NOTE_EVERY: Duration = Duration::from_secs(2);

impl Import<'_> {
    /// Looks through the archive, from where an earlier attempt has come to.
    pub(crate) async fn look_through(&self) -> Result<Ended, Failure> {
        let pieces = Pieces { bucket: &self.worker.archives, job: self.job, run: self.job.run };
        let categories = self.worker.categories.all(self.job.user_id).await?;
        let mut at = pieces.get(0).await?.unwrap_or_default();
        let mut found = at.found.take().unwrap_or_default();
        let mut noted = (self.worker.now)();
        let mut feed = self.archive.read(self.format, at.next, None);
        while let Some(batch) = feed.next().await {
            (at.next, at.permille) = (batch.next, batch.permille);
            let mut units = self.units(batch, &mut at.context, &[]).await?;
            let shown: Vec<_> = units.iter().map(|unit| shown(&unit.what)).collect();
            self.worker.plan(self.job, &mut units).await?;
            for (unit, shown) in units.iter_mut().zip(shown) {
                if let What::Settings(settings) = &unit.what {
                    warn_of(&mut found, settings);
                }
                look_for(unit, &categories);
                unit.line.count(&mut at.counts);
                see(&mut found, unit, shown);
            }
            let on = self.delivery.goes_on().await;
            let now = (self.worker.now)();
            if on.is_err() || now.since(noted) >= NOTE_EVERY {
                pieces.put(0, &Piece { found: Some(found.clone()), ..at.clone() }).await?;
                self.note(at.counts, at.permille).await?;
                noted = now;
            }
            on?;
        }
        let broken = feed.end().await?;
        if let Some(broken) = broken {
            if found.counts.is_empty() {
                self.worker.settled(self.job, ImportStatus::Failed, Some(&broken)).await?;
                return Ok(Ended::Failed);
            }
            warn(&mut found, &broken);
        }
        self.note(at.counts, 1000).await?;
        let key = self.job.preview_key(self.job.run);
        self.worker.archives.put(&key, serde_json::to_vec(&found)?, "application/json").await?;
        self.worker.settled(self.job, ImportStatus::Previewed, None).await?;
        Ok(Ended::Previewed)
    }
}

/// A category that is there already, by its id or by its name, is not made.
fn look_for(unit: &mut Unit, categories: &[Category]) {
    let What::Category(category, _) = &unit.what else { return };
    let folded = category.name.folded();
    let is_there = categories.iter().any(|one| one.id == category.id || one.name.folded() == folded);
    if is_there {
        unit.line = unit.line.clone().came_to(Outcome::Skipped, Some(THERE));
    }
}

/// Takes a unit into what has been found.
fn see(found: &mut ImportPreview, unit: &Unit, shown: Option<(String, Option<Timestamp>)>) {
    if let Some(reason) = unit.line.reason.as_deref().filter(|_| unit.line.outcome == Outcome::Failed) {
        warn(found, reason);
    }
    if unit.line.kind == WARNING {
        warn(found, unit.line.reason.as_deref().unwrap_or_default());
        return;
    }
    let count = found.counts.entry(unit.line.kind.clone()).or_default();
    *count += 1;
    let is_among_the_first = *count <= SAMPLES;
    let Some((text, created_at)) = shown else { return };
    if is_among_the_first && !text.trim().is_empty() {
        let (kind, text) = (unit.line.kind.clone(), beginning(&text));
        found.samples.push(ImportSample { kind, text, created_at });
    }
    if let Some(at) = created_at {
        found.from = Some(found.from.map_or(at, |from| from.min(at)));
        found.to = Some(found.to.map_or(at, |to| to.max(at)));
    }
}

/// Settings of an archive, which may be anybody's, can make Memo do what its owner does not expect.
fn warn_of(found: &mut ImportPreview, settings: &MemoSettings) {
    if settings.instructions.is_some() {
        warn(found, INSTRUCTS);
    }
    if !settings.confirm_writes {
        warn(found, WRITES);
    }
}

fn warn(found: &mut ImportPreview, warning: &str) {
    let is_new = found.warnings.iter().all(|known| known != warning);
    if is_new && found.warnings.len() < WARNINGS {
        found.warnings.push(warning.to_owned());
    }
}

/// What is shown of a thing, and when it was made, if that is of interest.
fn shown(what: &What) -> Option<(String, Option<Timestamp>)> {
    Some(match what {
        What::Memory(memory, _) => (name(memory), Some(memory.created_at)),
        What::Message(message) => {
            let text = message.content.as_ref().map(|text| text.as_str().to_owned());
            (text.unwrap_or_default(), Some(message.created_at))
        }
        What::Turn(turn) => match &turn.said {
            Said::Question { text, .. } => (text.as_str().to_owned(), Some(turn.created_at)),
            Said::Answer(answer) => (answer.text.clone(), Some(turn.created_at)),
        },
        What::Conversation(one) => (one.title.as_str().to_owned(), Some(one.created_at)),
        What::File(file) => (file.name.as_str().to_owned(), None),
        What::Category(category, _) => (category.name.as_str().to_owned(), None),
        What::SavedSearch(search) => (search.name.as_str().to_owned(), None),
        What::Fact(fact) => (fact.statement.as_str().to_owned(), None),
        What::Reminder(reminder) => (reminder.text.as_str().to_owned(), None),
        What::Settled | What::Settings(_) | What::Version(_) => return None,
    })
}

fn name(memory: &Memory) -> String {
    let title = memory.title.as_ref().map(MemoryTitle::as_str).unwrap_or_default();
    let text = memory.content.as_ref().map(Content::text).unwrap_or_default();
    if title.is_empty() { text } else { title.to_owned() }
}

fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().nth(SAMPLE_CHARS).is_none() {
        return line;
    }
    line.chars().take(SAMPLE_CHARS - 1).chain(['…']).collect()
}
