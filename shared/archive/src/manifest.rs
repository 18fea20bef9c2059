//! What stands at the beginning and at the end of an archive: whose it is, what was asked for, what it holds.

use app_domain::{ExportSpec, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Counts, Kind};

/// The name of the format, in every header and manifest.
pub const FORMAT: &str = "memory-app-export";
/// Its version. One that adds members or kinds keeps it: readers leave out what they do not know.
pub const VERSION: u32 = 2;
/// The entry of an archive with the checksums of the others.
pub const SUMS: &str = "SHA256SUMS";
/// The entry of an archive with its manifest.
pub const MANIFEST: &str = "manifest.json";

/// What is known of an archive before anything is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// When the export began: what was made later is not in it.
    pub exported_at: Timestamp,
    /// Whose it is.
    pub account: UserId,
    /// What was asked for.
    pub spec: ExportSpec,
}

/// What is known of an archive when all records are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// How many records there are of each kind.
    pub counts: Counts,
    /// How many files have a record and no bytes, because these could not be found.
    pub missing_files: u64,
    /// What could not be read.
    #[serde(flatten)]
    pub unreadable: Unreadables,
}

/// What was there when an archive was made, and could not be read: it is not in it, or not as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unreadables {
    /// How many.
    #[serde(default, rename = "unreadableCount", skip_serializing_if = "is_zero")]
    pub count: u64,
    /// The first of them.
    #[serde(default, rename = "unreadable", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Unreadable>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unreadable {
    /// What kind of record it would be.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

impl Unreadables {
    /// The most that are named.
    pub const NAMED: usize = 100;

    /// Counts one more, unless it is named already: some things are come to twice.
    pub fn add(&mut self, kind: Kind, id: String) {
        let item = Unreadable { kind, id };
        if self.items.contains(&item) {
            return;
        }
        self.count += 1;
        if self.items.len() < Self::NAMED {
            self.items.push(item);
        }
    }

    /// Whether everything could be read.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the count fits what is named.
    pub(crate) fn is_sound(&self) -> bool {
        self.items.len() as u64 == self.count.min(Self::NAMED as u64)
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The first line of a file in `json` or `jsonl`, as far as both have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The rest of it.
    #[serde(flatten)]
    pub head: Head,
}

impl Header {
    /// Of an archive that is written now.
    pub fn of(head: &Head) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, head: head.clone() }
    }

    /// Whether it is of the format and the version that are written now.
    pub fn is_ours(&self) -> bool {
        self.format == FORMAT && self.version == VERSION
    }
}

/// The end of a file in `json` or `jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// How many records there are of each kind.
    pub counts: Counts,
    /// What could not be read; absent if there is nothing.
    #[serde(flatten)]
    pub unreadable: Unreadables,
    /// The SHA-256 of every byte before the line that this is in, in hexadecimal.
    pub sha256: String,
}

impl Footer {
    /// Of what was written, with the SHA-256 of that.
    pub(crate) fn of(totals: &Totals, sha256: String) -> Self {
        Self { counts: totals.counts.clone(), unreadable: totals.unreadable.clone(), sha256 }
    }
}

/// The first and the last line of `jsonl`, which have a kind as records have.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Frame {
    Header(Box<Header>),
    Manifest(Footer),
}

/// `manifest.json`, the last entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// What the archive began with.
    #[serde(flatten)]
    pub header: Header,
    /// How many records there are of each kind.
    pub counts: Counts,
    /// How many files have a record and no bytes.
    pub missing_files: u64,
    /// What could not be read; absent if there is nothing.
    #[serde(flatten)]
    pub unreadable: Unreadables,
    /// Of all other entries.
    pub checksums: Checksums,
}

/// Where the checksums of an archive are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// The entry with a line for every other entry but the manifest.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// How many lines it has.
    pub entries: u64,
}
