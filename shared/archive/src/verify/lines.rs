//! Checks a text line by line: records, and what stands before and after them.

use app_domain::Sha256State;
use serde::Deserialize;

use super::{VerifyError, wrong};
use crate::manifest::{Footer, Frame, Header};
use crate::{Counts, FileRecord, Head, Record, Unreadables};

/// The longest line. The largest record, an answer with all that Memo did for it, has a tenth of it.
const LONGEST: usize = 4 << 20;

/// What a text was found to hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) head: Option<Head>,
    pub(super) counts: Counts,
    pub(super) unreadable: Unreadables,
    /// Where the bytes of files should be, since these were last taken.
    pub(super) paths: Vec<String>,
}

/// How a text is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Not known before the first line.
    Unknown,
    /// Records and nothing else.
    Bare,
    Jsonl,
    Json,
    /// A text to read.
    Prose,
}

/// The last line of `json`, with a bracket before it.
#[derive(Deserialize)]
struct End {
    manifest: Footer,
}

/// A text that comes in pieces. The last line is another than those before it, so each is looked at when the next has begun.
pub(super) struct Lines {
    form: Form,
    found: Found,
    hash: Sha256State,
    /// Of everything before the line that is held.
    before: Sha256State,
    held: Vec<u8>,
    /// Whether that line has its end.
    is_whole: bool,
    number: u64,
    /// Whether the last record had a comma behind it.
    has_comma: Option<bool>,
    /// Whether files are beside it.
    has_files: bool,
}

impl Lines {
    /// Of an export that is one text.
    pub(super) fn text() -> Self {
        Self::new(Form::Unknown, false)
    }

    /// Of an entry of an archive, which has files beside it: of records alone, or as an export that is one text.
    pub(super) fn entry(is_bare: bool) -> Self {
        Self::new(if is_bare { Form::Bare } else { Form::Unknown }, true)
    }

    /// Where files should be, of the records since the last call.
    pub(super) fn take_paths(&mut self) -> Vec<String> {
        std::mem::take(&mut self.found.paths)
    }

    fn new(form: Form, has_files: bool) -> Self {
        Self {
            form,
            found: Found::default(),
            hash: Sha256State::default(),
            before: Sha256State::default(),
            held: Vec::new(),
            is_whole: false,
            number: 0,
            has_comma: None,
            has_files,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), VerifyError> {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            if self.is_whole {
                self.look()?;
                self.before = self.hash.clone();
                self.held.clear();
            }
            self.hash.update(part);
            self.is_whole = part.ends_with(b"\n");
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            if self.held.len() + text.len() > LONGEST {
                return Err(self.wrong("is longer than any that is written"));
            }
            self.held.extend_from_slice(text);
        }
        Ok(())
    }

    /// After the last piece.
    pub(super) fn end(mut self) -> Result<Found, VerifyError> {
        if self.form == Form::Bare {
            if self.is_whole {
                self.look()?;
            } else if !self.held.is_empty() {
                return Err(self.wrong("has no end"));
            }
            return Ok(self.found);
        }
        if self.number == 0 {
            return Err(wrong("it is no export: it has not even two lines"));
        }
        self.number += 1;
        let sha256 = self.before.hex();
        let footer = match self.form {
            Form::Jsonl => match serde_json::from_slice(&self.held) {
                Ok(Frame::Manifest(footer)) => footer,
                _ => return Err(self.no_end()),
            },
            Form::Json => {
                if self.has_comma == Some(true) {
                    return Err(self.no_end());
                }
                let rest = self.held.strip_prefix(b"],").ok_or_else(|| self.no_end())?;
                let end = [b"{".as_slice(), rest].concat();
                serde_json::from_slice::<End>(&end).map_err(|_| self.no_end())?.manifest
            }
            _ => {
                let line = String::from_utf8_lossy(&self.held);
                let is_hex = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
                let named = line.split(|c: char| !c.is_ascii_alphanumeric()).find(is_hex);
                let named = named.ok_or_else(|| self.no_end())?;
                return if named == sha256 { Ok(self.found) } else { Err(changed(named, &sha256)) };
            }
        };
        if footer.sha256 != sha256 {
            return Err(changed(&footer.sha256, &sha256));
        }
        super::archive::same_counts(&footer.counts, &self.found.counts)?;
        if !footer.unreadable.is_sound() {
            return Err(self.wrong("names other things that could not be read than it counts"));
        }
        self.found.unreadable = footer.unreadable;
        Ok(self.found)
    }

    /// Looks at a line that is not the last.
    fn look(&mut self) -> Result<(), VerifyError> {
        self.number += 1;
        if self.form == Form::Unknown {
            return self.begin();
        }
        match self.form {
            Form::Bare | Form::Jsonl => self.record(self.held.len()),
            Form::Json => {
                if self.has_comma == Some(false) {
                    return Err(self.wrong("stands behind a record without a comma"));
                }
                let has_comma = self.held.ends_with(b",");
                self.has_comma = Some(has_comma);
                self.record(self.held.len() - usize::from(has_comma))
            }
            Form::Prose | Form::Unknown => Ok(()),
        }
    }

    /// Looks at the first line.
    fn begin(&mut self) -> Result<(), VerifyError> {
        let header = if self.held.starts_with(br#"{"kind":"header","#) {
            self.form = Form::Jsonl;
            match serde_json::from_slice(&self.held) {
                Ok(Frame::Header(header)) => *header,
                _ => return Err(self.wrong("is no header")),
            }
        } else if let Some(rest) = self.held.strip_suffix(br#","records":["#) {
            self.form = Form::Json;
            let header = [rest, b"}"].concat();
            serde_json::from_slice::<Header>(&header).map_err(|_| self.wrong("is no header"))?
        } else {
            self.form = Form::Prose;
            return Ok(());
        };
        if !header.is_ours() {
            return Err(wrong(format!(
                "it is {} {}, which is not known here",
                header.format, header.version
            )));
        }
        self.found.head = Some(header.head);
        Ok(())
    }

    fn record(&mut self, length: usize) -> Result<(), VerifyError> {
        let text = self.held.get(..length).unwrap_or_default();
        let record: Record =
            serde_json::from_slice(text).map_err(|error| self.wrong(&format!("is no record: {error}")))?;
        *self.found.counts.entry(record.kind()).or_default() += 1;
        if let Record::File(FileRecord { path: Some(path), .. }) = record
            && self.has_files
        {
            self.found.paths.push(path);
        }
        Ok(())
    }

    fn no_end(&self) -> VerifyError {
        self.wrong("should end the export and does not: it was cut off or changed")
    }

    fn wrong(&self, words: &str) -> VerifyError {
        wrong(format!("line {} {words}", self.number.max(1)))
    }
}

fn changed(named: &str, found: &str) -> VerifyError {
    wrong(format!("it was changed: its SHA-256 should be {named} and is {found}"))
}
