//! Restoring in earnest: what is wanted of a backup is put together as an archive of our own, and handed to the importer, which knows how to bring
//! it in whatever happens meanwhile, and how to take it back.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use app_archive::{FileRecord, Head, Kind, Record};
use app_backup::{FileCheck, Sum};
use app_domain::{
    ContentType, ExportFormat, ExportOptions, ExportSpec, FileId, ImportJob, RestoreSpec, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::backup::Backup;
use super::draft::{self, Draft, Lost};
use super::large::apart;
use super::selection::{Selection, Wanted};
use super::unread::Unreads;
use crate::failure::Failure;
use crate::kept::work_key;
use crate::run::Run;

/// How often it is kept how far it is.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Phase {
    /// A pack.
    Pack(usize),
    /// A large file, from a byte on.
    File { number: usize, from: u64 },
    /// Everything is in the archive.
    End,
    /// The archive is sent.
    Sent,
}

/// How far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// Of the manifest: of another one nothing is kept.
    backup: Sum,
    pub(super) phase: Phase,
    selection: Selection,
    items: u64,
    /// The large files that are wanted: when they were made, and whether they would be no smaller compressed.
    pub(super) files: BTreeMap<FileId, (Timestamp, bool)>,
    /// Of the large file that is being written.
    pub(super) check: FileCheck,
    pub(super) unread: Unreads,
}

/// What a restore comes to before it is handed over.
pub(crate) struct Assembled {
    pub(crate) size_bytes: u64,
    pub(crate) counts: BTreeMap<Kind, u64>,
    pub(crate) unread: Unreads,
}

/// An archive that is being put together.
pub(crate) struct Assembly<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) backup: &'a Backup,
    wanted: Wanted<'a>,
    import: &'a ImportJob,
    head: Head,
    pub(super) state: State,
    pub(super) draft: Draft,
    kept_at: Timestamp,
}

impl<'a> Assembly<'a> {
    /// Goes on where somebody was, or begins.
    pub(crate) async fn begin(
        run: &'a Run<'a>,
        spec: &'a RestoreSpec,
        backup: &'a Backup,
        import: &'a ImportJob,
    ) -> Result<Self, Failure> {
        let kept = run.kept.get(&work_key(run.job, "archive")).await?;
        let resumed = kept.and_then(|kept| read(&kept)).filter(|(state, ..)| state.backup == backup.sha256);
        let resumed = resumed.and_then(|(state, kept, beside)| {
            Some((state, Draft::resumed(&run.worker.imports_bucket, import, kept, &beside)?))
        });
        let (state, draft) =
            resumed.unwrap_or_else(|| (State::new(backup), Draft::new(&run.worker.imports_bucket, import)));
        let options = ExportOptions { versions: true, ..ExportOptions::of(ExportFormat::Zip) };
        let export = ExportSpec { options, ..ExportSpec::of(ExportFormat::Zip) };
        let head = Head { exported_at: backup.manifest.at, account: backup.manifest.account, spec: export };
        let (wanted, kept_at) = (Wanted::new(spec, run.owner()), (run.worker.now)());
        Ok(Self { run, backup, wanted, import, head, state, draft, kept_at })
    }

    /// Whether everything of it is in the imports bucket.
    pub(crate) fn is_sent(&self) -> bool {
        self.state.phase == Phase::Sent
    }

    /// Puts the archive together. What was lost of it is begun anew, once.
    pub(crate) async fn run(&mut self) -> Result<Assembled, Failure> {
        if let Err(Lost) = self.assembled().await? {
            tracing::warn!(job.id = %self.run.job.id, "restore {} begins anew: what was sent of it is lost", self.run.job.id);
            // What a newer attempt goes on from must not be written over.
            self.run.note((self.run.worker.now)()).await?;
            self.draft.let_go().await?;
            self.state = State::new(self.backup);
            self.draft = Draft::new(&self.run.worker.imports_bucket, self.import);
            self.assembled().await?.map_err(|lost| Failure::Step(Box::new(lost)))?;
        }
        Ok(Assembled {
            size_bytes: self.draft.size_bytes(),
            counts: self.draft.counts.clone(),
            unread: self.state.unread.clone(),
        })
    }

    async fn assembled(&mut self) -> Result<Result<(), Lost>, Failure> {
        loop {
            let stepped = self.step().await;
            // A provider that wants to be left alone again and again must not have everything asked of it again and again.
            if let Err(Failure::OutOfTime | Failure::Drive(_)) = &stepped {
                self.keep().await?;
            }
            match stepped? {
                Ok(false) => {}
                Ok(true) => return Ok(Ok(())),
                Err(lost) => return Ok(Err(lost)),
            }
        }
    }

    /// What comes next. Whether the archive is there.
    async fn step(&mut self) -> Result<Result<bool, Lost>, Failure> {
        if let Err(lost) = self.rest().await? {
            return Ok(Err(lost));
        }
        match self.state.phase {
            Phase::Pack(number) => self.pack(number).await?,
            Phase::File { number, from } => self.file(number, from).await?,
            Phase::End => {
                self.draft.end(&self.head);
                if let Err(lost) = self.draft.send().await? {
                    return Ok(Err(lost));
                }
                self.state.phase = Phase::Sent;
                // Whoever goes on makes the same archive of the same parts.
                self.keep().await?;
            }
            Phase::Sent => {
                self.run.note((self.run.worker.now)()).await?;
                return Ok(self.draft.finish().await?.map(|()| true));
            }
        }
        Ok(Ok(false))
    }

