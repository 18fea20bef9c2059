//! The records of an archive: what a person has, one after the other, each a JSON object with its `kind`.
//!
//! Names and values are those of the API, so that what reads one reads both. A record names others by their ids and stands after
//! those that it needs: a category before its memories, a memory before its versions, files and messages, a conversation before its
//! turns. Text is held as it is written: whoever reads a record checks it by making the entity of it.

mod account;
mod memo;
mod memory;

use serde::{Deserialize, Serialize};

pub use account::{AccountRecord, ContactRecord, SavedSearchRecord, SettingsRecord};
pub use memo::{AnswerRecord, ConversationRecord, FactRecord, SummaryRecord, TurnRecord};
pub use memory::{
    CategoryRecord, FileRecord, MediaRecord, MemoryFields, MemoryRecord, MessageRecord, ReminderRecord,
    VersionRecord,
};

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
