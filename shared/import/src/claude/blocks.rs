//! What a message of Claude says: its blocks, one after the other.

use std::collections::HashSet;

use serde_json::Value;

use crate::NewFile;
use crate::attached::of_text;
use crate::chat::named_by;
use crate::loose::Loose;
use crate::prose::{called, fenced, paragraphs, quoted, shown, thought};

/// The text of a message: of its blocks, or the plain text that old exports have.
pub(crate) fn text(message: &Value) -> String {
    let said = match message.member("content") {
        Value::String(text) => text.clone(),
        content => paragraphs(content.as_array().into_iter().flatten().map(block)),
    };
    if said.trim().is_empty() { message.text("text").unwrap_or_default().to_owned() } else { said }
}

fn block(block: &Value) -> String {
    match block.text("type") {
        Some("text") => block.text("text").unwrap_or_default().to_owned(),
        Some("thinking") => {
            thought(block.text("thinking").or_else(|| block.text("text")).unwrap_or_default())
        }
        Some("tool_use") => tool_use(block),
        Some("tool_result") => match block.member("content") {
            Value::Array(parts) => paragraphs(parts.iter().map(part)),
            other => quoted(&shown(other)),
        },
        Some("voice_note") => paragraphs([
            block.text("title").unwrap_or_default().into(),
            block.text("text").unwrap_or_default().into(),
        ]),
        // Marks of how much was left to think, and of what was not to be shown.
        Some("token_budget" | "flag") => String::new(),
        _ => part(block),
    }
}

/// A part of what a tool gave, or something that is not known.
fn part(part: &Value) -> String {
    match part.text("text").or_else(|| part.as_str()) {
        Some(text) => quoted(text),
        None => shown(part),
    }
}

/// A tool that was called. What it was told to write is shown as what it is.
fn tool_use(block: &Value) -> String {
    let (name, input) = (block.text("name").unwrap_or("tool"), block.member("input"));
    let Some(written) =
        input.text("content").or_else(|| input.text("code")).or_else(|| input.text("file_text"))
    else {
        return called(name, input);
    };
    let title =
        input.text("title").or_else(|| input.text("path")).or_else(|| input.text("id")).unwrap_or(name);
    let language = input.text("language").unwrap_or(match input.text("type") {
        Some("text/markdown") => "markdown",
        Some("text/html") => "html",
        Some("image/svg+xml") => "svg",
        _ => "",
    });
    paragraphs([format!("**{}**", title.replace('*', "")), fenced(language, written)])
}

/// What came with a message: texts that Claude has read out of files, and files.
pub(crate) fn attachments(message: &Value, find: &dyn Fn(&str) -> Option<String>) -> Vec<NewFile> {
    let mut attachments: Vec<NewFile> = Vec::new();
    for (index, file) in message.list("attachments").iter().enumerate() {
        let called = file.text("file_name");
        let name = called.map_or_else(|| format!("attachment-{}.txt", index + 1), str::to_owned);
        let (id, kind) = (file.id("id"), file.text("file_type"));
        attachments.push(match file.text("extracted_content") {
            Some(text) => {
                // Its place is no part of what it is known by.
                let key = id.unwrap_or_else(|| named_by(&[called.unwrap_or_default(), text]));
                of_text(Some(key), &name, kind, text)
            }
            None => NewFile {
                key: id.unwrap_or_else(|| named_by(&[&name])),
                path: find(&name),
                name,
                content_type: kind.map(str::to_owned),
                bytes: None,
            },
        });
    }
    let mut known: HashSet<String> = attachments.iter().map(|file| file.key.clone()).collect();
    for file in message.list("files").iter().chain(message.list("files_v2")) {
        let id = file.id("file_uuid").or_else(|| file.id("uuid")).or_else(|| file.id("file_id"));
        let Some(name) = file.text("file_name").map(str::to_owned).or_else(|| id.clone()) else { continue };
        let key = id.clone().unwrap_or_else(|| named_by(&[&name]));
        if !known.insert(key.clone()) {
            continue;
        }
        attachments.push(NewFile {
            path: id.as_deref().and_then(find).or_else(|| find(&name)),
            key,
            name,
            content_type: file.text("file_type").map(str::to_owned),
            bytes: None,
        });
    }
    attachments
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks_stand_one_after_the_other() {
        let message = json!({"text": "old", "content": [
            {"type": "thinking", "thinking": "Two lines.\nHere."},
            {"type": "text", "text": "Here it is."},
            {"type": "tool_use", "name": "artifacts", "input": {"title": "Plan", "type": "text/markdown", "content": "# Plan"}},
            {"type": "tool_use", "name": "web_search", "input": {"query": "oats"}},
            {"type": "tool_result", "content": [{"type": "text", "text": "found"}]},
            {"type": "token_budget"},
        ]});
        assert_eq!(
            text(&message),
            "**Thinking**\n\n> Two lines.\n> Here.\n\nHere it is.\n\n**Plan**\n\n```markdown\n# Plan\n```\n\n**web_search**\n\n```json\n{\n  \"query\": \"oats\"\n}\n```\n\n> found"
        );
        assert_eq!(text(&json!({"text": "old", "content": []})), "old");
        assert_eq!(text(&json!({"text": "old", "content": 7})), "old");
        assert_eq!(text(&json!(null)), "");
    }

    #[test]
    fn the_text_of_a_document_is_a_text() {
        let message = json!({"attachments": [
            {"file_name": "lease.pdf", "file_type": "pdf", "extracted_content": "Rent is due."},
            {"file_name": "notes.md", "extracted_content": "# Notes"},
            "wrong",
        ], "files": [{"file_name": "cat.png", "file_uuid": "f1"}, {"file_name": 4}]});
        let found = attachments(&message, &|name| (name == "f1").then(|| "files/f1".to_owned()));
        let names: Vec<_> = found
            .iter()
            .map(|file| (file.name.as_str(), file.path.as_deref(), file.bytes.is_some()))
            .collect();
        assert_eq!(
            names,
            [
                ("lease.pdf.txt", None, true),
                ("notes.md", None, true),
                ("attachment-3.txt", None, false),
                ("cat.png", Some("files/f1"), false)
            ]
        );
    }
}
