//! Files of an archive, one after the other: what is in it is found out once, because that takes as long as it has entries.

use std::io::{Read, SeekFrom};
use std::rc::Rc;

use jiff::tz::TimeZone;

use crate::ImportError;
use crate::archive::Archive;
use crate::directory::Directory;
use crate::entry_reader::EntryReader;
use crate::source::{Source, Watch, Watched};

/// What is known of an archive whose files are read.
#[derive(Debug)]
pub struct Attachments {
    /// None of what is no ZIP.
    directory: Option<Directory>,
}

impl Attachments {
    /// Finds out what is in an archive.
    ///
    /// # Errors
    /// If it cannot be read, or if the source fails.
    pub fn of(source: &mut dyn Source) -> Result<Self, ImportError> {
        let archive = Archive::of(source, &TimeZone::UTC)?;
        Ok(Self { directory: archive.is_zip().then(|| archive.into_directory()) })
    }

    /// The bytes of a file in the same archive, by the name of its entry, or `None` if there is no such entry. They are checked while they
    /// are read: bytes that are not what the archive says are an error at the end of them.
    ///
    /// # Errors
    /// If the entry cannot be read, or if the source fails.
    pub fn open<'a>(
        &self,
        source: &'a mut dyn Source,
        path: &str,
    ) -> Result<Option<Box<dyn Read + 'a>>, ImportError> {
        let Some(directory) = &self.directory else { return Ok(None) };
        let Some(index) = directory.find(path) else { return Ok(None) };
        let size = source.seek(SeekFrom::End(0)).map_err(ImportError::Io)?;
        let watch = Watch::of_size(size);
        let source = Watched::new(source, Rc::clone(&watch));
        Ok(Some(Box::new(EntryReader::open(source, directory.entry(index)?, watch)?)))
    }
}
