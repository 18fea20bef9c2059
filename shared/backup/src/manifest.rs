//! What a backup has: its packs and large files, by name and checksum, and what it followed.

use std::collections::HashSet;

use app_archive::{Counts, Unreadables};
use app_domain::{BackupFormat, BackupId, BackupTotals, FileId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::layout::{ManifestName, Stored, StoredName};
use crate::{Sum, manifest_file};

/// A backup, as it is written to the drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its id.
    pub id: BackupId,
    /// Whose.
    pub account: UserId,
    /// The state that it has: what was made later is not in it.
    pub at: Timestamp,
    /// The one before it, if it followed one.
    pub previous: Option<Previous>,
    /// The format of its packs.
    pub format: BackupFormat,
    /// The public key that it is encrypted to; `None` if it is not.
    pub recipient: Option<String>,
    /// How many records it has of each kind.
    pub counts: Counts,
    /// How many files have a record and no bytes, because these could not be found.
    pub missing_files: u64,
    /// What could not be read.
    pub unreadable: Unreadables,
    /// Its packs, in the order of their records.
    pub packs: Vec<PackEntry>,
    /// Its large files.
    pub files: Vec<FileEntry>,
}

/// The backup before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its id.
    pub id: BackupId,
    /// Of its manifest, as it is on the drive.
    pub sha256: Sum,
}

/// A pack of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackEntry {
    /// Where it is in the folder.
    pub path: String,
    /// How many bytes it has there.
    pub size: u64,
    /// Of these.
    pub sha256: Sum,
    /// Of what is in it: see [`Pack::content`](crate::Pack::content).
    pub content: Sum,
    /// How many records it has of each kind.
    pub counts: Counts,
}

/// A large file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Where it is in the folder.
    pub path: String,
    /// How many bytes it has there.
    pub size: u64,
    /// Of these.
    pub sha256: Sum,
    /// The id of its record.
    pub id: FileId,
    /// Of the file in the clear.
    pub content: Sum,
    /// How many bytes that has.
    pub content_size: u64,
}

/// Why something is no manifest, or none that can be relied on.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is larger than any that is written.
    #[error("it is larger than any manifest")]
    TooLarge,
    /// It was cut off, or is something else.
    #[error("it is no manifest, or was cut off")]
    Cut,
    /// Its checksum is another.
    #[error("it was changed: its SHA-256 is not the one in its last line")]
    Changed,
    /// It is of another format or version.
    #[error("it is of a format or version that is not known here")]
    Unknown,
    /// It says what cannot be.
    #[error("{0}")]
    Wrong(String),
}

impl Manifest {
    /// The largest that is read.
    pub const MAX_BYTES: u64 = 48 << 20;

    /// Where it is in the folder.
    pub fn path(&self) -> String {
        ManifestName::new(self.account, self.at, self.id, self.recipient.is_some()).path()
    }

    /// As it is on the drive, unless it is encrypted there.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        manifest_file::write(self)
    }

    /// What was written, checked in itself: paths are those of the layout and name what they should, and nothing is named twice. What
    /// is read may be made by anybody.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest = manifest_file::read(bytes)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// What is in it, as a [`Backup`](app_domain::Backup) tells it, but for what it took.
    pub fn totals(&self) -> BackupTotals {
        let mut unreadable = std::collections::BTreeMap::new();
        for item in &self.unreadable.items {
            *unreadable.entry(item.kind.to_string()).or_insert(0) += 1;
        }
        // Those that are not named: of which kind they are is not known.
        let unnamed = self.unreadable.count.saturating_sub(self.unreadable.items.len() as u64);
        if unnamed > 0 {
            unreadable.insert("other".to_owned(), unnamed);
        }
        BackupTotals {
            counts: self.counts.iter().map(|(kind, count)| (kind.to_string(), *count)).collect(),
            missing_files: self.missing_files,
            unreadable,
            total_bytes: self.total_bytes(),
            ..BackupTotals::default()
        }
    }

    /// The bytes of everything that it names. What it names twice is there once.
    pub fn total_bytes(&self) -> u64 {
        let mut seen = HashSet::new();
        let files = self.files.iter().filter(|file| seen.insert(file.sha256)).map(|file| file.size);
        files.chain(self.packs.iter().map(|pack| pack.size)).fold(0, u64::saturating_add)
    }

    /// Where everything is that it names.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let packs = self.packs.iter().map(|pack| pack.path.as_str());
        packs.chain(self.files.iter().map(|file| file.path.as_str()))
    }

    fn check(&self) -> Result<(), ManifestError> {
        let is_sealed = self.recipient.is_some();
        let (mut packs, mut ids) = (HashSet::new(), HashSet::new());
        let mut counts = Counts::new();
        for pack in &self.packs {
            self.check_path(&pack.path, Stored::Pack, pack.sha256)?;
            if !packs.insert(pack.sha256) {
                return Err(wrong(format!("{} is named twice", pack.path)));
            }
            for (kind, count) in &pack.counts {
                let sum = counts.entry(*kind).or_insert(0_u64);
                *sum = sum.saturating_add(*count);
            }
        }
        if counts != self.counts {
            return Err(wrong("its counts are not those of its packs"));
        }
        for file in &self.files {
            self.check_path(&file.path, Stored::File, file.sha256)?;
            if !ids.insert(file.id) {
                return Err(wrong(format!("the file {} is named twice", file.id)));
            }
            if !is_sealed && (file.sha256, file.size) != (file.content, file.content_size) {
                return Err(wrong(format!("{} is not encrypted and not what is in it", file.path)));
            }
        }
        Ok(())
    }

    fn check_path(&self, path: &str, what: Stored, sha256: Sum) -> Result<(), ManifestError> {
        let expected = StoredName { what, set: self.account, sha256, is_sealed: self.recipient.is_some() };
        let is_it = StoredName::parse(path) == Some(expected);
        is_it.then_some(()).ok_or_else(|| wrong(format!("{path:?} is no path of its own")))
    }
}

pub(crate) fn wrong(words: impl Into<String>) -> ManifestError {
    ManifestError::Wrong(words.into())
}
