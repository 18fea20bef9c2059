//! Imports: uploaded, looked through, brought in, reported, undone.

use std::io::{Cursor, Write};
use std::sync::Arc;

use e2e::{Person, Stack, eventually};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::exports::delivered_again;

crate::trials!(
    a_chat_of_another_service_becomes_findable_memories,
    a_whatsapp_chat_brings_its_pictures,
    notes_bring_their_folders_and_links,
    a_table_is_read_by_its_mapping,
    what_is_brought_in_twice_is_there_once_and_can_be_undone,
    what_cannot_be_read_says_so,
    an_import_needs_its_file,
    somebody_elses_import_does_not_exist,
    a_job_that_is_delivered_again_changes_nothing,
);

/// Begins an import and sends its file.
async fn uploaded(person: &Person, name: &str, bytes: &[u8], how: &Value) -> String {
    let mut request = json!({"fileName": name, "sizeBytes": bytes.len()});
    request.as_object_mut().unwrap().extend(how.as_object().unwrap().clone());
    let begun = person.post("/imports", &request).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    assert_eq!(put(&begun.body["upload"], bytes).await, 200);
    begun.body["import"]["id"].as_str().unwrap().to_owned()
}

async fn put(upload: &Value, bytes: &[u8]) -> StatusCode {
    let mut request = reqwest::Client::new().put(upload["url"].as_str().unwrap());
    for (name, value) in upload["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.body(bytes.to_vec()).send().await.unwrap().status()
}

async fn started(person: &Person, id: &str, preview: bool) -> Value {
    let reply = person.post(&format!("/imports/{id}/start"), &json!({"preview": preview})).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    ended(person, id).await
}

async fn ended(person: &Person, id: &str) -> Value {
    eventually("the import to end", || async {
        let import = person.get(&format!("/imports/{id}")).await.body["import"].clone();
        let is_under_way = ["queued", "running", "undoing"].iter().any(|status| import["status"] == *status);
        (!is_under_way).then_some(import)
    })
    .await
}

/// Brings a file in, after a look through it.
pub(crate) async fn imported(person: &Person, name: &str, bytes: &[u8], how: &Value) -> (Value, Value) {
    let id = uploaded(person, name, bytes, how).await;
    let preview = started(person, &id, true).await;
    assert_eq!(preview["status"], "previewed", "{preview}");
    (preview, started(person, &id, false).await)
}

pub(crate) async fn report(person: &Person, import: &Value) -> Vec<Value> {
    let link = person.get(&format!("/imports/{}/report", import["id"].as_str().unwrap())).await;
    assert_eq!(link.status, 200, "{}", link.body);
    let text = reqwest::get(link.body["url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn chatgpt() -> Vec<u8> {
    let node = |id: &str, parent: Option<&str>, children: &[&str], role: &str, at: f64, text: &str| {
        (
            id.to_owned(),
            json!({
                "id": id, "parent": parent, "children": children,
                "message": {
                    "id": id, "author": {"role": role}, "create_time": at, "weight": 1.0, "recipient": "all",
                    "content": {"content_type": "text", "parts": [text]}, "metadata": {"model_slug": "gpt-4o"},
                },
            }),
        )
    };
    let mapping: serde_json::Map<String, Value> = [
        node("root", None, &["q"], "system", 1_700_000_000.0, ""),
        node("q", Some("root"), &["a", "b"], "user", 1_700_000_001.5, "How do I splice a rope?"),
        node("a", Some("q"), &[], "assistant", 1_700_000_003.0, "With an eye splice."),
        node(
            "b",
            Some("q"),
            &[],
            "assistant",
            1_700_000_009.0,
            "Unlay the strands, then tuck them three times.",
        ),
    ]
    .into_iter()
    .collect();
    let conversations = json!([{
        "id": "c1", "conversation_id": "c1", "title": "Splicing", "create_time": 1_700_000_000.25, "update_time": 1_700_000_010.0,
        "mapping": mapping, "current_node": "b", "is_archived": false,
    }]);
    zipped(&[
        ("user.json", b"{\"id\": \"user-1\"}"),
        ("conversations.json", conversations.to_string().as_bytes()),
        ("chat.html", b"<html></html>"),
    ])
}

async fn a_chat_of_another_service_becomes_findable_memories(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let (preview, import) = imported(&ada, "export.zip", &chatgpt(), &json!({})).await;
    assert_eq!((&preview["format"], &import["status"]), (&json!("chatgpt"), &json!("completed")), "{import}");
    let memories = ada.memories().await;
    assert_eq!(memories.len(), 1);
    assert_eq!((&memories[0]["title"], &memories[0]["source"]), (&json!("Splicing"), &json!("import")));
    assert_eq!(memories[0]["createdAt"], "2023-11-14T22:13:20.250Z");
    let path = format!("/memories/{}/messages", memories[0]["id"].as_str().unwrap());
    let messages = ada.get(&path).await.body["messages"].clone();
    let texts: Vec<&str> =
        messages.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert!(
        texts.contains(&"With an eye splice.") && texts.iter().any(|text| text.starts_with("Unlay")),
        "{texts:?}"
    );
    eventually("the chat to be found", || async {
        let found = ada.get("/memories/search?q=unlay%20strands").await.body;
        (!found["results"].as_array()?.is_empty()).then_some(())
    })
    .await;
}

async fn a_whatsapp_chat_brings_its_pictures(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let chat = "[21.11.26, 09:12:01] Bea: \u{200e}Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.\r\n\
        [21.11.26, 09:13:01] Bea: Schau mal\r\nzwei Zeilen\r\n\
        \u{200e}[21.11.26, 09:14:01] Bea: \u{200e}<Anhang: 00000002-PHOTO-2026-11-21-09-14-01.jpg>\r\n\
        [21.11.26, 21:15:01] Ada: Schön!\r\n";
    let zip = zipped(&[
        ("_chat.txt", chat.as_bytes()),
        ("00000002-PHOTO-2026-11-21-09-14-01.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0 a picture"),
    ]);
    let (preview, import) =
        imported(&ada, "WhatsApp Chat - Bea.zip", &zip, &json!({"timezone": "Europe/Berlin"})).await;
    assert_eq!(
        (&preview["format"], &import["status"]),
        (&json!("whatsapp"), &json!("completed")),
        "{import}"
    );
    let memories = ada.memories().await;
    let path = format!("/memories/{}/messages", memories[0]["id"].as_str().unwrap());
    let messages = ada.get(&path).await.body["messages"].as_array().unwrap().clone();
    let two =
        messages.iter().find(|message| message["content"].as_str().unwrap().starts_with("Schau")).unwrap();
    assert_eq!(
        (&two["content"], &two["createdAt"]),
        (&json!("Schau mal\nzwei Zeilen"), &json!("2026-11-21T08:13:01.000Z"))
    );
    assert!(
        messages
            .iter()
            .any(|message| message["attachments"].as_array().is_some_and(|files| files.len() == 1))
    );
    assert_eq!(ada.get("/files").await.body["files"].as_array().unwrap().len(), 1);
}

async fn notes_bring_their_folders_and_links(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let note = "---\ntags: [knots, rope]\ncreated: 2024-05-06T07:08:09Z\n---\n# Bowline\n\nSee [[Sheet bend]] and ![[knot.png]] #sailing\n";
    let zip = zipped(&[
        ("vault/Knots/Bowline.md", note.as_bytes()),
        ("vault/attachments/knot.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on"),
        ("vault/.obsidian/app.json", b"{}"),
        ("../../etc/passwd.md", b"climbs"),
    ]);
    let (preview, import) = imported(&ada, "vault.zip", &zip, &json!({})).await;
    assert_eq!(preview["format"], "markdown", "{preview}");
    assert_ne!(import["status"], "failed", "{import}");
    let memories = ada.memories().await;
    let bowline = memories.iter().find(|memory| memory["title"] == "Bowline").unwrap();
    assert_eq!(bowline["createdAt"], "2024-05-06T07:08:09.000Z");
    for tag in ["knots", "rope", "sailing"] {
        assert!(bowline["tags"].as_array().unwrap().contains(&json!(tag)), "{bowline}");
    }
    assert_eq!(ada.get("/files").await.body["files"].as_array().unwrap().len(), 1);
}

async fn a_table_is_read_by_its_mapping(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let csv = "Betreff;Text;Datum\r\n\"Käse; Brot\";\"zwei\r\nZeilen\";24.12.2025 18:00\r\n;;\r\n".as_bytes();
    let how = json!({"mapping": {"title": "Betreff", "content": "Text", "createdAt": "Datum"}, "timezone": "Europe/Berlin"});
    let (preview, import) = imported(&ada, "list.csv", csv, &how).await;
    assert_eq!((&preview["format"], &import["counts"]["imported"]), (&json!("csv"), &json!(1)), "{import}");
    let memories = ada.memories().await;
    assert_eq!(
        (&memories[0]["title"], &memories[0]["createdAt"]),
        (&json!("Käse; Brot"), &json!("2025-12-24T17:00:00.000Z"))
    );
}

async fn what_is_brought_in_twice_is_there_once_and_can_be_undone(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "there before"})).await;
    let (_, first) = imported(&ada, "a.zip", &chatgpt(), &json!({})).await;
    assert_eq!(first["status"], "completed");
    let (_, second) = imported(&ada, "b.zip", &chatgpt(), &json!({})).await;
    assert_eq!(
        (&second["status"], &second["counts"]["imported"]),
        (&json!("completed"), &json!(0)),
        "{second}"
    );
    let lines = report(&ada, &second).await;
    assert!(lines.iter().all(|line| line["outcome"] == "skipped" && line["reason"].is_string()), "{lines:?}");
    assert_eq!(ada.memories().await.len(), 2);

    let id = first["id"].as_str().unwrap();
    assert_eq!(ada.post(&format!("/imports/{id}/undo"), &json!({})).await.status, 202);
    let undone = ended(&ada, id).await;
    assert_eq!(undone["status"], "undone", "{undone}");
    let left = ada.memories().await;
    assert_eq!((left.len(), &left[0]["title"]), (1, &json!("there before")));
    assert_eq!(ada.get("/trash").await.body["pagination"]["total"], 0);

    assert_eq!(ada.delete(&format!("/imports/{id}")).await.status, 204);
    assert_eq!(ada.get(&format!("/imports/{id}")).await.status, 404);
}

