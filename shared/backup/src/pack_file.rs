//! Reads packs. What is read may be made by anybody: it is bounded, whatever it says of itself.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use app_archive::{Counts, FileRecord, MANIFEST, Record, SUMS};
use app_domain::BackupFormat;
use serde::Deserialize;
use serde_json::value::RawValue;
use zip::ZipArchive;

use crate::opened::wrong;
use crate::pack::ContentHash;
use crate::{OpenError, OpenedPack, Packer, SmallFile, Sum};

/// The most bytes in a pack, before compression: what ends one, with the largest record and the largest file behind that, twice.
const MOST_BYTES: u64 = 32 << 20;
/// The most entries: a file takes a record of some two hundred bytes.
const MOST_ENTRIES: usize = 65_536;

/// What is in a pack, the SHA-256 of that, and how many records of each kind.
pub(crate) fn read(plain: &[u8], format: BackupFormat) -> Result<(OpenedPack, Sum, Counts), OpenError> {
    let mut reading = Reading {
        opened: OpenedPack::default(),
        hash: ContentHash::new(format),
        counts: Counts::new(),
        files: HashMap::new(),
    };
    match format {
        BackupFormat::Archive => reading.archive(plain)?,
        BackupFormat::Json => reading.document(plain)?,
        BackupFormat::Txt => return Err(OpenError::Prose),
    }
    Ok((reading.opened, reading.hash.finish(), reading.counts))
}

struct Reading {
    opened: OpenedPack,
    hash: ContentHash,
    counts: Counts,
    /// The bytes of files, by their entries.
    files: HashMap<String, Vec<u8>>,
}

/// As much of a record as tells whether it is known.
#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// An export that is one JSON document.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

impl Reading {
    fn archive(&mut self, plain: &[u8]) -> Result<(), OpenError> {
        let no_archive = |_| wrong("it is no archive");
        let mut archive = ZipArchive::new(Cursor::new(plain)).map_err(no_archive)?;
        if archive.len() > MOST_ENTRIES {
            return Err(wrong("it has more entries than any pack"));
        }
        let (mut left, mut parts) = (MOST_BYTES, Vec::new());
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(no_archive)?;
            let name = entry.name().map_err(no_archive)?.into_owned();
            if matches!(name.as_str(), SUMS | MANIFEST) {
                continue;
            }
            let mut bytes = Vec::new();
            entry.by_ref().take(left + 1).read_to_end(&mut bytes).map_err(|_| wrong("it is damaged"))?;
            left = left
                .checked_sub(bytes.len() as u64)
                .ok_or_else(|| wrong("there is more in it than in any pack"))?;
            if name.starts_with("records-") {
                parts.push((name, bytes));
            } else {
                self.files.insert(name, bytes);
            }
        }
        parts.sort();
        for (_, part) in parts {
            let text = str::from_utf8(&part).map_err(|_| wrong("its records are no text"))?;
            for line in text.lines() {
                self.record(line)?;
            }
        }
        Ok(())
    }

    fn document(&mut self, plain: &[u8]) -> Result<(), OpenError> {
        if plain.len() as u64 > MOST_BYTES {
            return Err(wrong("there is more in it than in any pack"));
        }
        let document: Document<'_> =
            serde_json::from_slice(plain).map_err(|error| wrong(format!("it is no document: {error}")))?;
        document.records.iter().try_for_each(|record| self.record(record.get()))
    }

    fn record(&mut self, line: &str) -> Result<(), OpenError> {
        self.hash.record(line.as_bytes());
        let record = match serde_json::from_str::<Record>(line) {
            Ok(record) => record,
            Err(_) if is_unknown(line) => {
                self.opened.unknown += 1;
                return Ok(());
            }
            Err(error) => return Err(wrong(format!("it has what is no record: {error}"))),
        };
        *self.counts.entry(record.kind()).or_default() += 1;
        if let Record::File(FileRecord { id, path: Some(path), .. }) = &record
            && let Some(bytes) = self.files.remove(path)
        {
            if bytes.len() as u64 > Packer::SMALL_FILE_BYTES {
                return Err(wrong("a file in it is larger than any in a pack"));
            }
            self.hash.file(&bytes);
            self.opened.files.push(SmallFile { id: *id, bytes });
        }
        self.opened.records.push(record);
        Ok(())
    }
}

/// Whether a record is one of a kind that a later version may know.
fn is_unknown(line: &str) -> bool {
    let known = app_archive::Kind::ALL.map(app_archive::Kind::as_str);
    serde_json::from_str::<Kind>(line).is_ok_and(|record| !known.contains(&record.kind.as_str()))
}
