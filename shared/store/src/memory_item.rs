//! A memory as it is stored.

use app_domain::{
    Content, Description, Memory, MemoryId, MemorySource, MemoryTitle, Metadata, StoreError, Tags, Timestamp,
    UserId, Version,
};
use serde::{Deserialize, Serialize};

use crate::table::corrupt;

/// Content and metadata are JSON text: DynamoDB's own nesting ends at 32 levels, and its numbers are not JSON's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemoryItem {
    id: MemoryId,
    owner: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<MemoryTitle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    #[serde(default)]
    is_favorite: bool,
    #[serde(default)]
    is_archived: bool,
    source: MemorySource,
    version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl MemoryItem {
    pub(crate) fn new(memory: &Memory) -> Result<Self, StoreError> {
        let content = memory.content.as_ref().map(serde_json::to_string).transpose().map_err(corrupt)?;
        let metadata = Some(&memory.metadata).filter(|metadata| !metadata.members().is_empty());
        Ok(Self {
            id: memory.id,
            owner: memory.owner,
            title: memory.title.clone(),
            description: memory.description.clone(),
            content,
            tags: memory.tags.clone(),
            metadata: metadata.map(serde_json::to_string).transpose().map_err(corrupt)?,
            is_favorite: memory.is_favorite,
            is_archived: memory.is_archived,
            source: memory.source,
            version: memory.version,
            created_at: memory.created_at,
            updated_at: memory.updated_at,
        })
    }

    pub(crate) fn into_memory(self) -> Result<Memory, StoreError> {
        let content: Option<Content> =
            self.content.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?;
        let metadata: Option<Metadata> =
            self.metadata.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?;
        Ok(Memory {
            id: self.id,
            owner: self.owner,
            title: self.title,
            description: self.description,
            content,
            tags: self.tags,
            metadata: metadata.unwrap_or_default(),
            is_favorite: self.is_favorite,
            is_archived: self.is_archived,
            source: self.source,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
