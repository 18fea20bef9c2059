//! A conversation of ChatGPT: nodes in a `mapping`, each with a message and what it follows.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::content::{Content, without_marks};
use super::files::{Files, id_of};
use super::saved::saved;
use crate::chat::{Give, Said, Unread, give_chat, named_by, note, trouble};
use crate::loose::{self, List, Loose, Members, value};
use crate::moment::moment;
use crate::tree::Node;
use crate::{Item, NewFile, NewMemory};

/// Gives the conversation that `json` is, and behind it the memories that it shows to have been saved. Other conversations show the same
/// ones, under the same keys.
pub(crate) fn conversation(json: &str, files: &Files, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(chat) = Members::of(json) else {
        return give(trouble(
            "memory",
            format!("conversation/{}", named_by(&[json])),
            "It is not a conversation.",
        ));
    };
    let about = chat.some(&[
        "id",
        "conversation_id",
        "title",
        "create_time",
        "update_time",
        "current_node",
        "is_archived",
        "is_starred",
        "pinned_time",
        "default_model_slug",
        "gizmo_id",
        "conversation_template_id",
        "conversation_origin",
        "is_do_not_remember",
    ]);
    let memory = memory(&about, json, zone);
    let Some(mapping) = chat.get("mapping").and_then(Members::of) else {
        return give(trouble("memory", memory.key, "The conversation has no messages that can be read."));
    };
    let (nodes, messages) = nodes(&mapping, zone);
    let mut memories = Vec::new();
    let mut read = |index: usize| -> Result<Option<Said>, Unread> {
        let Some(json) = messages[index].filter(|json| *json != "null") else { return Ok(None) };
        let message = value(json).filter(Value::is_object).ok_or(Unread::FORM)?;
        if let Some(context) = message.member("content").text("model_set_context") {
            memories.extend(saved(context, zone));
        }
        Ok(Some(said(&message, files, zone)))
    };
    give_chat(memory, &nodes, about.id("current_node").as_deref(), &mut read, give)?;
    let mut given = HashSet::new();
    for memory in memories {
        if given.insert(memory.key.clone()) {
            give(Item::Memory(Box::new(memory)))?;
        }
    }
    ControlFlow::Continue(())
}

fn memory(about: &Value, json: &str, zone: &TimeZone) -> NewMemory {
    let created_at = moment(about.member("create_time"), zone);
    let id = about.id("conversation_id").or_else(|| about.id("id")).unwrap_or_else(|| {
        let title = about.text("title").unwrap_or_default();
        let begun = created_at.map(|at| at.to_string());
        // Of one that says neither when it began nor what it is called, all of it is its name.
        named_by(&begun.as_deref().map_or([json, ""], |begun| [begun, title]))
    });
    let mut metadata = Map::new();
    note(&mut metadata, "conversationId", about.id("conversation_id").or_else(|| about.id("id")));
    note(&mut metadata, "model", about.text("default_model_slug"));
    // A project is called as a model of one's own is, but for how its id begins.
    let is_project = |id: &&str| id.starts_with("g-p-");
    note(&mut metadata, "gpt", about.text("gizmo_id").filter(|id| !is_project(id)));
    let ids = [about.text("conversation_template_id"), about.text("gizmo_id")];
    note(&mut metadata, "project", ids.into_iter().flatten().find(is_project));
    note(&mut metadata, "conversationOrigin", about.text("conversation_origin"));
    note(&mut metadata, "doNotRemember", about.is("is_do_not_remember").then_some(true));
    NewMemory {
        key: format!("conversation/{id}"),
        title: about.text("title").map(str::to_owned),
        tags: vec!["chatgpt".to_owned()],
        metadata,
        is_favorite: about.is("is_starred") || moment(about.member("pinned_time"), zone).is_some(),
        is_archived: about.is("is_archived"),
        created_at,
        updated_at: moment(about.member("update_time"), zone),
        ..NewMemory::default()
    }
}

