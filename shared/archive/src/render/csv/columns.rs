//! What the tables are called, their columns, and the values of a record in them. Names are those of the API; lists and JSON are written as JSON.

use serde::Serialize;
use serde_json::Value;

use crate::json_text::line;
use crate::{Kind, Record};

/// The name of a kind's table.
pub(super) fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "account.csv",
        Kind::Settings => "settings.csv",
        Kind::Category => "categories.csv",
        Kind::SavedSearch => "saved-searches.csv",
        Kind::Fact => "facts.csv",
        Kind::Memory => "memories.csv",
        Kind::Version => "versions.csv",
        Kind::File => "files.csv",
        Kind::Message => "messages.csv",
        Kind::Conversation => "conversations.csv",
        Kind::Turn => "turns.csv",
        Kind::Reminder => "reminders.csv",
        Kind::Contact => "contacts.csv",
    }
}

/// The columns of a kind's table.
pub(super) fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Account => &["id", "email", "username", "firstName", "lastName", "createdAt"],
        Kind::Settings => &[
            "externalModels",
            "redaction",
            "confirmWrites",
            "extractFacts",
            "keptCategories",
            "answerLanguage",
            "instructions",
        ],
        Kind::Category => &[
            "id",
            "name",
            "description",
            "icon",
            "color",
            "isDefault",
            "sortOrder",
            "version",
            "createdAt",
            "updatedAt",
        ],
        Kind::SavedSearch => &["id", "name", "search", "createdAt", "updatedAt"],
        Kind::Fact => &[
            "id",
            "statement",
            "subject",
            "attribute",
            "value",
            "certainty",
            "status",
            "validFrom",
            "validUntil",
            "seen",
            "decidedAt",
            "sources",
            "version",
            "createdAt",
            "updatedAt",
        ],
        Kind::Memory => &[
            "id",
            "title",
            "description",
            "text",
            "content",
            "categoryId",
            "tags",
            "metadata",
            "isFavorite",
            "isArchived",
            "privacyLevel",
            "source",
            "provenance",
            "media",
            "messageCount",
            "version",
            "createdAt",
            "updatedAt",
        ],
        Kind::Version => &[
            "memoryId",
            "version",
            "title",
            "description",
            "text",
            "content",
            "categoryId",
            "tags",
            "metadata",
            "isFavorite",
            "isArchived",
            "privacyLevel",
            "source",
            "provenance",
            "media",
            "createdAt",
            "updatedAt",
        ],
        Kind::File => &[
            "id",
            "name",
            "contentType",
            "sizeBytes",
            "memoryId",
            "messageId",
            "path",
            "createdAt",
            "updatedAt",
        ],
        Kind::Message => &[
            "id",
            "memoryId",
            "parentId",
            "content",
            "messageType",
            "attachments",
            "metadata",
            "isAiGenerated",
            "status",
            "delivery",
            "version",
            "createdAt",
            "updatedAt",
            "editedAt",
        ],
        Kind::Conversation => {
            &["id", "title", "focus", "leaf", "turns", "summary", "forkedFrom", "createdAt", "updatedAt"]
        }
        Kind::Turn => &["id", "conversationId", "parentId", "createdAt", "question", "text", "answer"],
        Kind::Reminder => &["id", "memoryId", "text", "at", "state", "createdAt"],
        Kind::Contact => &["id", "phone", "name", "rule", "categoryId", "savedCount", "firstAt", "lastAt"],
    }
}

/// The values of a record, in the order of its columns.
pub(super) fn values(record: &Record) -> Vec<String> {
    let written = match record {
        Record::Account(it) => members(it),
        Record::Settings(it) => members(it),
        Record::Category(it) => members(it),
        Record::SavedSearch(it) => members(it),
        Record::Memory(it) => members(it),
        Record::Version(it) => members(it),
        Record::File(it) => members(it),
        Record::Message(it) => members(it),
        Record::Conversation(it) => members(it),
        Record::Turn(it) => members(it),
        Record::Fact(it) => members(it),
        Record::Reminder(it) => members(it),
        Record::Contact(it) => members(it),
    };
    let is_sheet = matches!(record, Record::Memory(_) | Record::Version(_));
    let value = |name: &&str| match *name {
        // The words of what may be any JSON, beside it.
        "text" if is_sheet => words(&written["content"]),
        "text" if matches!(record, Record::Turn(_)) => plain(&written["answer"]["text"]),
        "content" if is_sheet && written["content"].is_string() => String::new(),
        name => plain(&written[name]),
    };
    columns(record.kind()).iter().map(value).collect()
}

fn members<T: Serialize>(record: &T) -> Value {
    serde_json::to_value(record).unwrap_or(Value::Null)
}

/// The words of content: itself if it is text, or its `text`.
fn words(content: &Value) -> String {
    content.as_str().or_else(|| content.get("text").and_then(Value::as_str)).unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => line(other),
    }
}
