//! What a thing is called does not depend on what stands before it, and what is left out is said.

use app_domain::ImportFormat;
use app_import::Item;
use serde_json::{Value, json};

use crate::{detected, items, zip_of};

fn keys(export: &Value, format: ImportFormat) -> Vec<String> {
    let keys = items(export.to_string().as_bytes(), format).into_iter().filter_map(|item| match item {
        Item::Message(message) => Some(message.key),
        Item::Memory(memory) if memory.key.starts_with("project/") => Some(memory.key),
        _ => None,
    });
    keys.collect()
}

fn warnings(bytes: &[u8], format: ImportFormat) -> Vec<String> {
    let warnings = items(bytes, format).into_iter().filter_map(|item| match item {
        Item::Warning(warning) => Some(warning),
        _ => None,
    });
    warnings.collect()
}

#[test]
fn messages_without_ids_keep_their_keys_when_one_before_them_goes() {
    type Chat = fn(Vec<Value>) -> Value;
    let chats: [(ImportFormat, Chat); 5] = [
        (ImportFormat::Claude, |all| json!([{"uuid": "c", "chat_messages": all}])),
        (ImportFormat::Claude, |all| json!([{"uuid": "c", "prompt_template": "x", "docs": all}])),
        (ImportFormat::Librechat, |all| json!({"conversationId": "c", "messages": all})),
        (ImportFormat::OpenWebui, |all| json!([{"id": "c", "chat": {"messages": all}}])),
        (ImportFormat::Khoj, |all| json!([{"id": "c", "chat": all}])),
    ];
    let message = |text: &str| json!({"sender": "human", "text": text, "content": text, "message": text, "by": "you", "isCreatedByUser": true});
    for (format, chat) in chats {
        let all = vec![message("one"), message("two"), message("two"), message("three")];
        let before = keys(&chat(all.clone()), format);
        let after = keys(&chat(all[1..].to_vec()), format);
        let there: Vec<_> = before.iter().filter(|key| after.contains(key)).collect();
        assert!(there.len() >= 3.min(after.len()), "{format:?}: {before:?} {after:?}");
        assert_eq!(there.len(), after.len(), "{format:?}: {before:?} {after:?}");
    }
}

#[test]
fn an_id_that_is_no_id_is_not_repeated() {
    let long = "secret ".repeat(100);
    let export =
        json!([{"uuid": long, "chat_messages": [{"uuid": long, "sender": "human", "text": "x"}, 5]}]);
    for item in items(export.to_string().as_bytes(), ImportFormat::Claude) {
        let key = match item {
            Item::Memory(memory) => memory.key,
            Item::Message(message) => message.key,
            Item::Trouble(trouble) => trouble.key + &trouble.reason,
            _ => continue,
        };
        assert!(!key.contains("secret") && key.len() < 200, "{key}");
    }
}

#[test]
fn files_that_no_message_names_are_said_with_their_number() {
    let chat = |file: &str| {
        json!([{"uuid": "c", "chat_messages": [{"uuid": "m", "sender": "human", "text": "x", "files": [{"file_name": file}]}]}]).to_string()
    };
    let zip = zip_of(&[
        ("data/conversations.json", chat("a.png").as_bytes()),
        ("data/a.png", b"1"),
        ("data/b.png", b"2"),
        ("data/c.png", b"3"),
        ("__MACOSX/data/._b.png", b"4"),
        ("data/.DS_Store", b"5"),
    ]);
    assert_eq!(detected(&zip), Some(ImportFormat::Claude));
    let said = warnings(&zip, ImportFormat::Claude);
    assert_eq!(
        said,
        ["No message names 2 of the files in the archive, such as “data/b.png”: they are left out."]
    );
    let zip = zip_of(&[("a.csv", &b"title,content\na,b\nc,d\n"[..]), ("a.png", b"1"), ("b.png", b"2")]);
    assert_eq!(
        warnings(&zip, ImportFormat::Csv),
        ["Files in the archive of which nothing is brought in: 2."]
    );
}

#[test]
fn what_only_looks_like_an_export_of_a_service_is_none() {
    for other in [
        json!([{"full_name": "Ada", "email_address": "ada@example.org"}]),
        json!([{"uuid": "1", "docs": "x", "title": "A"}]),
        json!([{"id": 1, "raw": "x"}]),
        json!([{"mapping": {"a": "b"}, "title": "A"}]),
        json!({"mapping": {"a": {"type": "text"}}}),
    ] {
        assert_eq!(detected(other.to_string().as_bytes()), Some(ImportFormat::Json), "{other}");
    }
    let chat = r#"[{"uuid":"c","chat_messages":[]}]"#;
    for marked in [
        [b"\xef\xbb\xbf".as_slice(), chat.as_bytes()].concat(),
        chat.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        [0xfeff].into_iter().chain(chat.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
    ] {
        assert_eq!(detected(&marked), Some(ImportFormat::Claude));
    }
}

#[test]
fn a_vault_is_a_vault_whatever_else_is_in_it() {
    let chat = "21/11/2026, 14:03 - Ada: hi\n21/11/2026, 14:04 - Bo: hi\n";
    let table = "title,content\na,b\nc,d\n";
    let export = r#"[{"uuid":"c","chat_messages":[]}]"#;
    let vault = zip_of(&[
        ("Vault/.obsidian/workspace.json", r#"{"main": {"id": "1"}}"#),
        ("Vault/.obsidian/plugins/chat/data.json", export),
        ("Vault/One.md", "# One"),
        ("Vault/Two.md", "# Two"),
        ("Vault/lists/a.csv", table),
        ("Vault/lists/b.csv", table),
        ("Vault/talk.txt", chat),
        ("__MACOSX/Vault/._One.md", "x"),
    ]);
    assert_eq!(detected(&vault), Some(ImportFormat::Markdown));
    let sent = zip_of(&[("WhatsApp Chat with Ada.txt", chat), ("Notes.md", "# N"), ("More.md", "# N")]);
    assert_eq!(detected(&sent), Some(ImportFormat::Whatsapp));
    let tables = zip_of(&[("lists/a.csv", table), ("lists/b.csv", table), ("__MACOSX/lists/._a.csv", "x")]);
    assert_eq!(detected(&tables), Some(ImportFormat::Csv));
}
