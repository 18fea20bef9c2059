//! Archives for tests.

use std::io::{Cursor, Write};

use app_domain::{CategoryId, ConversationId, FactId, FileId, MemoryId, MessageId, ReminderId, TurnId};
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::stage::at;

pub(crate) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// An id that is always the same.
fn id<T: From<uuid::Uuid>>(kind: u8, number: u64) -> T {
    let mut unique = [kind; 10];
    unique[2..].copy_from_slice(&number.to_be_bytes());
    let millis = (at(-1_000_000).as_millis() as u64) + number * 1000;
    uuid::Builder::from_unix_timestamp_millis(millis, &unique).into_uuid().into()
}

pub(crate) fn category(number: u64) -> CategoryId {
    id(1, number)
}

pub(crate) fn memory(number: u64) -> MemoryId {
    id(2, number)
}

pub(crate) fn message(number: u64) -> MessageId {
    id(3, number)
}

pub(crate) fn file(number: u64) -> FileId {
    id(4, number)
}

/// A ZIP of entries.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn memory_record(number: u64, filed: Option<CategoryId>) -> Value {
    let (id, time) = (memory(number), at(-1000 + number as i64));
    json!({
        "kind": "memory", "id": id, "title": format!("SECRET memory {number}"),
        "content": {"text": format!("words of {number}")}, "categoryId": filed, "tags": ["travel"],
        "source": "web", "version": 2, "createdAt": time, "updatedAt": at(-900 + number as i64),
    })
}

pub(crate) fn message_record(under: u64, number: u64, attachments: &[FileId]) -> Value {
    let time = at(-800 + number as i64);
    json!({
        "kind": "message", "id": message(number), "memoryId": memory(under),
        "content": format!("SECRET message {number}"), "attachments": attachments, "version": 1,
        "createdAt": time, "updatedAt": time,
    })
}

pub(crate) fn file_record(number: u64, under: u64, said_with: Option<MessageId>) -> Value {
    let time = at(-850 + number as i64);
    let id = file(number);
    json!({
        "kind": "file", "id": id, "name": format!("photo {number}.png"), "contentType": "image/png",
        "sizeBytes": PNG.len(), "memoryId": memory(under), "messageId": said_with,
        "path": format!("files/{id}/photo.png"), "createdAt": time, "updatedAt": time,
    })
}

/// A bit of everything.
pub(crate) fn records() -> Vec<Value> {
    let (talk, time): (ConversationId, _) = (id(5, 1), at(-500));
    let (question, answer): (TurnId, TurnId) = (id(6, 1), id(6, 2));
    let fact: FactId = id(7, 1);
    let reminder: ReminderId = id(8, 1);
    let named = |number, name: &str| {
        json!({
            "kind": "category", "id": category(number), "name": name, "version": 1,
            "createdAt": time, "updatedAt": time,
        })
    };
    let version = json!({
        "kind": "version", "memoryId": memory(1), "title": "SECRET before", "source": "web", "version": 1,
        "createdAt": at(-999), "updatedAt": at(-999),
    });
    vec![
        json!({
            "kind": "account", "id": id::<app_domain::UserId>(9, 1), "email": "SECRET@example.com", "firstName": "A",
            "lastName": "B", "createdAt": time,
        }),
        json!({
            "kind": "settings", "externalModels": true, "redaction": true, "confirmWrites": true, "extractFacts": false,
            "keptCategories": [category(2)],
        }),
        named(1, "Voyages"),
        named(2, "Work"),
        json!({
            "kind": "savedSearch", "id": id::<app_domain::SavedSearchId>(10, 1), "name": "SECRET search",
            "search": {"q": "SECRET", "categoryId": category(2)}, "createdAt": time, "updatedAt": time,
        }),
        json!({
            "kind": "fact", "id": fact, "statement": "SECRET lives in Lisbon", "subject": "person",
            "attribute": "home", "value": "Lisbon", "certainty": 0.9, "status": {"kind": "active"}, "validFrom": time,
            "seen": 1, "version": 1, "createdAt": time, "updatedAt": time,
        }),
        memory_record(2, Some(category(2))),
        message_record(2, 1, &[]),
        message_record(2, 2, &[]),
        memory_record(1, Some(category(1))),
        version,
        file_record(1, 1, Some(message(3))),
        message_record(1, 3, &[file(1)]),
        json!({
            "kind": "conversation", "id": talk, "title": "SECRET talk", "leaf": answer, "turns": 2,
            "createdAt": time, "updatedAt": time,
        }),
        json!({"kind": "turn", "id": question, "conversationId": talk, "createdAt": at(-499), "question": "SECRET?"}),
        json!({
            "kind": "turn", "id": answer, "conversationId": talk, "parentId": question, "createdAt": at(-498),
            "answer": {"state": "complete", "text": "SECRET!"},
        }),
        json!({
            "kind": "reminder", "id": reminder, "memoryId": memory(1), "text": "SECRET thing", "at": at(9000),
            "state": "waiting", "createdAt": time,
        }),
        json!({
            "kind": "contact", "id": "c1", "rule": "save", "savedCount": 1, "firstAt": time, "lastAt": time,
        }),
    ]
}

/// An archive of our own of these records, with the bytes of its files.
pub(crate) fn own(records: &[Value]) -> Vec<u8> {
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let paths = records.iter().filter_map(|record| record["path"].as_str());
    let mut entries = vec![("records-00001.jsonl", lines.as_bytes())];
    entries.extend(paths.map(|path| (path, PNG)));
    zip(&entries)
}

/// A WhatsApp chat of so many messages.
pub(crate) fn chat(messages: usize) -> Vec<u8> {
    let line = |n: usize| {
        let (day, hour, minute) = (13 + n / 600, n / 60 % 10 + 10, n % 60);
        let author = if n.is_multiple_of(2) { "Ada" } else { "Ben" };
        format!("[{day:02}.03.24, {hour:02}:{minute:02}:00] {author}: SECRET words {n}\n")
    };
    (0..messages).map(line).collect::<String>().into_bytes()
}
