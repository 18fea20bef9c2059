//! A dry run: what is here is gone through, then what the backup has, and it is told what a restore would do. Nothing is written but that.

use std::collections::BTreeMap;
use std::time::Duration;

use app_archive::Kind;
use app_backup::Sum;
use app_domain::{ExportFormat, ExportSpec, RestoreSpec, Timestamp};
use app_walk::{Place, Step, Walk};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::backup::Backup;
use super::compare::{Change, Index, Key, Known};
use super::selection::{Selection, Wanted};
use super::unread::Unreads;
use crate::failure::Failure;
use crate::kept::work_key;
use crate::reasons;
use crate::run::Run;
use crate::sync::Outcome;

/// How often it is kept how far it is: so much is done again at most by whoever follows a dead one.
const KEEP_EVERY: Duration = Duration::from_secs(90);
/// How many samples there are of each change.
const SAMPLES: usize = 20;
/// The most records that are compared: what is known of them must fit into memory twice over, with 1,024 MB in all. With a few more, it would be
/// half as much again.
const MOST_RECORDS: usize = 1_800_000;
/// The most bytes of the list of changes. What is behind them is counted.
const MOST_BYTES: usize = 48 << 20;
const JSONL: &str = "application/x-ndjson";

/// What the walk gives: all that can be restored.
const KINDS: [Kind; 11] = [
    Kind::Settings,
    Kind::Category,
    Kind::SavedSearch,
    Kind::Fact,
    Kind::Memory,
    Kind::Version,
    Kind::File,
    Kind::Message,
    Kind::Conversation,
    Kind::Turn,
    Kind::Reminder,
];

/// A record in the list of changes, or among the samples. The list has no words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    change: Change,
    kind: Kind,
    id: String,
    /// When it was last changed, in the backup; here, if it is only here.
    changed_at: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
}

/// How far it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State {
    /// Of the manifest: another one is compared anew.
    backup: Option<Sum>,
    /// Behind what of the account; nothing once all of it is known.
    place: Option<Place>,
    /// How many packs are compared.
    packs: usize,
    selection: Selection,
    items: u64,
    counts: BTreeMap<Change, BTreeMap<Kind, u64>>,
    samples: BTreeMap<Change, Vec<Line>>,
    unread: Unreads,
    is_cut: bool,
}

/// A comparison under way.
struct Comparison<'a> {
    run: &'a Run<'a>,
    backup: &'a Backup,
    wanted: Wanted<'a>,
    state: State,
    index: Index,
    lines: Vec<u8>,
    kept_at: Timestamp,
}

/// Says what restoring a backup would do.
pub(crate) async fn run(run: &Run<'_>, spec: &RestoreSpec, backup: &Backup) -> Result<Outcome, Failure> {
    let mut comparison = Comparison::begin(run, spec, backup).await?;
    match comparison.go_on().await {
        Err(failure) => {
            if matches!(failure, Failure::OutOfTime | Failure::Drive(_)) {
                comparison.keep().await?;
            }
            Err(failure)
        }
        Ok(()) => comparison.told().await,
    }
}

impl<'a> Comparison<'a> {
    async fn begin(run: &'a Run<'a>, spec: &'a RestoreSpec, backup: &'a Backup) -> Result<Self, Failure> {
        let fresh =
            || (State { place: Some(Place::start()), ..State::default() }, Index::default(), Vec::new());
        let kept = run.kept.get(&work_key(run.job, "diff")).await?.and_then(|kept| read(&kept));
        let kept = kept.filter(|(state, ..)| state.backup == Some(backup.sha256));
        let (mut state, index, lines) = kept.unwrap_or_else(fresh);
        state.backup = Some(backup.sha256);
        let (wanted, kept_at) = (Wanted::new(spec, run.owner()), (run.worker.now)());
        Ok(Self { run, backup, wanted, state, index, lines, kept_at })
    }

    async fn go_on(&mut self) -> Result<(), Failure> {
        if let Some(place) = self.state.place.clone() {
            self.look_here(place).await?;
            self.state.place = None;
            self.state.selection = Selection::default();
        }
        let packs = self.backup.manifest.packs.iter().enumerate().skip(self.state.packs);
        for (number, entry) in packs {
            self.rest().await?;
            match self.backup.pack(self.run, entry).await? {
                Ok(opened) => {
                    for record in opened.records {
                        self.compare(record)?;
                    }
                }
                Err(unread) => self.state.unread.add(unread),
            }
            self.state.packs = number + 1;
        }
        Ok(())
    }

