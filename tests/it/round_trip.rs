//! Accounts that go out and come in as they were.

use std::io::Cursor;
use std::sync::Arc;

use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

use crate::exports::exported;
use crate::imports::{imported, report};

crate::trials!(an_account_comes_back_as_it_went);

/// The records of an archive without what belongs to its account.
pub(crate) fn records(archive: &[u8]) -> Vec<Value> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.retain(|name| name.starts_with("records-"));
    names.sort();
    let mut records = Vec::new();
    for name in names {
        let text = std::io::read_to_string(zip.by_name(&name).unwrap()).unwrap();
        records.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    records.retain(|record| record["kind"] != "account");
    records
}

/// Somebody who has used everything.
pub(crate) async fn full(stack: &Arc<Stack>) -> Person {
    let ada = Person::registered(stack).await;
    let category =
        ada.post("/categories", &json!({"name": "Sailing", "color": "#112233", "icon": "⛵"})).await;
    assert_eq!(category.status, 201, "{}", category.body);
    let category = category.body["category"]["id"].clone();
    let picture =
        crate::files::ready(&ada, "Mast.png", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on").await;
    let memory = ada
        .save(&json!({
            "title": "The mast 🌊", "description": "broke", "content": {"text": "The mast broke off Fehmarn in 2019.", "n": [1.5, null]},
            "tags": ["boat", "Ärger"], "metadata": {"k": {"deep": true}}, "categoryId": category, "isFavorite": true,
        }))
        .await;
    let id = memory["id"].as_str().unwrap();
    let patched = ada.patch(&format!("/memories/{id}"), &json!({"description": "broke twice"})).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    let messages = format!("/memories/{id}/messages");
    let first = ada.post(&messages, &json!({"content": "Insurance?", "attachments": [picture["id"]]})).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let parent = first.body["message"]["id"].clone();
    let reply = ada.post(&messages, &json!({"content": "Paid.", "parentMessageId": parent})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    ada.save(&json!({"content": "Just a note", "isArchived": true, "privacyLevel": "internal"})).await;
    crate::files::ready(&ada, "alone.txt", "text/plain", b"a file with nothing").await;
    let asked = ada.post("/ai/chat", &json!({"message": "When did the mast break?"})).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    let reminder = json!({"text": "Check the mast", "at": "2027-06-01T08:00:00.000Z", "memoryId": id});
    let reminder = ada.post("/reminders", &reminder).await;
    assert_eq!(reminder.status, 201, "{}", reminder.body);
    ada
}

async fn an_account_comes_back_as_it_went(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    let (export, archive) = exported(&ada, &json!({"format": "zip"})).await;
    for kind in ["category", "memory", "version", "file", "message", "conversation", "turn", "reminder"] {
        assert!(
            export["counts"][kind].as_u64().is_some_and(|count| count > 0),
            "{kind}: {}",
            export["counts"]
        );
    }
    let bob = Person::registered(&stack).await;
    let (preview, import) = imported(&bob, "whatever.bin", &archive, &json!({})).await;
    assert_eq!(preview["format"], "memory-app");
    assert_eq!(preview["preview"]["counts"]["memory"], 2, "{preview}");
    assert_eq!(import["status"], "completed", "{import} {:?}", report(&bob, &import).await);

    let (_, again) = exported(&bob, &json!({"format": "zip"})).await;
    pretty_eq(&own(&records(&archive)), &own(&records(&again)));
    assert!(app_archive::verify(&mut Cursor::new(&again)).is_ok());

    // The bytes have come too.
    let files = bob.get("/files").await.body["files"].clone();
    let names: Vec<&str> =
        files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    for file in files.as_array().unwrap() {
        let link = bob.get(&format!("/files/{}/download", file["id"].as_str().unwrap())).await;
        let bytes = reqwest::get(link.body["url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap();
        assert!(bytes.starts_with(b"\x89PNG") || &bytes[..] == b"a file with nothing");
    }
    // And what came can be found.
    eventually("the memory to be found", || async {
        let found = bob.get("/memories/search?q=Fehmarn").await.body;
        (found["results"][0]["memory"]["title"] == "The mast 🌊").then_some(())
    })
    .await;
}

/// Those that a person has made: the categories that everybody begins with are each account's own.
pub(crate) fn own(records: &[Value]) -> Vec<Value> {
    let own = |record: &&Value| record["kind"] != "category" || record["isDefault"] == false;
    records.iter().filter(own).cloned().collect()
}

/// Whether records are the same, shown so that a difference can be read.
pub(crate) fn pretty_eq(one: &[Value], other: &[Value]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(serde_json::to_string_pretty(one).unwrap(), serde_json::to_string_pretty(other).unwrap());
    }
    assert_eq!(one.len(), other.len());
}
