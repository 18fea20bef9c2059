//! The records of an archive: what a person has, one after the other, each a JSON object with its `kind`.
//!
//! Names and values are those of the API, so that what reads one reads both. A record names others by their ids and stands after
//! those that it needs: a category before its memories, a memory before its versions, files and messages, a conversation before its
//! turns. Text is held as it is written: whoever reads a record checks it by making the entity of it.

use app_domain::{
    AnswerState, CategoryId, Cited, ConversationId, FactId, FactSource, FactStatus, FileId, ForkOrigin,
    MediaKind, MediaState, MemoryId, MemorySource, MessageDelivery, MessageId, MessageStatus, MessageType,
    Privacy, Provenance, ReminderId, ReminderState, SavedSearchId, Timestamp, TokenUsage, TranscriptState,
    TurnAction, TurnId, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Record {
    /// The account. Never brought in: another account is another account.
    Account(AccountRecord),
    /// How the person wants Memo to be.
    Settings(SettingsRecord),
    /// A category.
    Category(CategoryRecord),
    /// A search that the person keeps.
    SavedSearch(SavedSearchRecord),
    /// A memory.
    Memory(MemoryRecord),
    /// An earlier version of the memory before it.
    Version(VersionRecord),
    /// A file, with the memory before it or with none.
    File(FileRecord),
    /// A message under a memory.
    Message(MessageRecord),
    /// A conversation with Memo.
    Conversation(ConversationRecord),
    /// Something said in the conversation before it.
    Turn(TurnRecord),
    /// Something that is known of the person.
    Fact(FactRecord),
    /// Something to be reminded of.
    Reminder(ReminderRecord),
    /// Somebody who writes to the person's own WhatsApp number. Never brought in: it belongs to the number.
    Contact(ContactRecord),
}

/// The account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRecord {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Its name for signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The person's first name.
    pub first_name: String,
    /// The person's last name.
    pub last_name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How the person wants Memo to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsRecord {
    /// Whether models of others may be asked.
    pub external_models: bool,
    /// Whether personal data are taken out of what they are asked.
    pub redaction: bool,
    /// Whether Memo asks before it writes.
    pub confirm_writes: bool,
    /// Whether Memo learns facts.
    pub extract_facts: bool,
    /// Categories that models of others never see.
    #[serde(default)]
    pub kept_categories: Vec<CategoryId>,
    /// The language of answers (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_language: Option<String>,
    /// What Memo is told beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

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

/// A search that the person keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearchRecord {
    /// Its id.
    pub id: SavedSearchId,
    /// Its name.
    pub name: String,
    /// What is searched, as the API takes it.
    pub search: Map<String, Value>,
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

/// A conversation with Memo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRecord {
    /// Its id.
    pub id: ConversationId,
    /// What it is called.
    pub title: String,
    /// The one memory that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<MemoryId>,
    /// The end of the branch that its owner looked at.
    #[serde(default)]
    pub leaf: Option<TurnId>,
    /// How many turns there are, on all branches.
    #[serde(default)]
    pub turns: u64,
    /// What was said long ago, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<SummaryRecord>,
    /// Where it was copied from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_from: Option<ForkOrigin>,
    /// When it began.
    pub created_at: Timestamp,
    /// When something was last said in it, or it was renamed.
    pub updated_at: Timestamp,
}

/// What was said up to a turn, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryRecord {
    /// The summary.
    pub text: String,
    /// The last turn that is in it.
    pub up_to: TurnId,
}

/// Something that was said in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnRecord {
    /// Its id.
    pub id: TurnId,
    /// Where it was said.
    pub conversation_id: ConversationId,
    /// What it follows; nothing at the beginning.
    #[serde(default)]
    pub parent_id: Option<TurnId>,
    /// When it was said.
    pub created_at: Timestamp,
    /// What the person asked, if the person spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What Memo answered, if Memo spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerRecord>,
}

/// What Memo answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerRecord {
    /// How far it came.
    pub state: AnswerState,
    /// The words.
    pub text: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Cited>,
    /// How certain it is, from 0 to 1.
    #[serde(default)]
    pub confidence: f32,
    /// What could be asked next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// Which model it is from.
    #[serde(default)]
    pub model: String,
    /// What it took.
    #[serde(default)]
    pub usage: TokenUsage,
    /// How long it took.
    #[serde(default)]
    pub milliseconds: u64,
    /// What Memo did, or proposed to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<TurnAction>,
    /// Why it ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<app_domain::AnswerFailure>,
}

/// Something that is known of the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactRecord {
    /// Its id.
    pub id: FactId,
    /// It, as a sentence.
    pub statement: String,
    /// Who or what it is about.
    pub subject: String,
    /// What of it.
    pub attribute: String,
    /// What that is.
    pub value: String,
    /// How certain it is, from 0 to 1.
    pub certainty: f32,
    /// Where it was said.
    #[serde(default)]
    pub sources: Vec<FactSource>,
    /// Whether it counts.
    pub status: FactStatus,
    /// Since when it is so.
    pub valid_from: Timestamp,
    /// Until when it was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// How often it was said.
    pub seen: u32,
    /// When the person decided on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// How often it has been written.
    pub version: u64,
    /// When it was found.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
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

/// Somebody who writes to the person's own WhatsApp number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactRecord {
    /// The contact's id.
    pub id: String,
    /// Their phone number, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The name that they show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What becomes of what they write: `save` or `ignore`.
    pub rule: String,
    /// Where it is filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// How many messages of theirs became memories.
    pub saved_count: u64,
    /// When they first wrote.
    pub first_at: Timestamp,
    /// When they last wrote.
    pub last_at: Timestamp,
}
