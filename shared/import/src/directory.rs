//! The directory of a ZIP: what is in it, within the limits.

use std::io::{Read, Seek};

use app_domain::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use zip::CompressionMethod;
use zip::read::{Config, ZipFileEntry};
use zip::result::ZipError;
// May change in any release of the crate, where it would no longer compile. What is stable keeps all entries, comments and all, in memory.
use zip::unstable::read::ZipIterable;

use crate::ImportError;
use crate::archive::Entry;
use crate::source::Paged;

/// The most entries.
pub(crate) const MAX_ENTRIES: usize = 200_000;
/// The most bytes of their names together. They are in memory.
const MAX_NAME_BYTES: usize = 24 * 1024 * 1024;
/// The most bytes that all of them are together once they are inflated: more than anybody may store, who wants all of it back.
const MAX_BYTES: u64 = 64 * 1024 * 1024 * 1024;
/// So many times its size an entry may become.
const MAX_RATIO: u64 = 200;
/// What is no larger than this may become so from anything.
const SMALL_BYTES: u64 = 32 * 1024 * 1024;
/// The bytes of a local header, without its name.
pub(crate) const LOCAL_HEADER_BYTES: u64 = 30;
/// So many names are said in a warning.
const NAMED: usize = 5;

/// Where and how an entry lies in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where its local header begins; of a single file, where it begins.
    pub(crate) start: u64,
    /// Where something else begins.
    pub(crate) end: u64,
    /// Its size in the archive.
    pub(crate) packed: u64,
    /// The checksum of its content.
    pub(crate) crc: u32,
    pub(crate) packing: Packing,
}

/// How an entry is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// It is the file itself.
    Single,
    Stored,
    Deflated,
    /// In a way that is not read here.
    Other,
    /// It would become too large.
    Bomb,
}

/// What is in an archive.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) entries: Vec<Entry>,
    /// Entries by their names.
    by_name: Vec<u32>,
    /// The names of what cannot be read without a password.
    pub(crate) encrypted: Vec<String>,
    links: usize,
}

impl Directory {
    /// A single file.
    pub(crate) fn single(size: u64) -> Self {
        let found = Found { start: 0, end: size, packed: size, crc: 0, packing: Packing::Single };
        let entries = vec![Entry { name: String::new(), size, modified: None, found }];
        Self { entries, by_name: vec![0], ..Self::default() }
    }