    /// Between two steps: what is enough for a part is sent, and kept.
    async fn rest(&mut self) -> Result<Result<(), Lost>, Failure> {
        let counts = &self.backup.manifest.counts;
        let total = [Kind::Memory, Kind::Conversation].map(|kind| counts.get(&kind).copied());
        self.run.items(self.state.items, total.into_iter().flatten().sum());
        let now = self.run.goes_on().await?;
        let is_full = self.draft.is_full();
        if is_full && let Err(lost) = self.draft.send().await? {
            return Ok(Err(lost));
        }
        if is_full || now.since(self.kept_at) >= KEEP_EVERY {
            self.keep().await?;
        }
        Ok(Ok(()))
    }

    async fn pack(&mut self, number: usize) -> Result<(), Failure> {
        let manifest = &self.backup.manifest;
        let Some(entry) = manifest.packs.get(number) else {
            self.state.phase = Phase::File { number: 0, from: 0 };
            return Ok(());
        };
        let opened = match self.backup.pack(self.run, entry).await? {
            Ok(opened) => opened,
            Err(unread) => {
                self.state.unread.add(unread);
                self.state.phase = Phase::Pack(number + 1);
                return Ok(());
            }
        };
        let mut bytes: HashMap<FileId, Vec<u8>> =
            opened.files.into_iter().map(|file| (file.id, file.bytes)).collect();
        let mut enclosed = Vec::new();
        let mut is_begun = false;
        for record in opened.records {
            self.state.items += u64::from(matches!(record.kind(), Kind::Memory | Kind::Conversation));
            for record in self.state.selection.take(self.wanted, record) {
                let record = match record {
                    Record::File(file) => {
                        let (record, packed) = self.found(file, number, &mut bytes);
                        enclosed.extend(packed);
                        Record::File(record)
                    }
                    record => record,
                };
                if !is_begun {
                    // Numbers go up with the packs, and are read in their order.
                    self.draft.begin_records(number + 1, manifest.at);
                    is_begun = true;
                }
                self.draft.record(&record)?;
            }
        }
        for (path, at, bytes, is_dense) in enclosed {
            self.draft.open(&path, at);
            self.draft.write(&bytes, is_dense);
        }
        self.state.phase = Phase::Pack(number + 1);
        Ok(())
    }

    /// The record of a file as the archive has it, and the bytes that come with it at once.
    fn found(
        &mut self,
        file: FileRecord,
        pack: usize,
        bytes: &mut HashMap<FileId, Vec<u8>>,
    ) -> (FileRecord, Option<Enclosed>) {
        let (id, at) = (file.id, file.created_at);
        if let Some(bytes) = bytes.remove(&id) {
            let is_dense = is_dense(&file.content_type);
            let path = format!("files/{}/{id}", pack + 1);
            return (FileRecord { path: Some(path.clone()), ..file }, Some((path, at, bytes, is_dense)));
        }
        // One that was moved while it was backed up has two records; its bytes come with the first.
        let is_apart = self.backup.is_apart(id) && !self.state.files.contains_key(&id);
        if is_apart {
            self.state.files.insert(id, (at, is_dense(&file.content_type)));
        } else if file.path.is_some() {
            self.draft.missing_files += 1;
        }
        (FileRecord { path: is_apart.then(|| apart(id)), ..file }, None)
    }

    /// Keeps how far it is.
    async fn keep(&mut self) -> Result<(), Failure> {
        let (kept, beside) = self.draft.kept();
        let mut bytes = serde_json::to_vec(&(&self.state, kept))?;
        bytes.push(b'\n');
        bytes.extend(beside);
        self.run.kept.put(&work_key(self.run.job, "archive"), &bytes).await?;
        self.kept_at = (self.run.worker.now)();
        Ok(())
    }
}

/// A file with its path and time, and whether it would be no smaller compressed.
type Enclosed = (String, Timestamp, Vec<u8>, bool);

impl State {
    fn new(backup: &Backup) -> Self {
        Self {
            backup: backup.sha256,
            phase: Phase::Pack(0),
            selection: Selection::default(),
            items: 0,
            files: BTreeMap::new(),
            check: FileCheck::default(),
            unread: Unreads::default(),
        }
    }
}

/// Pictures, sound and archives are compressed already.
fn is_dense(content_type: &str) -> bool {
    let parsed = ContentType::parse(content_type).map(|parsed| parsed.to_string()).unwrap_or_default();
    ["image/", "audio/", "video/", "application/zip", "application/pdf"]
        .iter()
        .any(|dense| parsed.starts_with(dense))
}

/// What was kept.
fn read(kept: &[u8]) -> Option<(State, draft::Kept, Vec<u8>)> {
    let end = kept.iter().position(|byte| *byte == b'\n')?;
    let (states, beside) = kept.split_at_checked(end)?;
    let (state, draft) = serde_json::from_slice(states).ok()?;
    Some((state, draft, beside.get(1..)?.to_vec()))
}