    /// Goes through what is here.
    async fn look_here(&mut self, place: Place) -> Result<(), Failure> {
        let mut export = ExportSpec::of(ExportFormat::Zip);
        (export.options.versions, export.options.files) = (true, false);
        let began = self.run.job.started_at.unwrap_or(self.run.job.created_at);
        let wanted = app_walk::Wanted { owner: self.run.owner(), began, spec: &export, kinds: &KINDS };
        let mut walk = Walk::new(&self.run.worker.source, wanted, place);
        while let Some(step) = walk.next().await? {
            if let Step::Record(record, _) = step {
                let records = self.state.selection.take(self.wanted, *record);
                records.iter().filter_map(Known::of).for_each(|known| self.index.add(&known));
                if self.index.len() > MOST_RECORDS {
                    return Err(Failure::Told(reasons::TOO_MANY_TO_COMPARE.to_owned()));
                }
            }
            self.state.place = Some(walk.place().clone());
            self.rest().await?;
        }
        Ok(())
    }

    fn compare(&mut self, record: app_archive::Record) -> Result<(), Failure> {
        let at = self.backup.manifest.at;
        if matches!(record.kind(), Kind::Memory | Kind::Conversation) {
            self.state.items += 1;
        }
        for record in self.state.selection.take(self.wanted, record) {
            let Some(given) = Known::of(&record) else { continue };
            if let Some(change) = self.index.compare(&given, at) {
                self.note(change, given.key, given.changed_at, given.title)?;
            }
            if self.index.len() > MOST_RECORDS {
                return Err(Failure::Told(reasons::TOO_MANY_TO_COMPARE.to_owned()));
            }
        }
        Ok(())
    }

    fn note(
        &mut self,
        change: Change,
        key: Key,
        changed_at: Timestamp,
        title: String,
    ) -> Result<(), Failure> {
        *self.state.counts.entry(change).or_default().entry(key.kind).or_default() += 1;
        if change == Change::Same {
            return Ok(());
        }
        let line = Line { change, kind: key.kind, id: key.id(), changed_at, title: String::new() };
        if self.lines.len() < MOST_BYTES {
            serde_json::to_writer(&mut self.lines, &line)?;
            self.lines.push(b'\n');
        } else {
            self.state.is_cut = true;
        }
        let samples = self.state.samples.entry(change).or_default();
        if samples.len() < SAMPLES {
            samples.push(Line { title, ..line });
        }
        Ok(())
    }

    /// Between two steps.
    async fn rest(&mut self) -> Result<(), Failure> {
        let manifest = &self.backup.manifest;
        let total = [Kind::Memory, Kind::Conversation].map(|kind| manifest.counts.get(&kind).copied());
        self.run.items(self.state.items, total.into_iter().flatten().sum());
        let now = self.run.goes_on().await?;
        if now.since(self.kept_at) >= KEEP_EVERY {
            self.keep().await?;
        }
        Ok(())
    }

    /// Keeps how far it is.
    async fn keep(&mut self) -> Result<(), Failure> {
        let index = self.index.kept();
        let mut kept = serde_json::to_vec(&self.state)?;
        kept.push(b'\n');
        kept.extend_from_slice(&(index.len() as u64).to_be_bytes());
        kept.extend_from_slice(&index);
        kept.extend_from_slice(&self.lines);
        self.run.kept.put(&work_key(self.run.job, "diff"), &kept).await?;
        self.kept_at = (self.run.worker.now)();
        Ok(())
    }

    /// What has been found.
    async fn told(mut self) -> Result<Outcome, Failure> {
        for (key, changed_at) in self.index.only_here() {
            self.note(Change::Deleted, key, changed_at, String::new())?;
        }
        for sample in self.state.samples.entry(Change::Deleted).or_default() {
            if sample.kind == Kind::Memory
                && let Ok(id) = sample.id.parse()
                && let Some(memory) = self.run.worker.source.memories.get(self.run.owner(), id).await?
            {
                sample.title = memory.title.map(|title| title.as_str().to_owned()).unwrap_or_default();
            }
        }
        let key = self.run.job.diff_key();
        self.run.note((self.run.worker.now)()).await?;
        self.run.worker.bucket.put(&key, self.lines, JSONL).await?;
        let State { counts, samples, unread, is_cut, .. } = self.state;
        let of = |change: Change| {
            json!({
                "counts": counts.get(&change).cloned().unwrap_or_default(),
                "samples": samples.get(&change).cloned().unwrap_or_default(),
            })
        };
        let result = json!({
            "at": self.backup.manifest.at,
            "account": self.backup.manifest.account,
            "added": of(Change::Added),
            "changed": of(Change::Changed),
            "conflicts": of(Change::Conflicts),
            "deleted": of(Change::Deleted),
            "same": {"counts": counts.get(&Change::Same).cloned().unwrap_or_default()},
            "diffKey": key,
            "isDiffCut": is_cut,
            "unread": unread.named(),
        });
        Ok(unread.outcome(result))
    }
}

/// What was kept.
fn read(kept: &[u8]) -> Option<(State, Index, Vec<u8>)> {
    let end = kept.iter().position(|byte| *byte == b'\n')?;
    let (state, rest) = kept.split_at_checked(end)?;
    let (length, rest) = rest.get(1..)?.split_first_chunk()?;
    let (index, lines) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    Some((serde_json::from_slice(state).ok()?, Index::read(index)?, lines.to_vec()))
}
