//! The backup that is being made: what it has so far, and what must be known of it to go on.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use app_archive::{Counts, Kind, Unreadables};
use app_backup::{FileEntry, Manifest, PackEntry, Sealer, Sum};
use app_domain::{BackupFormat, BackupId, DriveJobId, FileId, Timestamp};
use app_walk::Place;
use serde::{Deserialize, Serialize};

use super::base::{Base, Usable, copy};
use crate::failure::Failure;
use crate::kept::state_key;
use crate::run::Run;

/// How often there is a safe point while a backup is large: so much is done again at most.
const SAVE_EVERY: Duration = Duration::from_secs(15);
/// One that names fewer things is small: its safe points cost nothing.
const SMALL: usize = 200;

/// A safe point: everything at the end of a pack, and files that were sent since.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checkpoint {
    /// Of which job it is.
    job: DriveJobId,
    saved_at: Timestamp,
    id: BackupId,
    at: Timestamp,
    format: BackupFormat,
    recipient: Option<String>,
    /// Behind what the walk goes on. Nothing at its end.
    place: Option<Place>,
    packs: Vec<PackEntry>,
    files: Vec<FileEntry>,
    /// What the provider says of both, by path.
    hashes: BTreeMap<String, String>,
    missing_files: u64,
    unreadable: Unreadables,
    /// Memories and conversations that were dealt with.
    items: u64,
    /// The files whose records were given.
    seen: Vec<FileId>,
    new_bytes: u64,
}

/// What has come since the last pack ended.
#[derive(Default)]
struct Ahead {
    unreadable: Vec<(Kind, String)>,
    items: u64,
    seen: Vec<FileId>,
}

/// The backup that is being made.
pub(super) struct Draft {
    kept: Checkpoint,
    ahead: Ahead,
    seen: HashSet<FileId>,
    sent: HashSet<FileId>,
    pub(super) sealer: Sealer,
}

impl Draft {
    /// Goes on from the last safe point of this job, or begins. What a job has sent that did not end well is used again.
    pub(super) async fn begin(run: &Run<'_>, base: &mut Base) -> Result<Self, Failure> {
        let now = run.goes_on().await?;
        let kept = match run.kept.get_json::<Checkpoint>(&key(run)).await? {
            Some(kept) if kept.job == run.job.id && kept.is_there(base) => kept,
            left => {
                let usable = left
                    .map(|left| Usable::new(left.recipient.clone(), &left.packs, &left.files, left.hashes));
                usable.into_iter().for_each(|usable| base.also(usable));
                // An attempt that had come to its end may have died there.
                if run.job.attempt > 1
                    && let Some(copy) = copy(run, id(run)).await?
                    && let Some(manifest) = copy.manifest()
                {
                    let Manifest { recipient, packs, files, .. } = manifest;
                    base.also(Usable::new(recipient, &packs, &files, copy.hashes));
                }
                Checkpoint::new(run, base, now)
            }
        };
        // It was checked when it was set; one that cannot be read is nobody's to open.
        let sealer = Sealer::new(kept.recipient.as_deref());
        let sealer = sealer.map_err(|error| Failure::Step(Box::new(error)))?;
        let seen = kept.seen.iter().copied().collect();
        let sent = kept.files.iter().map(|file| file.id).collect();
        Ok(Self { kept, ahead: Ahead::default(), seen, sent, sealer })
    }

    pub(super) fn at(&self) -> Timestamp {
        self.kept.at
    }

    pub(super) fn format(&self) -> BackupFormat {
        self.kept.format
    }

    pub(super) fn recipient(&self) -> Option<&str> {
        self.kept.recipient.as_deref()
    }

    /// Behind what the walk goes on.
    pub(super) fn place(&self) -> Option<&Place> {
        self.kept.place.as_ref()
    }

    /// Whether everything is in it.
    pub(super) fn is_whole(&self) -> bool {
        self.kept.place.is_none()
    }

    pub(super) fn new_bytes(&self) -> u64 {
        self.kept.new_bytes
    }

    pub(super) fn hashes(&self) -> &BTreeMap<String, String> {
        &self.kept.hashes
    }

    /// How many memories and conversations were dealt with.
    pub(super) fn items(&self) -> u64 {
        self.kept.items + self.ahead.items
    }

    /// Counts one if it is a memory or a conversation.
    pub(super) fn look(&mut self, kind: Kind) {
        self.ahead.items += u64::from(matches!(kind, Kind::Memory | Kind::Conversation));
    }

    pub(super) fn unreadable(&mut self, kind: Kind, id: String) {
        self.ahead.unreadable.push((kind, id));
    }

    /// Whether a file was given before. From now on it was.
    pub(super) fn was_given(&mut self, id: FileId) -> bool {
        let is_new = self.seen.insert(id);
        if is_new {
            self.ahead.seen.push(id);
        }
        !is_new
    }

    /// Whether it has a large file.
    pub(super) fn has_file(&self, id: FileId) -> bool {
        self.sent.contains(&id)
    }

