//! A manifest as a file: JSON with a line for the head and one for each entry. The last line has the SHA-256 of every byte before it, so that
//! `head -n -1 F | sha256sum` verifies it.

use std::borrow::Cow;

use app_archive::{Counts, Unreadable, Unreadables};
use app_domain::{BackupFormat, BackupId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::manifest::wrong;
use crate::{FileEntry, Manifest, ManifestError, PackEntry, Previous, Sum};

/// The name of the format.
const FORMAT: &str = "memory-app-backup";
/// Its version. One that adds members keeps it: readers leave out what they do not know.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    format: Cow<'a, str>,
    version: u32,
    id: BackupId,
    account: UserId,
    at: Timestamp,
    previous: Option<Previous>,
    settings: Settings<'a>,
    counts: Cow<'a, Counts>,
    missing_files: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable_count: u64,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    unreadable: Cow<'a, [Unreadable]>,
    /// Written line by line.
    #[serde(skip_serializing)]
    packs: Vec<PackEntry>,
    /// Likewise.
    #[serde(skip_serializing)]
    files: Vec<FileEntry>,
}

#[derive(Serialize, Deserialize)]
struct Settings<'a> {
    format: BackupFormat,
    recipient: Option<Cow<'a, str>>,
}

/// As much as tells whether the rest can be read.
#[derive(Deserialize)]
struct Kind {
    format: String,
    version: u32,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

pub(crate) fn write(manifest: &Manifest) -> Result<Vec<u8>, serde_json::Error> {
    let head = serde_json::to_string(&File {
        format: Cow::Borrowed(FORMAT),
        version: VERSION,
        id: manifest.id,
        account: manifest.account,
        at: manifest.at,
        previous: manifest.previous,
        settings: Settings {
            format: manifest.format,
            recipient: manifest.recipient.as_deref().map(Cow::Borrowed),
        },
        counts: Cow::Borrowed(&manifest.counts),
        missing_files: manifest.missing_files,
        unreadable_count: manifest.unreadable.count,
        unreadable: Cow::Borrowed(&manifest.unreadable.items),
        packs: Vec::new(),
        files: Vec::new(),
    })?;
    // The object goes on where the head ends.
    let mut out = head.strip_suffix('}').unwrap_or(&head).as_bytes().to_vec();
    out.extend_from_slice(br#","packs":["#);
    lines(&mut out, &manifest.packs)?;
    out.extend_from_slice(br#"],"files":["#);
    lines(&mut out, &manifest.files)?;
    let sha256 = Sum::of(&out);
    out.extend_from_slice(format!("],\"sha256\":\"{sha256}\"}}\n").as_bytes());
    Ok(out)
}

fn lines<T: Serialize>(out: &mut Vec<u8>, entries: &[T]) -> Result<(), serde_json::Error> {
    for (place, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut *out, entry)?;
    }
    out.push(b'\n');
    Ok(())
}

pub(crate) fn read(bytes: &[u8]) -> Result<Manifest, ManifestError> {
    if bytes.len() as u64 > Manifest::MAX_BYTES {
        return Err(ManifestError::TooLarge);
    }
    let text = bytes.strip_suffix(b"\n").ok_or(ManifestError::Cut)?;
    let begin = text.iter().rposition(|b| *b == b'\n').map(|end| end + 1).ok_or(ManifestError::Cut)?;
    let (before, last) = text.split_at(begin);
    let sha256 = last.strip_prefix(br#"],"sha256":""#).and_then(|rest| rest.strip_suffix(br#""}"#));
    let sha256 = sha256.and_then(|hex| str::from_utf8(hex).ok()?.parse::<Sum>().ok());
    if Sum::of(before) != sha256.ok_or(ManifestError::Cut)? {
        return Err(ManifestError::Changed);
    }
    let kind: Kind = serde_json::from_slice(text).map_err(|_| ManifestError::Unknown)?;
    if (kind.format.as_str(), kind.version) != (FORMAT, VERSION) {
        return Err(ManifestError::Unknown);
    }
    let file: File<'_> = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
    Ok(Manifest {
        id: file.id,
        account: file.account,
        at: file.at,
        previous: file.previous,
        format: file.settings.format,
        recipient: file.settings.recipient.map(Cow::into_owned),
        counts: file.counts.into_owned(),
        missing_files: file.missing_files,
        unreadable: Unreadables { count: file.unreadable_count, items: file.unreadable.into_owned() },
        packs: file.packs,
        files: file.files,
    })
}
