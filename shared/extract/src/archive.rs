//! Files that are ZIP archives of parts.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::Reading;
use crate::error::{ExtractError, Flow, Stop};

/// What old Office files begin with, and new ones that are encrypted: those are put into an old one.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The parts of a file, by name.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Flow<Self> {
        if bytes.starts_with(COMPOUND_FILE) {
            let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let is_encrypted = memchr::memmem::find(bytes, &name).is_some();
            return Err(if is_encrypted {
                Stop::Failed(ExtractError::Encrypted)
            } else {
                Stop::broken("it is an old Office file")
            });
        }
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(zip) => Ok(Self { zip }),
            Err(_) => Err(Stop::broken("it is not a ZIP archive")),
        }
    }

    /// Names of the parts that a format is looking for, in the order of the numbers in them.
    pub(crate) fn names(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self
            .zip
            .file_names()
            .flatten()
            .filter(|name| is_wanted(name))
            .map(|name| name.into_owned())
            .collect();
        names.sort_by_cached_key(|name| (number(name), name.clone()));
        names
    }

    /// The bytes of a part, or as many as may still be read. None, if there is no such part.
    pub(crate) fn part(&mut self, reading: &mut Reading, name: &str) -> Flow<Option<Vec<u8>>> {
        reading.budget.step()?;
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Stop::Failed(ExtractError::Encrypted));
            }
            Err(_) => return Ok(None),
        };
        let left = reading.budget.left_bytes();
        if left == 0 {
            return Err(reading.budget.exhausted());
        }
        let mut bytes = Vec::new();
        // A part that breaks off, or does not match its checksum, is good as far as it goes. The sizes that it claims are not believed.
        let _ = part.take(left as u64 + 1).read_to_end(&mut bytes);
        let length = reading.budget.affordable(&bytes).len();
        bytes.truncate(length);
        Ok(Some(bytes))
    }
}

/// The first number in the last part of a name: `slides/slide12.xml` is behind `slides/slide2.xml`.
fn number(name: &str) -> u64 {
    let file = name.rsplit('/').next().unwrap_or(name);
    let digits = file.trim_start_matches(|char: char| !char.is_ascii_digit());
    let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}
