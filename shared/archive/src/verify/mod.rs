//! Whether an archive is as it was written: every byte accounted for, every checksum and count right.
//!
//! It reads from beginning to end with memory that does not grow with the archive, whatever that is: what is read may be made by anybody.

mod archive;
mod directory;
mod entry;
mod lines;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use crate::{Counts, Head, Unreadables};
use lines::Lines;

/// What was checked, and found right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Whose archive it is, and what was asked for; a text to read does not say.
    pub head: Option<Head>,
    /// The entries of an archive, with checksums and manifest; none in a single text.
    pub entries: u64,
    /// The bytes whose checksums were computed, before compression.
    pub bytes: u64,
    /// The records that were counted; nothing where the format is not one of records.
    pub counts: Counts,
    /// The files that have a record and no bytes, as the manifest says.
    pub missing_files: u64,
    /// What could not be read when the archive was made, as the manifest says.
    pub unreadable: Unreadables,
}

/// Why an archive was not found right.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] io::Error),
    /// It is not as it was written.
    #[error("{0}")]
    Wrong(String),
}

/// Verifies an archive, or an export that is one text.
///
/// # Errors
/// If it is not as it was written, or cannot be read.
pub fn verify(source: impl Read + Seek) -> Result<Verified, VerifyError> {
    let mut source = source;
    let mut first = Vec::new();
    source.by_ref().take(4).read_to_end(&mut first)?;
    source.seek(SeekFrom::Start(0))?;
    if first.starts_with(b"PK") { archive::verify(source) } else { single(source) }
}

/// An export that is one text.
fn single(mut source: impl Read) -> Result<Verified, VerifyError> {
    let mut lines = Lines::text();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        lines.push(&buffer[..read])?;
    }
    let found = lines.end()?;
    let (head, counts, unreadable) = (found.head, found.counts, found.unreadable);
    Ok(Verified { head, bytes, counts, unreadable, ..Verified::default() })
}

fn wrong(words: impl Into<String>) -> VerifyError {
    VerifyError::Wrong(words.into())
}

/// What ends too soon and what does not decompress is a fault of the archive, not of reading it.
impl From<io::Error> for VerifyError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => wrong("it ends too soon: it was cut off or is damaged"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                wrong(format!("it is damaged: {error}"))
            }
            _ => Self::Read(error),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(head) = &self.head {
            writeln!(f, "account   {}", head.account)?;
            writeln!(f, "exported  {}", head.exported_at)?;
            writeln!(f, "format    {}", head.spec.format.as_str())?;
        }
        if self.entries > 0 {
            writeln!(f, "entries   {}, each as SHA256SUMS has it", self.entries)?;
        }
        writeln!(f, "bytes     {}, SHA-256 and length right", self.bytes)?;
        if self.missing_files > 0 {
            writeln!(f, "missing   {} files had no bytes when the archive was made", self.missing_files)?;
        }
        if !self.unreadable.is_empty() {
            let (count, items) = (self.unreadable.count, &self.unreadable.items);
            writeln!(
                f,
                "unread    {count} could not be read when the archive was made, the first of which are"
            )?;
            items.iter().try_for_each(|item| writeln!(f, "  {:<12} {}", item.kind, item.id))?;
        }
        if self.counts.is_empty() {
            return writeln!(f, "records   not counted in this format");
        }
        let total: u64 = self.counts.values().sum();
        writeln!(f, "records   {total}, as the manifest has them")?;
        self.counts.iter().try_for_each(|(kind, count)| writeln!(f, "  {kind:<12} {count}"))
    }
}
