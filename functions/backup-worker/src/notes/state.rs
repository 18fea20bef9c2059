//! What is known of the notes on a drive: which memory each is, and what it said when it was last written or taken.
//!
//! What is about to be done is noted before it is done, so that whoever comes after a sudden end finds it done or does it, once.

use std::collections::{BTreeMap, BTreeSet};

use app_backup::Sum;
use app_connectors::drives::DriveFile;
use app_domain::{DriveJobId, DriveProvider, MemoryId, Timestamp, Version};
use serde::{Deserialize, Serialize};

use super::marks::Marks;
use super::note::Form;

/// What is known of the notes on a drive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct State {
    /// The account that the drive belongs to. Another one has other files.
    pub(crate) account: String,
    /// Up to where the drive's changes are known.
    pub(crate) cursor: Option<String>,
    /// While everything that is there is gone through: the files that have been seen.
    pub(crate) comparing: Option<BTreeSet<String>>,
    /// The notes.
    pub(crate) notes: BTreeMap<MemoryId, Followed>,
    /// Files that become memories, by their ids.
    pub(crate) making: BTreeMap<String, Making>,
    /// Files that are no notes, by their ids, at the revisions at which that was found.
    pub(crate) unread: BTreeMap<String, String>,
    /// What the job at hand has done.
    pub(crate) report: Report,
}

/// A note that is followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Followed {
    /// Where it is.
    pub(crate) path: String,
    /// The file as it was last written or taken. `None` if it has never been seen.
    pub(crate) file: Option<Seen>,
    /// Whether it is gone from there. It is not written again until the memory changes.
    #[serde(default)]
    pub(crate) is_gone: bool,
    /// Whether we have made it: the person's own files are never removed.
    pub(crate) is_ours: bool,
    /// The memory's version then.
    pub(crate) version: Version,
    /// A mark of what it said of the memory then. Empty if it has to be written anew.
    pub(crate) here: String,
    /// What the file said then, if that is known.
    pub(crate) there: Option<Marks>,
    /// What is about to be written.
    #[serde(default)]
    pub(crate) writing: Option<Writing>,
}

/// A file at a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) revision: String,
}

impl Seen {
    pub(crate) fn of(file: &DriveFile) -> Self {
        Self { id: file.id.clone(), revision: file.revision.clone() }
    }
}

/// What is about to be written into a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Writing {
    /// SHA-256 of the bytes.
    pub(crate) sha256: String,
    pub(crate) version: Version,
    pub(crate) here: String,
    pub(crate) there: Option<Marks>,
}

/// A file that becomes a memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Making {
    pub(crate) revision: String,
    pub(crate) memory: MemoryId,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Report {
    /// For which job, and whether on the way to the drive.
    pub(crate) of: Option<(DriveJobId, bool)>,
    pub(crate) changed: u64,
    pub(crate) made: u64,
    pub(crate) copies: u64,
    pub(crate) written: u64,
    pub(crate) removed: u64,
    pub(crate) skipped: BTreeMap<String, String>,
    pub(crate) skipped_count: u64,
    /// Whether a file was not given, which only comparing everything comes back to.
    pub(crate) is_to_be_compared: bool,
}

impl Report {
    /// The most that are named of what was left out.
    const NAMED: usize = 50;

    pub(crate) fn skip(&mut self, path: &str, reason: impl Into<String>) {
        if self.skipped.contains_key(path) {
            return;
        }
        self.skipped_count += 1;
        if self.skipped.len() < Self::NAMED {
            self.skipped.insert(path.to_owned(), reason.into());
        }
    }
}

impl State {
    /// The most notes that are followed.
    pub(crate) const MAX: usize = 10_000;

    /// Everything that is there is gone through anew.
    pub(crate) fn begin_anew(&mut self) {
        self.cursor = None;
        self.comparing = Some(BTreeSet::new());
    }

    /// The note that a file is: the one of its id, or the one that was at its place. Where two files can be at one place, that one has to be gone.
    pub(crate) fn of_file(&self, file: &DriveFile, provider: DriveProvider) -> Option<MemoryId> {
        let is = |note: &Followed| note.file.as_ref().is_some_and(|seen| seen.id == file.id);
        let is_there = |note: &Followed| note.file.is_some() && !note.is_gone;
        let is_at = |note: &Followed| {
            note.path == file.path && !(provider == DriveProvider::GoogleDrive && is_there(note))
        };
        let by_id = self.notes.iter().find(|(_, note)| is(note));
        by_id.or_else(|| self.notes.iter().find(|(_, note)| is_at(note))).map(|(memory, _)| *memory)
    }

    /// A file or a folder is gone from the notes. Paths may come in other letters than they were written in.
    pub(crate) fn gone(&mut self, id: Option<&str>, path: Option<&str>) {
        let folder = path.map(|path| match path {
            // Our whole folder.
            "" => String::new(),
            path => format!("{}/", path.to_lowercase()),
        });
        for note in self.notes.values_mut() {
            let is_file = note.file.as_ref().is_some_and(|seen| Some(seen.id.as_str()) == id);
            // What has an id is that file alone, or all that is in that folder.
            let is_in = folder.as_ref().is_some_and(|folder| {
                let at = format!("{}/", note.path.to_lowercase());
                at.starts_with(folder) && (id.is_none() || at != *folder)
            });
            note.is_gone |= is_file || is_in;
        }
        if let Some(seen) = self.comparing.as_mut().zip(id) {
            seen.0.remove(seen.1);
        }
    }

    /// Everything was gone through: what was not seen is not there.
    pub(crate) fn compared(&mut self) {
        let Some(seen) = self.comparing.take() else { return };
        for note in self.notes.values_mut() {
            // What was about to be written may be there under a name that is not known yet.
            let is_there = note.file.as_ref().is_none_or(|file| seen.contains(&file.id));
            note.is_gone |= !is_there;
        }
        self.making.retain(|id, _| seen.contains(id));
        self.unread.retain(|id, _| seen.contains(id));
    }

    /// A file is no note, and need not be read again until it changes.
    pub(crate) fn leave_unread(&mut self, file: &DriveFile) {
        if self.unread.len() < Self::MAX {
            self.unread.insert(file.id.clone(), file.revision.clone());
        }
    }

    /// The memory that a file becomes, made at `at`: the one that was noted, so that it is made once.
    pub(crate) fn make(&mut self, file: &DriveFile, at: Timestamp, is_copy: bool) -> MemoryId {
        let noted = self.making.get(&file.id).filter(|making| !is_copy || making.revision == file.revision);
        let memory = noted.map(|making| making.memory).unwrap_or_else(|| {
            let name = format!("{}\n{}\n{}", self.account, file.id, file.revision);
            MemoryId::derived(at, Sum::of(name.as_bytes()).as_bytes())
        });
        self.making.insert(file.id.clone(), Making { revision: file.revision.clone(), memory });
        memory
    }
}

impl Followed {
    /// How it is written.
    pub(crate) fn form(&self) -> Form {
        Form::of(&self.path, self.is_ours)
    }

    /// The file is there as it is now.
    pub(crate) fn seen(&mut self, file: &DriveFile) {
        self.path.clone_from(&file.path);
        self.file = Some(Seen::of(file));
        self.is_gone = false;
    }

    /// What was about to be written is there.
    pub(crate) fn wrote(&mut self, file: &DriveFile, writing: Writing) {
        self.seen(file);
        (self.version, self.here, self.there, self.writing) =
            (writing.version, writing.here, writing.there, None);
    }
}
