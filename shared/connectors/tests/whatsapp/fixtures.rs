//! Every message, status and change that Meta describes, as it is read: one reviewed snapshot each.

use std::path::{Path, PathBuf};

use app_connectors::whatsapp::{Update, Webhook};
use serde_json::Value;

use crate::support::{call, messages, read, shown};

fn fixtures(folder: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/whatsapp").join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| {
        let json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), json)
    };
    files.iter().map(read).collect()
}

/// The updates as they travel, each with what it says.
fn all_of(webhook: &Webhook) -> String {
    let mut all = Vec::new();
    for update in &webhook.updates {
        let mut body: Value = serde_json::from_str(&update.to_body().unwrap()).unwrap();
        // The message as it came is the fixture itself.
        body.as_object_mut().unwrap().remove("message");
        all.push(format!("{body:#}"));
        if let Update::Message(delivery) = update {
            all.push(shown(&delivery.reading()));
        }
    }
    if !webhook.errors.is_empty() {
        all.push(format!("errors: {:?}", webhook.errors));
    }
    if !webhook.other_fields.is_empty() {
        all.push(format!("other fields: {:?}", webhook.other_fields));
    }
    all.join("\n")
}

#[test]
fn every_message_is_read() {
    for (name, message) in fixtures("messages") {
        let webhook = read(&call(&[messages(&[message])]));
        insta::assert_snapshot!(format!("message-{name}"), all_of(&webhook));
    }
}

#[test]
fn every_change_is_read() {
    for (name, change) in fixtures("changes") {
        insta::assert_snapshot!(format!("change-{name}"), all_of(&read(&call(&[change]))));
    }
}