async fn what_cannot_be_read_says_so(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let whole = chatgpt();
    let bomb = zipped(&[("conversations.json", &vec![b' '; 200 << 20])]);
    for (name, bytes) in [
        ("noise.bin", &[0x00, 0x9f, 0x92, 0x96, 0x00, 0xff][..]),
        ("cut.zip", &whole[..whole.len() / 2]),
        ("bomb.zip", &bomb),
    ] {
        let id = uploaded(&ada, name, bytes, &json!({})).await;
        let import = started(&ada, &id, false).await;
        assert_eq!(import["status"], "failed", "{name}: {import}");
        assert!(import["error"].as_str().is_some_and(|reason| reason.len() > 10), "{name}: {import}");
    }
    assert_eq!(ada.memories().await, [] as [Value; 0]);
}

async fn an_import_needs_its_file(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let begun = ada.post("/imports", &json!({"fileName": "a.zip", "sizeBytes": 10})).await;
    let id = begun.body["import"]["id"].as_str().unwrap();
    let reply = ada.post(&format!("/imports/{id}/start"), &json!({})).await;
    assert_eq!(
        (reply.status.as_u16(), reply.error_type()),
        (409, &json!("ImportNotUploaded")),
        "{}",
        reply.body
    );
    for (request, field) in [
        (json!({"fileName": "a.zip", "sizeBytes": 0}), "sizeBytes"),
        (json!({"fileName": "", "sizeBytes": 1}), "fileName"),
        (json!({"fileName": "a.zip", "sizeBytes": 1_u64 << 40}), "sizeBytes"),
        (json!({"fileName": "a.csv", "sizeBytes": 1, "mapping": {"colour": "Farbe"}}), "mapping"),
        (json!({"fileName": "a.txt", "sizeBytes": 1, "timezone": "Nowhere"}), "timezone"),
    ] {
        let reply = ada.post("/imports", &request).await;
        let details = &reply.body["error"]["details"];
        assert_eq!((reply.status.as_u16(), &details[0]["field"]), (422, &json!(field)), "{}", reply.body);
    }
}

async fn somebody_elses_import_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let id = uploaded(&ada, "a.zip", &chatgpt(), &json!({})).await;
    for path in ["", "/report"] {
        assert_eq!(eve.get(&format!("/imports/{id}{path}")).await.status, 404, "{path}");
    }
    for verb in ["start", "cancel", "undo"] {
        assert_eq!(eve.post(&format!("/imports/{id}/{verb}"), &json!({})).await.status, 404, "{verb}");
    }
    assert_eq!(eve.delete(&format!("/imports/{id}")).await.status, 404);
    assert_eq!(ada.get(&format!("/imports/{id}")).await.body["import"]["status"], "uploading");
}

async fn a_job_that_is_delivered_again_changes_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let (_, before) = imported(&ada, "a.zip", &chatgpt(), &json!({})).await;
    let job = json!({"kind": "import", "jobId": before["id"], "userId": ada.id()});
    delivered_again(&stack, "ImportsQueueUrl", &job).await;
    let after = ada.get(&format!("/imports/{}", before["id"].as_str().unwrap())).await.body["import"].clone();
    assert_eq!(after, before);
    assert_eq!(ada.memories().await.len(), 1);
}
