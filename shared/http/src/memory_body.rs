//! A memory as clients see it.

use app_domain::{
    MediaKind, MediaState, Memory, MemoryMedia, MemorySource, Privacy, Provenance, TranscriptState,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::MessageBody;

/// A memory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryBody {
    /// Its id, a UUIDv7.
    pub id: Uuid,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// What it holds: any JSON.
    pub content: Option<Value>,
    /// The category it is filed in.
    pub category_id: Option<Uuid>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What the client keeps beside it.
    #[schema(value_type = Map<String, Value>)]
    pub metadata: Map<String, Value>,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// `private`, `internal` if it is never sent to models of others, or `sealed` if only its owner can read its content.
    #[schema(value_type = String, example = "private")]
    pub privacy_level: Privacy,
    /// How it came in.
    #[schema(value_type = String, example = "web")]
    pub source: MemorySource,
    /// What exactly it was made from.
    pub provenance: ProvenanceBody,
    /// The media that came with the message that it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaBody>,
    /// How many messages are under it.
    pub message_count: u64,
    /// How often it has been written; also in the `ETag`.
    pub version: u64,
    /// When it was made; for a message, when it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: String,
    /// In lists only: the content is too large for a list and was left out. Read the memory itself for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub content_omitted: bool,
    /// In lists with `include=messages` only: the latest five messages, the newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageBody>>,
}

/// What exactly a memory was made from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProvenanceBody {
    /// The API key that saved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_id: Option<Uuid>,
    /// The message that it was, by its id at the messenger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

impl From<Provenance> for ProvenanceBody {
    fn from(provenance: Provenance) -> Self {
        let api_key_id = provenance.api_key_id.map(|id| id.as_uuid());
        Self { api_key_id, message_id: provenance.message_id }
    }
}

/// Media that came with a message. They become a file of the memory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaBody {
    /// `image`, `video`, `audio`, `voice`, `document` or `sticker`.
    #[schema(value_type = String, example = "image")]
    pub kind: MediaKind,
    /// `pending`, `stored` or `failed`. What has failed can be tried again.
    #[schema(value_type = String, example = "stored")]
    pub state: MediaState,
    /// What they are said to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What the sender calls them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The file, once they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<Uuid>,
    /// Why they could not be fetched or written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of recordings: `pending`, `done` or `failed`. What is said is among the memory's words once it is done.
    #[schema(value_type = Option<String>, example = "done")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<TranscriptState>,
}

impl From<MemoryMedia> for MediaBody {
    fn from(media: MemoryMedia) -> Self {
        Self {
            kind: media.kind,
            state: media.state,
            content_type: media.content_type,
            file_name: media.file_name,
            file_id: media.file.map(|id| id.as_uuid()),
            reason: media.reason,
            transcript: media.transcript,
        }
    }
}

/// The largest content that a list shows. A page of a hundred must fit in one answer of a function, 6 MB with escapes.
const LISTED_CONTENT_MAX_BYTES: usize = 16 * 1024;

impl From<Memory> for MemoryBody {
    fn from(memory: Memory) -> Self {
        Self {
            id: memory.id.as_uuid(),
            title: memory.title.map(|title| title.as_str().to_owned()),
            description: memory.description.map(|description| description.as_str().to_owned()),
            content: memory.content.map(|content| content.value().clone()),
            category_id: memory.category.map(|id| id.as_uuid()),
            tags: memory.tags.iter().map(str::to_owned).collect(),
            metadata: memory.metadata.members().clone(),
            is_favorite: memory.is_favorite,
            is_archived: memory.is_archived,
            privacy_level: memory.privacy,
            source: memory.source,
            provenance: memory.provenance.into(),
            media: memory.media.map(MediaBody::from),
            message_count: memory.messages.count,
            version: memory.version.get(),
            created_at: memory.created_at.to_string(),
            updated_at: memory.updated_at.to_string(),
            content_omitted: false,
            messages: None,
        }
    }
}

impl MemoryBody {
    /// The memory as a list shows it: without content that is too large.
    pub fn listed(memory: Memory) -> Self {
        Self::within(memory, LISTED_CONTENT_MAX_BYTES)
    }

    /// The memory without content that has more than so many bytes as JSON.
    pub fn within(memory: Memory, max_bytes: usize) -> Self {
        let mut body = Self::from(memory);
        let size = body.content.as_ref().map_or(0, |content| content.to_string().len());
        if size > max_bytes {
            body.content = None;
            body.content_omitted = true;
        }
        body
    }
}
