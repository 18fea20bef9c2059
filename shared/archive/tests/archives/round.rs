//! Everything goes into records and comes back the same, and the schema says what records are.

use std::sync::LazyLock;

use app_archive::{
    CategoryRecord, ConversationRecord, FactRecord, FileRecord, Kind, MemoryRecord, MessageRecord,
    RECORD_SCHEMA, Record, ReminderRecord, SavedSearchRecord, SettingsRecord, TurnRecord, VersionRecord,
};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::people::{
    category, conversation, fact, file, memory, message, owner, reminder, saved_search, settings, turn,
};
use crate::written;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(RECORD_SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// The record after it was written and read; it must be of its schema.
fn through_text(record: &Record) -> Record {
    let text = serde_json::to_string(record).unwrap();
    assert!(!text.contains('\n') && text.starts_with(&format!("{{\"kind\":\"{}\"", record.kind())), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let errors: Vec<String> = SCHEMA.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    let read: Record = serde_json::from_str(&text).unwrap();
    assert_eq!(&read, record);
    read
}

/// Record and entity of the same name.
macro_rules! comes_back {
    ($($name:ident: $strategy:expr => $kind:ident($record:ident) by |$read:ident| $entity:expr;)+) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(128))]
            $(#[test]
            fn $name(entity in $strategy) {
                let record = Record::$kind($record::of(&entity));
                prop_assert_eq!(record.kind(), Kind::$kind);
                let Record::$kind($read) = through_text(&record) else { unreachable!() };
                prop_assert_eq!($entity, Ok(entity));
            })+
        }
    };
}

comes_back! {
    memories_come_back: memory() => Memory(MemoryRecord) by |read| read.memory(owner());
    versions_come_back: memory() => Version(VersionRecord) by |read| read.memory(owner());
    messages_come_back: message() => Message(MessageRecord) by |read| read.message(owner());
    categories_come_back: category() => Category(CategoryRecord) by |read| read.category(owner());
    saved_searches_come_back: saved_search() => SavedSearch(SavedSearchRecord) by |read| read.saved_search();
    settings_come_back: settings() => Settings(SettingsRecord) by |read| read.settings();
    conversations_come_back: conversation() => Conversation(ConversationRecord) by |read| read.conversation(owner());
    turns_come_back: turn() => Turn(TurnRecord) by |read| read.turn(owner());
    facts_come_back: fact() => Fact(FactRecord) by |read| read.fact(owner());
    reminders_come_back: reminder() => Reminder(ReminderRecord) by |read| read.reminder(owner());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn files_come_back_with_a_path_that_is_safe(entity in file()) {
        let path = FileRecord::path_of(&entity);
        let record = Record::File(FileRecord::of(&entity, Some(path.clone())));
        let Record::File(read) = through_text(&record) else { unreachable!() };
        let read = read.file().unwrap();
        prop_assert_eq!(read.path, Some(path));
        prop_assert_eq!((read.name, read.content_type), (entity.name, entity.content_type));
        prop_assert_eq!((read.id, read.size_bytes, read.attached), (entity.id, entity.size_bytes, entity.attached));
        prop_assert_eq!((read.created_at, read.updated_at), (entity.created_at, entity.updated_at));
    }
}

#[test]
fn the_schema_has_every_kind_and_refuses_what_is_none() {
    for record in written::one_of_each() {
        through_text(&record);
    }
    assert_eq!(written::one_of_each().len(), Kind::ALL.len());
    let id = "01900000-0000-7000-8000-000000000001";
    let time = "2026-11-22T08:00:00.000Z";
    let right =
        json!({"kind": "reminder", "id": id, "text": "x", "at": time, "state": "sent", "createdAt": time});
    assert!(SCHEMA.is_valid(&right));
    let wrong = |member: &str, value: Value| {
        let mut record = right.clone();
        record[member] = value;
        assert!(!SCHEMA.is_valid(&record), "{record}");
    };
    wrong("kind", json!("nothing"));
    wrong("id", json!("1"));
    wrong("text", json!(""));
    wrong("text", json!("x".repeat(501)));
    wrong("at", json!("tomorrow"));
    wrong("at", json!("2026-11-22T08:00:00Z"));
    wrong("state", json!("lost"));
    wrong("memoryId", json!(null));
    wrong("more", json!(1));
    for bad in
        [json!([]), json!(null), json!({}), json!({"kind": "memory"}), json!({"kind": "reminder", "id": id})]
    {
        assert!(!SCHEMA.is_valid(&bad), "{bad}");
    }
    let turn = json!({"kind": "turn", "id": id, "conversationId": id, "createdAt": time});
    assert!(!SCHEMA.is_valid(&turn));
    let both = json!({"kind": "turn", "id": id, "conversationId": id, "createdAt": time, "question": "a",
        "answer": {"state": "complete", "text": "b"}});
    assert!(!SCHEMA.is_valid(&both));
    for path in ["../x", "a/../b", "/a", "a//b", "a\\b", "c:d", "a/", "."] {
        let file = json!({"kind": "file", "id": id, "name": "x", "contentType": "a/b", "sizeBytes": 1,
            "path": path, "createdAt": time, "updatedAt": time});
        assert!(!SCHEMA.is_valid(&file), "{path}");
    }
}
