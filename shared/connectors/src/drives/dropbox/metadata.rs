//! What Dropbox tells of files, and of the account.

use app_domain::Timestamp;
use serde::Deserialize;

use super::super::{DriveChange, DriveFile};

/// What is told of a file, a folder, or of what is gone.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    /// Left out where it can only be a file.
    #[serde(rename = ".tag")]
    tag: Option<String>,
    id: Option<String>,
    path_display: Option<String>,
    path_lower: Option<String>,
    size: Option<u64>,
    rev: Option<String>,
    content_hash: Option<String>,
    server_modified: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entries {
    pub(super) entries: Vec<Metadata>,
    pub(super) cursor: String,
    pub(super) has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) account_id: String,
    #[serde(default)]
    pub(super) email: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Space {
    pub(super) used: u64,
    pub(super) allocation: Allocation,
}

/// A person's own, or that of a team, which then counts what all of them use.
#[derive(Debug, Deserialize)]
pub(super) struct Allocation {
    pub(super) used: Option<u64>,
    pub(super) allocated: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Begun {
    pub(super) session_id: String,
}

impl Metadata {
    /// The file, if it is one.
    pub(super) fn file(self) -> Option<DriveFile> {
        let path = self.path()?;
        if self.tag.as_deref().is_some_and(|tag| tag != "file") {
            return None;
        }
        Some(DriveFile {
            id: self.id?,
            path,
            size_bytes: self.size?,
            hash: self.content_hash,
            revision: self.rev?,
            modified_at: self.server_modified.and_then(|at| at.parse().ok()).unwrap_or(Timestamp::MIN),
        })
    }

    /// What has changed, if it is not that there is a folder.
    pub(super) fn change(self) -> Option<DriveChange> {
        if self.tag.as_deref() == Some("deleted") {
            return Some(DriveChange::Gone { id: None, path: Some(self.path()?) });
        }
        self.file().map(DriveChange::File)
    }

    /// Without the slash at its beginning.
    fn path(&self) -> Option<String> {
        let path = self.path_display.as_deref().or(self.path_lower.as_deref())?;
        Some(path.trim_start_matches('/').to_owned())
    }
}
