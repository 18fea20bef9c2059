//! The pieces of a report, which are also how far an import has come. What will become of a batch is written before any of it is done, and
//! what came of it afterwards; so whoever goes on knows what was begun, and what an import has made is never taken for what was there.

use app_domain::{ImportCounts, ImportJob, ImportPreview, Timestamp};
use app_import::Place;
use app_store::ArchiveBucket;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::failure::Failure;

const JSON: &str = "application/json";
/// The longest key or reason in a report, in characters.
const LINE_CHARS: usize = 300;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Imported,
    Updated,
    Skipped,
    Failed,
    /// It was imported, and has been taken back.
    Removed,
}

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// What it is: the kind of a record, or `warning`.
    pub(crate) kind: String,
    /// What it is called in the archive. Never what it says.
    pub(crate) key: String,
    /// What it is called here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// What it is under here: the memory of a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    pub(crate) outcome: Outcome,
    /// Why, in words for its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The version that it was made at: at another one, somebody has changed it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// The same for what has no versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<Timestamp>,
    /// Whether it belongs to something that was imported too, and goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) goes_along: bool,
}

/// What is said of an item that is a warning of the archive as a whole.
pub(crate) const WARNING: &str = "warning";

/// How far a piece is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Some of it may be done.
    #[default]
    Planned,
    /// All of it is done.
    Done,
    /// It has been taken back.
    Undone,
}

/// A piece of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Piece {
    pub(crate) state: State,
    /// Where the batch begins.
    pub(crate) from: Place,
    /// Where the next one does.
    pub(crate) next: Place,
    pub(crate) permille: u32,
    /// What all items came to: before this piece while it is planned, with it afterwards. When it is undone, what is left.
    pub(crate) counts: ImportCounts,
    /// What later items need to know: before this piece while it is planned, with it afterwards.
    pub(crate) context: Context,
    pub(crate) lines: Vec<Line>,
    /// How the archive has ended, in the last piece.
    pub(crate) ending: Option<Ending>,
    /// What a look through the archive has found so far.
    pub(crate) found: Option<ImportPreview>,
}

/// How an archive has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ending {
    /// Why it broke off, in words for its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) broken: Option<String>,
}

impl Piece {
    /// What all items have come to, with those of this piece. One that was not brought to its end has made what it planned, or less.
    pub(crate) fn come_to(&self) -> ImportCounts {
        let mut counts = self.counts;
        if self.state == State::Planned {
            self.lines.iter().for_each(|line| line.count(&mut counts));
        }
        counts
    }
}

impl Line {
    pub(crate) fn new(kind: &str, key: &str) -> Self {
        let (kind, key) = (kind.to_owned(), shortened(key));
        Self {
            kind,
            key,
            id: None,
            parent: None,
            outcome: Outcome::Imported,
            reason: None,
            version: None,
            updated_at: None,
            goes_along: false,
        }
    }

    #[must_use]
    pub(crate) fn named(self, id: impl ToString) -> Self {
        Self { id: Some(id.to_string()), ..self }
    }

    #[must_use]
    pub(crate) fn under(self, parent: impl ToString) -> Self {
        Self { parent: Some(parent.to_string()), ..self }
    }

    #[must_use]
    pub(crate) fn at(self, version: u64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// The line with what became of the item.
    #[must_use]
    pub(crate) fn came_to(self, outcome: Outcome, reason: Option<&str>) -> Self {
        Self { outcome, reason: reason.map(shortened), ..self }
    }

    /// Counts the item.
    pub(crate) fn count(&self, counts: &mut ImportCounts) {
        let count = match self.outcome {
            _ if self.kind == WARNING => return,
            Outcome::Imported => &mut counts.imported,
            Outcome::Updated => &mut counts.updated,
            Outcome::Skipped => &mut counts.skipped,
            Outcome::Failed => &mut counts.failed,
            Outcome::Removed => return,
        };
        *count += 1;
    }
}

fn shortened(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LINE_CHARS).collect()
}

/// The pieces of one run of a job.
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'a> {
    pub(crate) bucket: &'a ArchiveBucket,
    pub(crate) job: &'a ImportJob,
    pub(crate) run: u32,
}

impl Pieces<'_> {
    fn key(&self, number: u32) -> String {
        self.job.piece_key(self.run, number)
    }

    pub(crate) async fn get(&self, number: u32) -> Result<Option<Piece>, Failure> {
        match self.bucket.get(&self.key(number)).await? {
            Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            None => Ok(None),
        }
    }

    pub(crate) async fn put(&self, number: u32, piece: &Piece) -> Result<(), Failure> {
        Ok(self.bucket.put(&self.key(number), serde_json::to_vec(piece)?, JSON).await?)
    }

    /// How many there are. They are written in order, so this is found in steps that double, and then halve.
    pub(crate) async fn count(&self) -> Result<u32, Failure> {
        let (mut there, mut missing) = (0, 1);
        while self.is_there(missing - 1).await? {
            (there, missing) = (missing, missing * 2);
        }
        while missing - there > 1 {
            let middle = there + (missing - there) / 2;
            if self.is_there(middle - 1).await? { there = middle } else { missing = middle }
        }
        Ok(there)
    }

    async fn is_there(&self, number: u32) -> Result<bool, Failure> {
        Ok(self.bucket.size(&self.key(number)).await?.is_some())
    }

    /// How many of the first `count` are not undone: they are undone from the last one on.
    pub(crate) async fn left(&self, count: u32) -> Result<u32, Failure> {
        let (mut left, mut undone) = (0, count);
        while left < undone {
            let middle = left + (undone - left) / 2;
            let is_undone = self.get(middle).await?.is_some_and(|piece| piece.state == State::Undone);
            if is_undone { undone = middle } else { left = middle + 1 }
        }
        Ok(left)
    }
}