    /// The directory of a ZIP of so many bytes.
    pub(crate) fn read<S: Read + Seek>(
        source: &mut S,
        size: u64,
        timezone: &TimeZone,
    ) -> Result<Self, ImportError> {
        // The crate goes to each header anew.
        let mut zip = ZipIterable::try_new(Paged::new(source, size), Config::default()).map_err(broken)?;
        if zip.len() > MAX_ENTRIES {
            return Err(ImportError::Refused(format!(
                "it has {} entries, and {MAX_ENTRIES} are the most",
                zip.len()
            )));
        }
        let mut directory = Self::default();
        let (mut name_bytes, mut bytes, mut directory_start) = (0, 0_u64, size);
        let mut spans = Vec::new();
        for entry in zip.files().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            name_bytes += entry.name_raw().len();
            if name_bytes > MAX_NAME_BYTES {
                return Err(ImportError::Refused("the names in it are too long".to_owned()));
            }
            directory_start = directory_start.min(entry.central_header_start());
            bytes = bytes.saturating_add(entry.size());
            let span = (entry.header_start(), least_end(&entry), directory.entries.len());
            spans.push(span);
            directory.add(entry, timezone)?;
        }
        if bytes > MAX_BYTES {
            return Err(ImportError::Refused(
                "what is in it is larger than 64 GiB once it is unpacked".to_owned(),
            ));
        }
        directory.lay_out(spans, directory_start)?;
        directory.sort()?;
        if directory.entries.is_empty() && !directory.encrypted.is_empty() {
            return Err(ImportError::Encrypted);
        }
        Ok(directory)
    }

    fn add(&mut self, entry: ZipFileEntry<'_>, timezone: &TimeZone) -> Result<(), ImportError> {
        let name = entry.name().map_err(broken)?.into_owned();
        if entry.is_dir() {
            return Ok(());
        }
        if entry.is_symlink() {
            self.links += 1;
            return Ok(());
        }
        if entry.encrypted() {
            self.encrypted.push(short(&name));
            return Ok(());
        }
        let packing = match entry.compression() {
            _ if entry.size() > SMALL_BYTES && entry.size() / MAX_RATIO > entry.compressed_size() => {
                Packing::Bomb
            }
            CompressionMethod::Stored => Packing::Stored,
            CompressionMethod::Deflated => Packing::Deflated,
            _ => Packing::Other,
        };
        let found = Found {
            start: entry.header_start(),
            end: 0,
            packed: entry.compressed_size(),
            crc: entry.crc32(),
            packing,
        };
        let modified = entry.last_modified().and_then(|at| modified(at, timezone));
        self.entries.push(Entry { name, size: entry.size(), modified, found });
        Ok(())
    }

    /// Finds out where each entry ends at the latest, which is where the next begins.
    fn lay_out(&mut self, mut spans: Vec<(u64, u64, usize)>, mut end: u64) -> Result<(), ImportError> {
        spans.sort_unstable();
        for (start, least_end, index) in spans.into_iter().rev() {
            if least_end > end {
                return Err(ImportError::Refused("entries in it lie on top of each other".to_owned()));
            }
            // What is no file has the number of the one after it, which lies elsewhere.
            if let Some(entry) = self.entries.get_mut(index).filter(|entry| entry.found.start == start) {
                entry.found.end = end;
            }
            end = start;
        }
        Ok(())
    }

    fn sort(&mut self) -> Result<(), ImportError> {
        self.by_name = (0..).take(self.entries.len()).collect();
        let name = |index: &u32| self.entries.get(*index as usize).map(|entry| entry.name.as_str());
        self.by_name.sort_unstable_by(|one, other| name(one).cmp(&name(other)));
        if self.by_name.windows(2).any(|pair| name(&pair[0]) == name(&pair[1])) {
            return Err(ImportError::Refused("two entries in it have the same name".to_owned()));
        }
        Ok(())
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let at = self.by_name.binary_search_by(|index| self.entries[*index as usize].name.as_str().cmp(name));
        at.ok().map(|at| self.by_name[at] as usize)
    }

    pub(crate) fn entry(&self, index: usize) -> Result<&Entry, ImportError> {
        let missing =
            || ImportError::Entry { name: format!("entry {index}"), reason: "it is missing".to_owned() };
        self.entries.get(index).ok_or_else(missing)
    }

    /// What its owner should know was not looked into.
    pub(crate) fn warning(&self) -> Option<String> {
        let inner: Vec<&str> =
            self.entries.iter().filter(|entry| entry.is_archive()).map(|entry| entry.name.as_str()).collect();
        let mut said = Vec::new();
        if !inner.is_empty() {
            let named: Vec<String> =
                inner.iter().take(NAMED).map(|name| format!("“{}”", short(name))).collect();
            let more = if inner.len() > NAMED { " and others" } else { "" };
            said.push(format!(
                "Archives inside of the archive are not opened: {}{more}. Bring them in by themselves.",
                named.join(", ")
            ));
        }
        if self.links > 0 {
            said.push(format!("{} links to other files are left out.", self.links));
        }
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// A name as it can be shown.
pub(crate) fn short(name: &str) -> String {
    name.chars().filter(|char| !char.is_control()).take(100).collect()
}

/// Where an entry ends at the earliest.
fn least_end(entry: &ZipFileEntry<'_>) -> u64 {
    let header = LOCAL_HEADER_BYTES.saturating_add(entry.compressed_size());
    entry.header_start().saturating_add(header)
}

fn broken(error: ZipError) -> ImportError {
    match error {
        ZipError::UnsupportedArchive(_) => ImportError::Damaged(
            "it is a ZIP archive in several parts, or of a kind that is not read here".to_owned(),
        ),
        _ => ImportError::Damaged("it is a ZIP archive whose end is missing or wrong".to_owned()),
    }
}

fn modified(at: zip::DateTime, timezone: &TimeZone) -> Option<Timestamp> {
    let small = |number: u8| i8::try_from(number).ok();
    let civil = DateTime::new(
        i16::try_from(at.year()).ok()?,
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
        0,
    );
    // Where nothing was set, there is the first day that can be written.
    let civil = civil.ok().filter(|civil| civil.year() > 1980)?;
    Some(Timestamp::from(timezone.to_timestamp(civil).ok()?))
}
