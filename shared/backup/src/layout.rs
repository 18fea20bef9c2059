//! What is where in our folder on a drive, and what the names there tell.
//!
//! A set is the backups of one account; a drive can have several. Nothing but manifests, packs and files of exactly these names is taken for one.

use std::str::FromStr;

use app_domain::{BackupFormat, BackupId, Timestamp, UserId};

use crate::Sum;

/// What explains the folder to whoever opens it.
pub const README: &str = "README.txt";
/// What stands behind the name of everything that is encrypted.
pub const SEALED: &str = ".age";
/// The folder of notes that can be edited.
pub const NOTES: &str = "notes";

const BACKUPS: &str = "backups";
const PACKS: &str = "packs";
const FILES: &str = "files";
/// How the time is written in the name of a manifest: as in ISO 8601, but for colons, which not every drive takes.
const TIME: &str = "%Y-%m-%dT%H-%M-%SZ";
/// An extension that is longer tells nothing.
const MAX_EXTENSION: usize = 16;

/// The folder of the manifests of all sets.
pub fn backups() -> &'static str {
    BACKUPS
}

/// The folder of a set's manifests.
pub fn manifests(set: UserId) -> String {
    format!("{BACKUPS}/{set}")
}

/// The folder of a set's packs.
pub fn packs(set: UserId) -> String {
    format!("{PACKS}/{set}")
}

/// The folder of a set's large files.
pub fn files(set: UserId) -> String {
    format!("{FILES}/{set}")
}

/// The file with the key of a set, which the passphrase opens.
pub fn key(set: UserId) -> String {
    format!("keys/{set}{SEALED}")
}

/// A pack, named by its bytes as they are on the drive.
pub fn pack(set: UserId, sha256: Sum, format: BackupFormat, is_sealed: bool) -> String {
    let extension = format.export_format().as_str();
    format!("{PACKS}/{set}/{sha256}.{extension}{}", sealed(is_sealed))
}

/// A large file, named by its bytes as they are on the drive. One that is not encrypted keeps the extension of its name, so that it can be opened.
pub fn file(set: UserId, sha256: Sum, name: &str, is_sealed: bool) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let extension = extension.filter(|extension| !is_sealed && is_extension(extension));
    let extension = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    format!("{FILES}/{set}/{sha256}{extension}{}", sealed(is_sealed))
}

fn sealed(is_sealed: bool) -> &'static str {
    if is_sealed { SEALED } else { "" }
}

fn is_extension(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=MAX_EXTENSION).contains(&text.len()) && text.bytes().all(is_plain) && format!(".{text}") != SEALED
}

/// What the name of a manifest tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManifestName {
    /// When the backup was made, to the second.
    pub at: Timestamp,
    /// Which backup.
    pub id: BackupId,
    /// Whose.
    pub set: UserId,
    /// Whether it is encrypted.
    pub is_sealed: bool,
}

impl ManifestName {
    /// Of a backup.
    pub fn new(set: UserId, at: Timestamp, id: BackupId, is_sealed: bool) -> Self {
        let seconds = at.as_seconds().checked_mul(1000).and_then(Timestamp::from_millis);
        Self { at: seconds.unwrap_or(at), id, set, is_sealed }
    }

    /// Where it is.
    pub fn path(&self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.at.as_millis()).unwrap_or_default();
        format!("{BACKUPS}/{}/{}_{}.json{}", self.set, at.strftime(TIME), self.id, sealed(self.is_sealed))
    }

    /// What a path tells, if it is one of a manifest.
    pub fn parse(path: &str) -> Option<Self> {
        let (set, name) = path.strip_prefix(BACKUPS)?.strip_prefix('/')?.split_once('/')?;
        let (name, is_sealed) = unsealed(name);
        let (at, id) = name.strip_suffix(".json")?.split_once('_')?;
        let at = jiff::civil::DateTime::strptime(TIME, at).ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        let at = Timestamp::from_millis(at.timestamp().as_millisecond())?;
        let found = Self { at, id: exact(id)?, set: exact(set)?, is_sealed };
        (found.path() == path).then_some(found)
    }
}

/// What is kept by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stored {
    /// A pack of records.
    Pack,
    /// A large file.
    File,
}

/// What the name of a pack or a large file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredName {
    /// Which of both.
    pub what: Stored,
    /// Whose.
    pub set: UserId,
    /// The SHA-256 of its bytes.
    pub sha256: Sum,
    /// Whether it is encrypted.
    pub is_sealed: bool,
}

impl StoredName {
    /// What a path tells, if it is one of a pack or a large file.
    pub fn parse(path: &str) -> Option<Self> {
        let (folder, rest) = path.split_once('/')?;
        let what = match folder {
            PACKS => Stored::Pack,
            FILES => Stored::File,
            _ => return None,
        };
        let (set, name) = rest.split_once('/')?;
        let (name, is_sealed) = unsealed(name);
        let (sha256, extension) = match name.split_once('.') {
            Some((sha256, extension)) => (sha256, Some(extension)),
            None => (name, None),
        };
        let is_named = match what {
            Stored::Pack => extension.is_some_and(|extension| matches!(extension, "zip" | "json" | "txt")),
            Stored::File => extension.is_none_or(is_extension),
        };
        is_named.then_some(())?;
        Some(Self { what, set: exact(set)?, sha256: sha256.parse().ok()?, is_sealed })
    }
}

fn unsealed(name: &str) -> (&str, bool) {
    name.strip_suffix(SEALED).map_or((name, false), |name| (name, true))
}

/// An id that is written as ids are written here: there are other ways.
fn exact<Id: FromStr + ToString>(text: &str) -> Option<Id> {
    text.parse().ok().filter(|id: &Id| id.to_string() == text)
}
