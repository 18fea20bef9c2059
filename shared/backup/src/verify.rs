//! Whether what is on a drive is what a manifest says.

use std::collections::HashMap;
use std::fmt;
use std::io::Cursor;

use app_connectors::drives::{Digest, DigestKind, DriveFile};
use app_domain::BackupFormat;
use serde::{Deserialize, Serialize};

use crate::{FileEntry, Manifest, OpenError, Opener, PackEntry, Sum};

/// Something that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It has another size.
    Size {
        /// How many bytes it has.
        found: u64,
        /// How many it should have.
        expected: u64,
    },
    /// It has that size and other bytes.
    Changed,
    /// It cannot be opened.
    Unreadable(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Size { found, expected } => write!(f, "has {found} bytes and should have {expected}"),
            Self::Changed => f.write_str("was changed: its SHA-256 is another"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
        }
    }
}

/// Compares a manifest with what a drive lists: what is wrong, by path. Hashes are compared where the provider gives SHA-256.
pub fn check_listing(manifest: &Manifest, listed: &[DriveFile], kind: DigestKind) -> Vec<(String, Fault)> {
    let found: HashMap<&str, &DriveFile> = listed.iter().map(|file| (file.path.as_str(), file)).collect();
    let packs = manifest.packs.iter().map(|pack| (&pack.path, pack.size, pack.sha256));
    let files = manifest.files.iter().map(|file| (&file.path, file.size, file.sha256));
    let wrong = packs.chain(files).filter_map(|(path, size, sha256)| {
        let fault = match found.get(path.as_str()) {
            None => Fault::Missing,
            Some(file) => stored_fault(file, size, sha256, kind)?,
        };
        Some((path.clone(), fault))
    });
    let mut wrong: Vec<(String, Fault)> = wrong.collect();
    // Two files with the same bytes are one on the drive.
    wrong.dedup();
    wrong
}

/// What is wrong with a listed file, if anything is.
fn stored_fault(file: &DriveFile, size: u64, sha256: Sum, kind: DigestKind) -> Option<Fault> {
    if file.size_bytes != size {
        return Some(Fault::Size { found: file.size_bytes, expected: size });
    }
    let told = file.hash.as_ref().filter(|_| kind == DigestKind::Sha256);
    told.is_some_and(|told| *told != sha256.to_string()).then_some(Fault::Changed)
}

/// Compares a pack with its entry: its bytes, what is in it, and itself with its own checksums.
///
/// # Errors
/// What is wrong.
pub fn check_pack(
    entry: &PackEntry,
    format: BackupFormat,
    stored: Vec<u8>,
    opener: &Opener,
) -> Result<(), Fault> {
    let found = stored.len() as u64;
    if found != entry.size {
        return Err(Fault::Size { found, expected: entry.size });
    }
    if Sum::of(&stored) != entry.sha256 {
        return Err(Fault::Changed);
    }
    let unreadable = |error: OpenError| Fault::Unreadable(error.to_string());
    let plain = opener.pack_bytes(entry, stored.clone()).map_err(unreadable)?;
    app_archive::verify(Cursor::new(plain)).map_err(|error| Fault::Unreadable(error.to_string()))?;
    match opener.pack(entry, format, stored) {
        Ok(_) | Err(OpenError::Prose) => Ok(()),
        Err(error) => Err(unreadable(error)),
    }
}

/// The checksum of a large file that is read piece by piece, in several processes if need be.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileCheck {
    digest: Digest,
    bytes: u64,
}

impl Default for FileCheck {
    fn default() -> Self {
        Self { digest: Digest::new(DigestKind::Sha256), bytes: 0 }
    }
}

impl fmt::Debug for FileCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileCheck({})", self.bytes)
    }
}

impl FileCheck {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// How many bytes it has had.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of what it has had.
    pub fn sum(&self) -> Option<Sum> {
        self.digest.finish().parse().ok()
    }

    /// Compares all bytes as they are stored with an entry.
    ///
    /// # Errors
    /// What is wrong.
    pub fn is_stored(&self, entry: &FileEntry) -> Result<(), Fault> {
        self.is(entry.size, entry.sha256)
    }

    /// Compares all bytes in the clear with an entry.
    ///
    /// # Errors
    /// What is wrong.
    pub fn is_content(&self, entry: &FileEntry) -> Result<(), Fault> {
        self.is(entry.content_size, entry.content)
    }

    fn is(&self, size: u64, sha256: Sum) -> Result<(), Fault> {
        if self.bytes != size {
            return Err(Fault::Size { found: self.bytes, expected: size });
        }
        if self.sum() == Some(sha256) { Ok(()) } else { Err(Fault::Changed) }
    }
}