/// The nodes, and the JSON of the message of each.
fn nodes<'a>(mapping: &Members<'a>, zone: &TimeZone) -> (Vec<Node>, Vec<Option<&'a str>>) {
    let mut nodes = Vec::new();
    let mut messages = Vec::new();
    for (id, node) in mapping.iter() {
        let node = Members::of(node).unwrap_or_default();
        let message = node.get("message");
        let at =
            message.and_then(Members::of).and_then(|message| moment(&message.value("create_time"), zone));
        nodes.push(Node { id: loose::id(id), parent: node.value("parent").as_str().map(loose::id), at });
        messages.push(message);
    }
    adopt(&mut nodes, mapping);
    (nodes, messages)
}

/// Most nodes name their parents. Where some do not, their parents may name them.
fn adopt(nodes: &mut [Node], mapping: &Members<'_>) {
    let without = nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none());
    let without: HashMap<String, usize> = without.map(|(index, node)| (node.id.clone(), index)).collect();
    if without.len() < 2 {
        return;
    }
    for (id, node) in mapping.iter() {
        let children = Members::of(node).and_then(|node| List::of(node.get("children")?)).unwrap_or_default();
        for child in children.into_iter().filter_map(value) {
            if let Some(&child) = child.as_str().and_then(|child| without.get(&loose::id(child))) {
                nodes[child].parent.get_or_insert_with(|| loose::id(id));
            }
        }
    }
}

fn said(message: &Value, files: &Files, zone: &TimeZone) -> Said {
    let (author, about) = (message.member("author"), message.member("metadata"));
    let role = author.text("role").unwrap_or("user");
    let content = message.member("content");
    let read = Content::of(content);
    let mut metadata = Map::new();
    note(&mut metadata, "role", Some(role).filter(|role| !["user", "assistant"].contains(role)));
    note(&mut metadata, "model", about.text("model_slug"));
    let kind = content.text("content_type");
    note(&mut metadata, "contentType", kind.filter(|kind| !["text", "multimodal_text"].contains(kind)));
    note(&mut metadata, "recipient", message.text("recipient").filter(|recipient| *recipient != "all"));
    note(&mut metadata, "channel", message.text("channel").filter(|channel| *channel != "final"));
    note(&mut metadata, "status", message.text("status").filter(|status| *status != "finished_successfully"));
    note(&mut metadata, "hidden", is_hidden(message, role).then_some(true));
    Said {
        author: author.text("name").or(author.text("role")).map(str::to_owned),
        is_ai_generated: ["assistant", "tool"].contains(&role),
        text: without_marks(read.text, about.list("content_references")),
        at: moment(message.member("create_time"), zone),
        edited_at: None,
        metadata,
        attachments: attachments(about, &read.pointers, files),
    }
}

/// Whether ChatGPT does not show a message. What it says is brought in all the same.
fn is_hidden(message: &Value, role: &str) -> bool {
    role == "system"
        || message.member("metadata").is("is_visually_hidden_from_conversation")
        || message.member("weight").as_f64() == Some(0.0)
}

/// What was uploaded with a message, and what is shown in it, each once.
fn attachments(about: &Value, pointers: &[String], files: &Files) -> Vec<NewFile> {
    let mut attachments: Vec<NewFile> = Vec::new();
    let mut ids = HashSet::new();
    for file in about.list("attachments") {
        let Some(id) = file.id("id").or_else(|| file.id("file_id")).or_else(|| file.id("name")) else {
            continue;
        };
        let content_type = file.text("mime_type").or_else(|| file.text("mimeType"));
        if ids.insert(id_of(&id).to_owned()) {
            attachments.push(files.named(&id, file.text("name"), content_type));
        }
    }
    for pointer in pointers {
        if ids.insert(id_of(pointer).to_owned()) {
            attachments.push(files.named(pointer, None, None));
        }
    }
    attachments
}
