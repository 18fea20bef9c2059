//! Files in an archive: which there are to be, and whether their bytes are compressed there.

use app_archive::{FileRecord, Record, redacted};
use app_domain::{ContentType, ExportOptions, File, FileId, FileName, Timestamp};
use serde::{Deserialize, Serialize};

/// A file whose bytes are to be written into the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Packed {
    /// Which.
    pub id: FileId,
    /// The name of the entry.
    pub path: String,
    /// How many they are.
    pub size_bytes: u64,
    /// Whether it would be no smaller compressed.
    pub is_dense: bool,
    /// When it was made.
    pub at: Timestamp,
    /// Whether it may have been elsewhere when the export began, and have been given there.
    #[serde(skip)]
    pub is_changed: bool,
}

/// The record of a file, and what is to be written of it.
pub(crate) fn packed(file: &File, options: &ExportOptions, began: Timestamp) -> (Record, Option<Packed>) {
    if !options.files {
        return (Record::File(FileRecord::of(file, None)), None);
    }
    let path = path(file, options);
    let packed = Packed {
        id: file.id,
        path: path.clone(),
        size_bytes: file.size_bytes,
        is_dense: is_dense(&file.content_type),
        at: file.created_at,
        is_changed: file.updated_at > began,
    };
    (Record::File(FileRecord::of(file, Some(path))), Some(packed))
}

/// Where the bytes are in the archive, by the name that the record shows.
fn path(file: &File, options: &ExportOptions) -> String {
    let record = Record::File(FileRecord::of(file, None));
    let shown = match options.redact_contacts {
        true => redacted(record),
        false => record,
    };
    let name = match shown {
        Record::File(shown) => FileName::parse(&shown.name).unwrap_or_else(|_| file.name.clone()),
        _ => file.name.clone(),
    };
    FileRecord::path_of(&File { name, ..file.clone() })
}

/// Whether bytes of a type are compressed already. Others are text, or formats that hold numbers as they are.
fn is_dense(content_type: &ContentType) -> bool {
    let name = content_type.to_string();
    let name = name.split(';').next().unwrap_or_default().trim();
    match name.split_once('/') {
        Some(("image", kind)) => !matches!(kind, "svg+xml" | "bmp" | "tiff" | "x-icon"),
        Some(("audio", kind)) => !matches!(kind, "wav" | "x-wav" | "vnd.wave" | "aiff" | "x-aiff" | "midi"),
        Some(("video", _)) => true,
        Some(("application", kind)) => {
            kind.starts_with("vnd.openxmlformats")
                || kind.starts_with("vnd.oasis")
                || matches!(
                    kind,
                    "zip" | "gzip" | "x-gzip" | "pdf" | "epub+zip" | "x-7z-compressed" | "vnd.rar" | "zstd"
                )
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_already_is_known_by_its_type() {
        let is_dense = |name: &str| is_dense(&ContentType::parse(name).unwrap());
        for dense in ["image/jpeg", "video/mp4", "audio/ogg", "application/pdf", "application/zip"] {
            assert!(is_dense(dense), "{dense}");
        }
        for loose in
            ["text/plain; charset=utf-8", "image/svg+xml", "audio/wav", "application/json", "image/bmp"]
        {
            assert!(!is_dense(loose), "{loose}");
        }
    }
}
