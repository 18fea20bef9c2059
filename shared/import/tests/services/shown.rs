//! Items as lines, for snapshots.

use std::fmt::Write as _;

use app_import::{Item, NewFile};
use serde_json::{Map, Value};

pub(crate) fn shown(items: &[Item]) -> String {
    items.iter().map(item).collect()
}

fn item(item: &Item) -> String {
    let mut text = String::new();
    match item {
        Item::Memory(memory) => {
            writeln!(text, "\nMEMORY {}", memory.key).unwrap();
            line(&mut text, "title", memory.title.as_deref());
            line(&mut text, "description", memory.description.as_deref());
            line(&mut text, "category", memory.category.as_deref());
            line(&mut text, "tags", Some(memory.tags.join(", ").as_str()));
            line(&mut text, "created", memory.created_at.map(|at| at.to_string()).as_deref());
            line(&mut text, "updated", memory.updated_at.map(|at| at.to_string()).as_deref());
            line(&mut text, "favorite", memory.is_favorite.then_some("yes"));
            line(&mut text, "archived", memory.is_archived.then_some("yes"));
            metadata(&mut text, &memory.metadata);
            files(&mut text, &memory.attachments);
            said(&mut text, memory.text.as_deref().unwrap_or_default());
        }
        Item::Message(message) => {
            let branch = if message.is_on_branch { "" } else { " (other branch)" };
            writeln!(text, "  MESSAGE {}{branch}", message.key).unwrap();
            line(&mut text, "follows", message.follows.as_deref());
            let who = if message.is_ai_generated { "machine" } else { "person" };
            line(&mut text, who, Some(message.author.as_deref().unwrap_or("?")));
            line(&mut text, "sent", message.sent_at.map(|at| at.to_string()).as_deref());
            metadata(&mut text, &message.metadata);
            files(&mut text, &message.attachments);
            said(&mut text, &message.text);
        }
        Item::Trouble(trouble) => {
            writeln!(text, "\nTROUBLE {} {}: {}", trouble.kind, trouble.key, trouble.reason).unwrap();
        }
        Item::Warning(warning) => writeln!(text, "\nWARNING {warning}").unwrap(),
        Item::Record(record) => writeln!(text, "\nRECORD {record:?}").unwrap(),
    }
    text
}

fn line(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        writeln!(text, "    {name}: {value}").unwrap();
    }
}

fn metadata(text: &mut String, metadata: &Map<String, Value>) {
    if !metadata.is_empty() {
        line(text, "metadata", Some(&Value::Object(metadata.clone()).to_string()));
    }
}

fn files(text: &mut String, files: &[NewFile]) {
    for file in files {
        let bytes = file.bytes.as_ref().map(|bytes| format!("{} bytes", bytes.len()));
        let place = file.path.clone().or(bytes).unwrap_or_else(|| "missing".to_owned());
        let shown =
            format!("{} {} [{}] {place}", file.key, file.name, file.content_type.as_deref().unwrap_or("?"));
        line(text, "file", Some(&shown));
    }
}

fn said(text: &mut String, said: &str) {
    for line in said.lines() {
        writeln!(text, "    | {line}").unwrap();
    }
}
