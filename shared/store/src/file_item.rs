//! A file as it is stored: what is computed with in the clear, its name sealed.

use std::sync::Arc;

use app_domain::{
    Attachment, Checksum, ContentType, File, FileId, FileName, FileStatus, MemoryId, MessageId, Sealing,
    StoreError, Timestamp, Upload, UserId, Version,
};
use serde::{Deserialize, Serialize};

use crate::table::corrupt;

/// A file's attributes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileItem {
    id: FileId,
    owner: UserId,
    content_type: ContentType,
    size_bytes: u64,
    upload: Upload,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<Checksum>,
    status: FileStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejection: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_id: Option<MemoryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<MessageId>,
    version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    #[serde(with = "serde_bytes")]
    sealed: Vec<u8>,
}

/// What is sealed of a file.
#[derive(Serialize, Deserialize)]
struct Written {
    name: FileName,
}

/// Turns files into items and back.
#[derive(Clone)]
pub(crate) struct FileItems(Arc<dyn Sealing>);

impl FileItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn item(&self, file: &File) -> Result<FileItem, StoreError> {
        let written = serde_json::to_vec(&Written { name: file.name.clone() }).map_err(corrupt)?;
        let sealed = self.0.seal(file.owner, &record(file.id), &written).await?;
        let forgotten_at = file.updated_at.plus(File::REJECTED_KEPT_FOR).as_seconds();
        Ok(FileItem {
            id: file.id,
            owner: file.owner,
            content_type: file.content_type.clone(),
            size_bytes: file.size_bytes,
            upload: file.upload.clone(),
            checksum: file.checksum.clone(),
            status: file.status,
            rejection: file.rejection.clone(),
            memory_id: file.attached.map(|attached| attached.memory),
            message_id: file.attached.and_then(|attached| attached.message),
            version: file.version,
            created_at: file.created_at,
            updated_at: file.updated_at,
            ttl: (file.status == FileStatus::Rejected).then_some(forgotten_at),
            sealed,
        })
    }

    pub(crate) async fn file(&self, item: FileItem) -> Result<File, StoreError> {
        let written = self.0.open(item.owner, &record(item.id), &item.sealed).await?;
        let written: Written = serde_json::from_slice(&written).map_err(corrupt)?;
        let message = item.message_id;
        Ok(File {
            id: item.id,
            owner: item.owner,
            name: written.name,
            content_type: item.content_type,
            size_bytes: item.size_bytes,
            upload: item.upload,
            checksum: item.checksum,
            status: item.status,
            rejection: item.rejection,
            attached: item.memory_id.map(|memory| Attachment { memory, message }),
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }

    pub(crate) async fn files(&self, items: Vec<FileItem>) -> Result<Vec<File>, StoreError> {
        let mut files = Vec::with_capacity(items.len());
        for item in items {
            files.push(self.file(item).await?);
        }
        Ok(files)
    }
}

/// The name under which a file is sealed.
fn record(id: FileId) -> String {
    format!("file/{id}")
}
