//! Memories, and what is with them.

use app_domain::{
    CategoryId, FileId, MediaKind, MediaState, MemoryId, MemorySource, MessageDelivery, MessageId,
    MessageStatus, MessageType, Privacy, Provenance, ReminderId, ReminderState, Timestamp, TranscriptState,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryRecord {
    /// Its id.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
    /// What belongs into it.
    #[serde(default)]
    pub description: Option<String>,
    /// What to show beside the name.
    #[serde(default)]
    pub icon: Option<String>,
    /// In which colour.
    #[serde(default)]
    pub color: Option<String>,
    /// Whether it was made for the person.
    #[serde(default)]
    pub is_default: bool,
    /// Its place in lists.
    #[serde(default)]
    pub sort_order: i32,
    /// How often it has been written.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a memory and its versions have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryFields {
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// Its description.
    #[serde(default)]
    pub description: Option<String>,
    /// What it holds: any JSON.
    #[serde(default)]
    pub content: Option<Value>,
    /// Where it is filed.
    #[serde(default)]
    pub category_id: Option<CategoryId>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What the client keeps beside it; empty if metadata are left out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Whether it is a favourite.
    #[serde(default)]
    pub is_favorite: bool,
    /// Whether it is archived.
    #[serde(default)]
    pub is_archived: bool,
    /// Who can read it.
    #[serde(default)]
    pub privacy_level: Privacy,
    /// How it came in.
    pub source: MemorySource,
    /// What it was made from.
    #[serde(default, skip_serializing_if = "Provenance::is_empty")]
    pub provenance: Provenance,
    /// The media that came with the message that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaRecord>,
    /// How often it has been written.
    pub version: u64,
    /// When it was made; for a message, when it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryRecord {
    /// Its id.
    pub id: MemoryId,
    /// The rest of it.
    #[serde(flatten)]
    pub fields: MemoryFields,
    /// How many messages are under it, wherever they are.
    #[serde(default)]
    pub message_count: u64,
}

/// What a memory was before a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionRecord {
    /// The memory.
    pub memory_id: MemoryId,
    /// What it was.
    #[serde(flatten)]
    pub fields: MemoryFields,
}

/// The media that came with a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaRecord {
    /// What kind.
    pub kind: MediaKind,
    /// How far they had come.
    pub state: MediaState,
    /// What they are said to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What the sender called them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<FileId>,
    /// Why they could not be fetched or written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far writing down had come, where something is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<TranscriptState>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileRecord {
    /// Its id.
    pub id: FileId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub content_type: String,
    /// Its size.
    pub size_bytes: u64,
    /// The memory that it is with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_id: Option<MemoryId>,
    /// The message that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// Where its bytes are in the archive; absent if they are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A message under a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageRecord {
    /// Its id.
    pub id: MessageId,
    /// The memory that it is under.
    pub memory_id: MemoryId,
    /// The message that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<MessageId>,
    /// What it says; nothing if it was deleted and only holds the place of its replies.
    #[serde(default)]
    pub content: Option<String>,
    /// What kind it is.
    #[serde(default)]
    pub message_type: MessageType,
    /// The files that come with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FileId>,
    /// What the client keeps beside it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Whether Memo, or another assistant, wrote it.
    #[serde(default)]
    pub is_ai_generated: bool,
    /// How far it has come.
    #[serde(default)]
    pub status: MessageStatus,
    /// How far it has come on its way to a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<MessageDelivery>,
    /// How often it has been written.
    pub version: u64,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When what it says was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
}

/// Something to be reminded of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReminderRecord {
    /// Its id.
    pub id: ReminderId,
    /// The memory that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_id: Option<MemoryId>,
    /// What it says.
    pub text: String,
    /// When it is due.
    pub at: Timestamp,
    /// Whether it was sent.
    pub state: ReminderState,
    /// When it was set.
    pub created_at: Timestamp,
}
