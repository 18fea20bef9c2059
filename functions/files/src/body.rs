//! A file, and links to its bytes, as clients see them.

use std::collections::BTreeMap;

use app_domain::{Checksum, File, FileUsage};
use app_http::etag;
use app_store::FileLink;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// What it is called.
    filename: String,
    /// What it is: as it was said to be, until it is ready and has been looked at.
    #[schema(example = "image/jpeg")]
    content_type: String,
    /// Its size.
    size_bytes: u64,
    /// When ready: what its bytes have been checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<ChecksumBody>,
    /// `uploading`, `ready`, or `rejected` if its bytes were not what they were said to be.
    #[schema(example = "ready")]
    status: &'static str,
    /// When rejected: why. A rejected file is forgotten after a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<String>,
    /// The memory that it is with.
    memory_id: Option<Uuid>,
    /// The message of that memory that it came with, if it did, and the message is not deleted.
    message_id: Option<Uuid>,
    /// How often it has been written; also in the `ETag`.
    version: u64,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// A checksum of a whole file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChecksumBody {
    /// `SHA-256`.
    algorithm: &'static str,
    /// In base64. For a file that came in parts: the SHA-256 of the parts' SHA-256s, a hyphen, and how many there were.
    #[schema(example = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    value: String,
    /// How many parts it is composed of; absent if it is the SHA-256 of the file itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<u32>,
}

impl From<Checksum> for ChecksumBody {
    fn from(checksum: Checksum) -> Self {
        Self { algorithm: "SHA-256", value: checksum.as_str().to_owned(), parts: checksum.parts() }
    }
}

impl From<File> for FileBody {
    fn from(file: File) -> Self {
        Self {
            id: file.id.as_uuid(),
            filename: file.name.as_str().to_owned(),
            content_type: file.content_type.to_string(),
            size_bytes: file.size_bytes,
            checksum: file.checksum.map(ChecksumBody::from),
            status: file.status.as_str(),
            rejection: file.rejection,
            memory_id: file.attached.map(|attached| attached.memory.as_uuid()),
            message_id: file.attached.and_then(|attached| attached.message).map(|message| message.as_uuid()),
            version: file.version.get(),
            created_at: file.created_at.to_string(),
            updated_at: file.updated_at.to_string(),
        }
    }
}

/// The answer that holds one file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneFile {
    file: FileBody,
}

/// The answer that holds one file, with its version in the `ETag`.
pub(crate) fn one_file(file: File) -> Response {
    (etag(file.version), Json(OneFile { file: file.into() })).into_response()
}

/// How much a person stores: every file that is ready or on its way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageBody {
    /// Bytes of all files together.
    bytes: u64,
    /// How many files.
    count: u64,
    /// The most bytes of all files together.
    quota_bytes: u64,
}

impl UsageBody {
    pub(crate) fn new(usage: FileUsage, quota_bytes: u64) -> Self {
        Self { bytes: usage.bytes, count: usage.count, quota_bytes }
    }
}

/// Where to `PUT` bytes. The link is signed for exactly these headers and works without a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadLinkBody {
    /// The address.
    url: String,
    /// The headers to send, exactly so. Browsers set `content-length` by themselves.
    headers: BTreeMap<String, String>,
    /// When the link stops working.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

impl From<FileLink> for UploadLinkBody {
    fn from(link: FileLink) -> Self {
        Self {
            url: link.url,
            headers: link.headers.into_iter().collect(),
            expires_at: link.expires_at.to_string(),
        }
    }
}
