//! An archive, which may be hostile: a ZIP, or a single file as its one entry.
//!
//! The directory is read by the `zip` crate, an entry after the other, and little is kept of each. Contents are inflated here, because
//! the crate's readers borrow the archive, where an attachment must be read on its own. What the directory claims is held against what
//! is found: nothing more is ever read of an entry than its size in the directory, and the sizes have bounds.

use std::io::{Read, SeekFrom};
use std::ops::ControlFlow;
use std::rc::Rc;

use app_domain::Timestamp;
use jiff::tz::TimeZone;

use crate::directory::{Directory, Found};
use crate::entry_reader::EntryReader;
use crate::source::{Source, Watch, Watched};
use crate::{ImportError, Out};

/// What a ZIP begins with, and an empty one.
const BEGINNINGS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// What archives are called.
const ARCHIVES: [&str; 11] =
    [".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".cab", ".iso"];

/// An entry: a file in the archive.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Its name as it is written, which may be a path that leads anywhere; empty for a single file. It is never used as a path.
    pub(crate) name: String,
    /// Its size once it is inflated.
    pub(crate) size: u64,
    /// When it was last changed.
    pub(crate) modified: Option<Timestamp>,
    /// Where and how it lies in the archive.
    pub(crate) found: Found,
}

impl Entry {
    /// Whether it is called as archives are.
    pub(crate) fn is_archive(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        ARCHIVES.iter().any(|end| name.ends_with(end))
    }

    /// Whether a computer has put it there of its own accord.
    pub(crate) fn is_junk(&self) -> bool {
        const NAMES: [&str; 4] = ["__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"];
        self.name.split(['/', '\\']).any(|part| NAMES.contains(&part) || part.starts_with("._"))
    }
}

/// A ZIP, or a single file as its one entry.
pub(crate) struct Archive<'a> {
    source: Watched<&'a mut dyn Source>,
    watch: Rc<Watch>,
    directory: Directory,
    is_zip: bool,
}

impl<'a> Archive<'a> {
    /// Opens it. Times in a ZIP name no time zone: they are read in `timezone`.
    pub(crate) fn of(source: &'a mut dyn Source, timezone: &TimeZone) -> Result<Self, ImportError> {
        let size = source.seek(SeekFrom::End(0)).map_err(ImportError::Io)?;
        source.seek(SeekFrom::Start(0)).map_err(ImportError::Io)?;
        let watch = Watch::of_size(size);
        let mut source = Watched::new(source, Rc::clone(&watch));
        let mut beginning = Vec::new();
        (&mut source).take(4).read_to_end(&mut beginning).map_err(ImportError::Io)?;
        let is_zip = BEGINNINGS.contains(&beginning.as_slice());
        let directory = if is_zip {
            Directory::read(&mut source, size, timezone)
                .map_err(|error| watch.take_failure().map_or(error, ImportError::Io))?
        } else {
            Directory::single(size)
        };
        Ok(Self { source, watch, directory, is_zip })
    }

    /// Whether it is a ZIP, and no single file.
    pub(crate) fn is_zip(&self) -> bool {
        self.is_zip
    }

    /// Its files, without folders, links, and what is encrypted.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.directory.entries
    }

    /// Which entry has a name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.directory.find(name)
    }

    /// How many of its files are called Markdown.
    pub(crate) fn notes(&self) -> usize {
        let is_note = |entry: &&Entry| entry.name.to_ascii_lowercase().ends_with(".md") && !entry.is_junk();
        if self.is_zip { self.entries().iter().filter(is_note).count() } else { 0 }
    }

    /// Whether it is a vault, by the settings that Obsidian keeps in one.
    pub(crate) fn is_vault(&self) -> bool {
        let is_setting = |entry: &Entry| entry.name.split(['/', '\\']).any(|part| part == ".obsidian");
        self.is_zip && self.entries().iter().any(is_setting)
    }

    /// How many files it has, without archives, which are named elsewhere.
    pub(crate) fn files(&self) -> usize {
        self.entries().iter().filter(|entry| !entry.is_junk() && !entry.is_archive()).count()
    }

    /// Reads an entry. An entry that is at fault is an [`ImportError::Entry`], from here or from the reader.
    pub(crate) fn open(&mut self, index: usize) -> Result<Box<dyn Read + '_>, ImportError> {
        let entry = self.directory.entry(index)?;
        Ok(Box::new(EntryReader::open(&mut self.source, entry, Rc::clone(&self.watch))?))
    }

    /// What is in it, for who goes on without it.
    pub(crate) fn into_directory(self) -> Directory {
        self.directory
    }

    /// Up to `bytes` of the beginning of an entry; nothing if it cannot be read.
    pub(crate) fn beginning(&mut self, index: usize, bytes: usize) -> Vec<u8> {
        let mut beginning = Vec::new();
        if let Ok(reader) = self.open(index) {
            // What can be read of it counts. Whether the source failed is known to the watch, and asked for afterwards.
            let _ = reader.take(bytes as u64).read_to_end(&mut beginning);
        }
        beginning
    }

    pub(crate) fn watch(&self) -> Rc<Watch> {
        Rc::clone(&self.watch)
    }

    /// # Errors
    /// If the source failed, at some time.
    pub(crate) fn check(&self) -> Result<(), ImportError> {
        self.watch.take_failure().map_or(Ok(()), |error| Err(ImportError::Io(error)))
    }

    /// Says what was left out of it.
    pub(crate) fn left_out(&self, out: &mut Out<'_>) -> ControlFlow<()> {
        for name in &self.directory.encrypted {
            out.trouble(
                "file",
                name,
                "It is encrypted: unpack the archive with its password, and bring in what was in it.",
            )?;
        }
        match self.directory.warning() {
            Some(warning) => out.warning(warning),
            None => ControlFlow::Continue(()),
        }
    }
}
