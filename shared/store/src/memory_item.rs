//! A memory as it is stored: what lists sort and filter by in the clear, what people write sealed.

use std::sync::Arc;

use app_domain::{
    CategoryId, Content, Description, Memory, MemoryId, MemoryMedia, MemorySource, MemoryTitle, MessageId,
    MessageSummary, Metadata, Privacy, Provenance, Sealing, StoreError, Tags, Timestamp, UserId, Version,
};
use serde::{Deserialize, Serialize};

use crate::table::corrupt;

/// The attributes that a memory may lack, for writes that must remove them.
pub(crate) const OPTIONAL: [&str; 5] = ["title", "categoryId", "tags", "provenance", "fingerprint"];

/// A memory's own attributes, which are also those of its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemoryItem {
    pub(crate) id: MemoryId,
    pub(crate) owner: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<MemoryTitle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_id: Option<CategoryId>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    is_favorite: bool,
    is_archived: bool,
    pub(crate) privacy: Privacy,
    source: MemorySource,
    #[serde(default, skip_serializing_if = "Provenance::is_empty")]
    provenance: Provenance,
    pub(crate) version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// By which memories of the same words are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<String>,
    /// Which earlier versions are kept, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) kept_versions: Vec<Version>,
    #[serde(with = "serde_bytes")]
    pub(crate) sealed: Vec<u8>,
}

impl MemoryItem {
    /// The same, with these earlier versions kept.
    #[must_use]
    pub(crate) fn keeping(self, kept_versions: Vec<Version>) -> Self {
        Self { kept_versions, ..self }
    }
}

/// What its messages add to a memory. Messages write it, changes of the memory leave it alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageItem {
    #[serde(default)]
    pub(crate) message_count: u64,
    #[serde(default)]
    pub(crate) recent_messages: Vec<MessageId>,
}

impl From<MessageItem> for MessageSummary {
    fn from(item: MessageItem) -> Self {
        Self { count: item.message_count, recent: item.recent_messages }
    }
}

/// A memory with what its messages add to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WholeItem {
    #[serde(flatten)]
    pub(crate) item: MemoryItem,
    #[serde(flatten)]
    pub(crate) messages: MessageItem,
}

/// What is sealed of a memory. Content and metadata are any JSON; media have names that people gave them.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media: Option<MemoryMedia>,
}

/// Turns memories into items and back.
#[derive(Clone)]
pub(crate) struct Items(Arc<dyn Sealing>);

impl Items {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    /// What seals them.
    pub(crate) fn sealing(&self) -> &dyn Sealing {
        self.0.as_ref()
    }

    pub(crate) async fn item(&self, memory: &Memory) -> Result<MemoryItem, StoreError> {
        let written = Written {
            description: memory.description.clone(),
            content: memory.content.clone(),
            metadata: memory.metadata.clone(),
            media: memory.media.clone(),
        };
        let written = serde_json::to_vec(&written).map_err(corrupt)?;
        let sealed = self.0.seal(memory.owner, &record(memory.id), &written).await?;
        let fingerprint = match memory.gist() {
            Some(gist) => Some(self.0.fingerprint(memory.owner, &gist).await?),
            None => None,
        };
        Ok(MemoryItem {
            id: memory.id,
            owner: memory.owner,
            title: memory.title.clone(),
            category_id: memory.category,
            tags: memory.tags.clone(),
            is_favorite: memory.is_favorite,
            is_archived: memory.is_archived,
            privacy: memory.privacy,
            source: memory.source,
            provenance: memory.provenance.clone(),
            version: memory.version,
            created_at: memory.created_at,
            updated_at: memory.updated_at,
            fingerprint,
            kept_versions: Vec::new(),
            sealed,
        })
    }

    pub(crate) async fn memory(
        &self,
        item: MemoryItem,
        messages: MessageSummary,
    ) -> Result<Memory, StoreError> {
        let written = self.0.open(item.owner, &record(item.id), &item.sealed).await?;
        let written: Written = serde_json::from_slice(&written).map_err(corrupt)?;
        Ok(Memory {
            id: item.id,
            owner: item.owner,
            title: item.title,
            description: written.description,
            content: written.content,
            category: item.category_id,
            tags: item.tags,
            metadata: written.metadata,
            is_favorite: item.is_favorite,
            is_archived: item.is_archived,
            privacy: item.privacy,
            source: item.source,
            provenance: item.provenance,
            media: written.media,
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
            messages,
        })
    }

    pub(crate) async fn whole(&self, whole: WholeItem) -> Result<Memory, StoreError> {
        self.memory(whole.item, whole.messages.into()).await
    }
}

/// The name under which a memory is sealed, whichever of its versions.
fn record(id: MemoryId) -> String {
    format!("memory/{id}")
}
