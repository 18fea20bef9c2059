//! Records, one after the other, into packs.

use std::collections::HashSet;

use app_archive::{FileRecord, Record};
use app_domain::{BackupFormat, FileId, UserId};

use crate::cut;
use crate::pack::{Pack, PackError, PackedFile};

/// The bytes of a file, when its record is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileBytes {
    /// They go into the pack.
    Here {
        /// All of them.
        bytes: Vec<u8>,
        /// Whether they would be no smaller compressed.
        is_dense: bool,
    },
    /// They are a file of their own on the drive.
    Apart,
    /// They could not be found.
    Missing,
}

/// Packs records in the order in which they come. It keeps no more than one pack, and nothing of the one before: between two packs, it can
/// be made anew.
#[derive(Debug)]
pub struct Packer {
    account: UserId,
    format: BackupFormat,
    pack: Pack,
    files: HashSet<FileId>,
    size: u64,
}

impl Packer {
    /// The largest file whose bytes go into a pack.
    pub const SMALL_FILE_BYTES: u64 = 1 << 20;

    /// For the records of an account.
    pub fn new(account: UserId, format: BackupFormat) -> Self {
        Self { account, format, pack: Pack::new(account, format), files: HashSet::new(), size: 0 }
    }

    /// Whether the bytes of a file of a size go into the pack; else they are a file of their own.
    pub fn takes(format: BackupFormat, size_bytes: u64) -> bool {
        format == BackupFormat::Archive && size_bytes <= Self::SMALL_FILE_BYTES
    }

    /// Adds a record; one of a file as [`FileBytes::Apart`]. The pack that it ends, if it does.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn add(&mut self, record: Record) -> Result<Option<Pack>, PackError> {
        match record {
            Record::File(file) => self.add_file(file, FileBytes::Apart),
            record => self.push(record, None),
        }
    }

    /// Adds the record of a file, and its bytes if [`Self::takes`] says so. Only a record whose bytes are in the pack, or should be, keeps its path.
    /// The pack that it ends, if it does.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn add_file(&mut self, mut file: FileRecord, bytes: FileBytes) -> Result<Option<Pack>, PackError> {
        // One that was moved meanwhile comes twice; its bytes are there once.
        let is_new = self.files.insert(file.id);
        let path = file.path.take().filter(|_| is_new && self.format == BackupFormat::Archive);
        self.pack.missing_files += u64::from(is_new && bytes == FileBytes::Missing);
        let packed = match (bytes, &path) {
            (FileBytes::Here { bytes, is_dense }, Some(path)) => {
                Some(PackedFile { path: path.clone(), bytes, is_dense, at: file.created_at })
            }
            (FileBytes::Missing, Some(_)) => None,
            _ => return self.push(Record::File(file), None),
        };
        file.path = path;
        self.push(Record::File(file), packed)
    }

    /// What is left, if anything is.
    pub fn finish(&mut self) -> Option<Pack> {
        (!self.pack.is_empty()).then(|| self.cut())
    }

    fn push(&mut self, record: Record, file: Option<PackedFile>) -> Result<Option<Pack>, PackError> {
        let bytes = file.as_ref().map_or(0, |file| file.bytes.len() as u64);
        let length = self.pack.push(&record, file)? + bytes;
        self.size += length;
        let is_end = cut::is_end(&record, length, self.size);
        self.pack.keep(record);
        Ok(is_end.then(|| self.cut()))
    }

    fn cut(&mut self) -> Pack {
        self.size = 0;
        self.files.clear();
        std::mem::replace(&mut self.pack, Pack::new(self.account, self.format)).whole()
    }
}
