//! What Google answers, as far as it is read. Everything can be missing, and there can be more.

use std::collections::HashMap;

use app_domain::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::drives::DriveFile;

/// What is asked for of a file.
pub(super) const FILE_FIELDS: &str = "id,name,mimeType,parents,size,sha256Checksum,headRevisionId,createdTime,modifiedTime,trashed,appProperties";
/// What folders are.
pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";

/// A file or a folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) mime_type: String,
    #[serde(default)]
    pub(super) parents: Vec<String>,
    #[serde(default, deserialize_with = "number")]
    pub(super) size: Option<u64>,
    pub(super) sha256_checksum: Option<String>,
    pub(super) head_revision_id: Option<String>,
    pub(super) created_time: Option<Timestamp>,
    pub(super) modified_time: Option<Timestamp>,
    #[serde(default)]
    pub(super) trashed: bool,
    #[serde(default)]
    pub(super) app_properties: HashMap<String, String>,
}

impl File {
    /// Whether it has bytes. Documents of Google's own have none, nor have links.
    pub(super) fn has_bytes(&self) -> bool {
        !self.mime_type.starts_with("application/vnd.google-apps.")
    }

    /// What of two with one path comes first: whoever was there first.
    pub(super) fn age(&self) -> (Timestamp, &str) {
        (self.created_time.unwrap_or(Timestamp::MAX), &self.id)
    }

    /// As a file of ours.
    pub(super) fn at(self, path: String) -> DriveFile {
        DriveFile {
            id: self.id,
            path,
            size_bytes: self.size.unwrap_or(0),
            hash: self.sha256_checksum.map(|hash| hash.to_ascii_lowercase()),
            revision: self.head_revision_id.unwrap_or_default(),
            modified_at: self.modified_time.unwrap_or(Timestamp::MIN),
        }
    }
}

/// A page of files.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileList {
    #[serde(default)]
    pub(super) files: Vec<File>,
    pub(super) next_page_token: Option<String>,
}

/// A page of changes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangeList {
    #[serde(default)]
    pub(super) changes: Vec<Change>,
    pub(super) next_page_token: Option<String>,
    pub(super) new_start_page_token: Option<String>,
}

/// What has happened to a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    /// Missing of what is no file.
    pub(super) file_id: Option<String>,
    #[serde(default)]
    pub(super) removed: bool,
    pub(super) file: Option<File>,
}

/// Where the feed begins.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartPageToken {
    pub(super) start_page_token: String,
}

/// Ids to make files with.
#[derive(Debug, Deserialize)]
pub(super) struct GeneratedIds {
    pub(super) ids: Vec<String>,
}

/// Whose drive it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    pub(super) user: User,
    pub(super) storage_quota: StorageQuota,
}

/// A person.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    #[serde(default)]
    pub(super) permission_id: String,
    pub(super) email_address: Option<String>,
    pub(super) display_name: Option<String>,
}

/// How much room there is.
#[derive(Debug, Deserialize)]
pub(super) struct StorageQuota {
    #[serde(default, deserialize_with = "number")]
    pub(super) limit: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub(super) usage: Option<u64>,
}

/// Numbers of 64 bits come as text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    })
}