    /// Adds a large file, for which so many bytes were sent.
    pub(super) fn add_file(&mut self, entry: FileEntry, hash: Option<String>, new_bytes: u64) {
        self.note(&entry.path, hash, new_bytes);
        self.sent.insert(entry.id);
        self.kept.files.push(entry);
    }

    /// Adds a pack, for which so many bytes were sent, and what came before its end. The walk goes on behind `place`.
    pub(super) fn add_pack(
        &mut self,
        entry: PackEntry,
        hash: Option<String>,
        new_bytes: u64,
        missing_files: u64,
        place: Option<Place>,
    ) {
        self.note(&entry.path, hash, new_bytes);
        self.kept.packs.push(entry);
        self.kept.missing_files += missing_files;
        self.settle(place);
    }

    /// Everything that came is in packs. The walk goes on behind `place`.
    pub(super) fn settle(&mut self, place: Option<Place>) {
        let Ahead { unreadable, items, seen } = std::mem::take(&mut self.ahead);
        for (kind, id) in unreadable {
            self.kept.unreadable.add(kind, id);
        }
        self.kept.items += items;
        self.kept.seen.extend(seen);
        self.kept.place = place;
    }

    /// Makes a safe point of where it is.
    pub(super) async fn save(&mut self, run: &Run<'_>) -> Result<(), Failure> {
        self.kept.saved_at = (run.worker.now)();
        run.kept.put_json(&key(run), &self.kept).await
    }

    /// The same, unless the last one is not long ago and another would cost much.
    pub(super) async fn save_soon(&mut self, run: &Run<'_>) -> Result<(), Failure> {
        let named = self.kept.packs.len() + self.kept.files.len();
        let is_due = (run.worker.now)().since(self.kept.saved_at) >= SAVE_EVERY;
        if is_due || named < SMALL { self.save(run).await } else { Ok(()) }
    }

    /// Forgets the safe point: the job does not need it any more, and the next one begins anew.
    pub(super) async fn forget(&self, run: &Run<'_>) -> Result<(), Failure> {
        Ok(run.kept.remove(&key(run)).await?)
    }

    /// Its manifest.
    pub(super) fn manifest(&self, base: &Base) -> Manifest {
        let mut counts = Counts::new();
        for (kind, count) in self.kept.packs.iter().flat_map(|pack| &pack.counts) {
            *counts.entry(*kind).or_default() += count;
        }
        Manifest {
            id: self.kept.id,
            account: base.set,
            at: self.kept.at,
            previous: base.last.as_ref().and_then(|last| last.previous),
            format: self.kept.format,
            recipient: self.kept.recipient.clone(),
            counts,
            missing_files: self.kept.missing_files,
            unreadable: self.kept.unreadable.clone(),
            packs: self.kept.packs.clone(),
            files: self.kept.files.clone(),
        }
    }

    fn note(&mut self, path: &str, hash: Option<String>, new_bytes: u64) {
        self.kept.new_bytes += new_bytes;
        if let Some(hash) = hash {
            self.kept.hashes.insert(path.to_owned(), hash);
        }
    }
}

/// The id of the backup that a job makes: the same for every attempt.
pub(super) fn id(run: &Run<'_>) -> BackupId {
    let name = format!("backup {}", run.job.id);
    let at = run.job.started_at.unwrap_or(run.job.created_at);
    BackupId::derived(at, Sum::of(name.as_bytes()).as_bytes())
}

/// Where the safe point is: with the drive and not with the job, so that what was sent for a job that failed is found by the next.
fn key(run: &Run<'_>) -> String {
    state_key(run.owner(), run.provider(), "unfinished")
}

impl Checkpoint {
    /// Whether everything is on the drive that it names, as far as it was looked since.
    fn is_there(&self, base: &Base) -> bool {
        let packs = self.packs.iter().map(|pack| (&pack.path, pack.size));
        let files = self.files.iter().map(|file| (&file.path, file.size));
        let has = |(path, size): (&String, u64)| base.has(path, size, self.hashes.get(path)).is_some();
        base.looked_at <= self.saved_at || packs.chain(files).all(has)
    }

    fn new(run: &Run<'_>, base: &Base, now: Timestamp) -> Self {
        let started = run.job.started_at.unwrap_or(now);
        // Whatever clocks say, a backup is newer than the one before it.
        let behind = base.last.as_ref().map(|last| last.manifest.at.plus(Duration::from_secs(1)));
        let at = behind.map_or(started, |behind| behind.max(started));
        let settings = &run.connection.settings;
        Self {
            job: run.job.id,
            saved_at: now,
            id: id(run),
            at,
            format: settings.format,
            recipient: settings.recipient.clone(),
            place: Some(Place::start()),
            packs: Vec::new(),
            files: Vec::new(),
            hashes: BTreeMap::new(),
            missing_files: 0,
            unreadable: Unreadables::default(),
            items: 0,
            seen: Vec::new(),
            new_bytes: 0,
        }
    }
}
