//! Memories and conversations of Khoj.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::archive::Archive;
use crate::attached::{at_url, of_text};
use crate::chat::{Give, Said, Unread, give_chat, message_id, named_by, note, trouble};
use crate::json_files::{self, Form, Known};
use crate::loose::{List, Loose, Members, value};
use crate::moment::moment;
use crate::out::Out;
use crate::prose::{paragraphs, shown};
use crate::shape::Shape;
use crate::tree::{self, Node};
use crate::{ImportError, Item, NewFile, NewMemory, Options};

/// Whether an archive is one of them.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    json_files::any(archive, &|shape| form(shape).is_some())
}

/// Gives its items.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let sort = |shape: &Shape, _: &str| Some(Known::Items(form(shape)?, ()));
    json_files::read(archive, out, &sort, &mut |(), json, give| item(json, &options.timezone, give))
}

fn form(shape: &Shape) -> Option<Form> {
    let is_item = |depth| {
        let is_chat = shape.has_any(depth, &["chat", "messages"]) && shape.has(depth + 2, "by");
        let is_memory = shape.has(depth, "raw") && shape.has(depth, "created_at");
        shape.has(depth, "conversation_log") || is_chat || is_memory
    };
    match shape {
        _ if is_item(2) => Some(Form::Many),
        _ if shape.has(1, "memories") && is_item(3) => Some(Form::Within("memories")),
        _ if shape.has(1, "conversations") && is_item(3) => Some(Form::Within("conversations")),
        _ if is_item(1) => Some(Form::One),
        _ => None,
    }
}

/// Gives the memory or the conversation that `json` is.
fn item(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(members) = Members::of(json) else {
        return give(trouble("memory", named_by(&[json]), "It is neither a memory nor a conversation."));
    };
    if members.get("raw").is_some() {
        return give(memory(&members, zone));
    }
    // What is exported has the log as it is stored; what the interface gives has the chat alone.
    let log = members.get("conversation_log").and_then(Members::of).unwrap_or_default();
    let chat = log.get("chat").or_else(|| members.get("chat")).or_else(|| members.get("messages"));
    // A conversation in which nothing was said yet has a log with nothing in it.
    let is_new =
        members.get("conversation_log").is_some_and(|log| Members::of(log).is_some()) && chat.is_none();
    let messages = if is_new { Some(Vec::new()) } else { chat.and_then(List::of) };
    let Some(messages) = messages else {
        let key = format!("conversation/{}", named_by(&[json]));
        return give(trouble("memory", key, "The conversation has no messages that can be read."));
    };
    let nodes = nodes(&messages, zone);
    let memory = conversation(&members, &nodes, json, zone);
    let mut read = |index: usize| -> Result<Option<Said>, Unread> {
        let message = value(messages[index]).filter(Value::is_object).ok_or(Unread::FORM)?;
        Ok(Some(said(&message, zone)))
    };
    give_chat(memory, &nodes, None, &mut read, give)
}

fn memory(members: &Members<'_>, zone: &TimeZone) -> Item {
    let about = members.some(&["id", "raw", "created_at", "updated_at", "agent"]);
    let Some(text) = about.text("raw") else {
        return trouble(
            "memory",
            format!("memory/{}", about.id("id").unwrap_or_default()),
            "It has no text that can be read.",
        );
    };
    let created_at = moment(about.member("created_at"), zone);
    let mut metadata = Map::new();
    note(&mut metadata, "agent", about.text("agent").or_else(|| about.member("agent").text("name")));
    Item::Memory(Box::new(NewMemory {
        // A memory that is changed is another one, with another number.
        key: format!("memory/{}", about.id("id").unwrap_or_else(|| named_by(&[text]))),
        text: Some(text.to_owned()),
        tags: vec!["khoj".to_owned()],
        metadata,
        created_at,
        updated_at: moment(about.member("updated_at"), zone).or(created_at),
        ..NewMemory::default()
    }))
}

/// A conversation is exported without its id: its first message, and when it began, are its name.
fn conversation(members: &Members<'_>, nodes: &[Node], json: &str, zone: &TimeZone) -> NewMemory {
    let about = members.some(&[
        "id",
        "conversation_id",
        "title",
        "slug",
        "agent",
        "created_at",
        "updated_at",
        "file_filters",
    ]);
    let times = || nodes.iter().filter_map(|node| node.at);
    let created_at = moment(about.member("created_at"), zone).or_else(|| times().min());
    let id = about.id("id").or_else(|| about.id("conversation_id"));
    let id = id.unwrap_or_else(|| match (created_at, nodes.first()) {
        (Some(at), first) => named_by(&[&at.to_string(), first.map_or("", |first| &first.id)]),
        (None, _) => named_by(&[json]),
    });
    let mut metadata = Map::new();
    note(&mut metadata, "agent", about.text("agent").or_else(|| about.member("agent").text("name")));
    note(
        &mut metadata,
        "files",
        about
            .get("file_filters")
            .filter(|files| files.as_array().is_some_and(|files| !files.is_empty()))
            .cloned(),
    );
    NewMemory {
        key: format!("conversation/{id}"),
        title: about.text("title").or_else(|| about.text("slug")).map(str::to_owned),
        tags: vec!["khoj".to_owned()],
        metadata,
        created_at,
        updated_at: moment(about.member("updated_at"), zone).or_else(|| times().max()),
        ..NewMemory::default()
    }
}

/// The messages one after the other. A turn is two of them: what was asked, and the answer.
fn nodes(messages: &[&str], zone: &TimeZone) -> Vec<Node> {
    let placed = messages.iter().map(|message| {
        let about = Members::of(message).unwrap_or_default().some(&["turnId", "created", "by"]);
        let turn = about.id("turnId").or_else(|| about.id("created"));
        let turn = turn.unwrap_or_else(|| message_id(message));
        let id = format!("{turn}/{}", about.text("by").unwrap_or_default());
        Node { id, parent: None, at: moment(about.member("created"), zone) }
    });
    tree::chain(placed.collect())
}

fn said(message: &Value, zone: &TimeZone) -> Said {
    let by = message.text("by");
    let (intent, diagram) = (message.member("intent"), message.text("mermaidjsDiagram"));
    let diagram = diagram.map(|diagram| crate::prose::fenced("mermaid", diagram)).unwrap_or_default();
    let mut metadata = Map::new();
    note(&mut metadata, "intent", intent.text("type").filter(|kind| *kind != "remember"));
    note(&mut metadata, "references", Some(message.list("context").len()).filter(|count| *count > 0));
    note(&mut metadata, "automationId", message.id("automationId"));
    let mut attachments: Vec<NewFile> = Vec::new();
    for image in message.list("images").iter().filter_map(Value::as_str) {
        attachments.push(at_url(image, None, attachments.len() + 1));
    }
    for file in message.list("queryFiles") {
        if let (Some(name), Some(text)) = (file.text("name"), file.text("content")) {
            attachments.push(of_text(None, name, file.text("file_type"), text));
        }
    }
    Said {
        author: by.map(str::to_owned),
        is_ai_generated: by == Some("khoj"),
        text: paragraphs([shown(message.member("message")), diagram]),
        at: moment(message.member("created"), zone),
        edited_at: None,
        metadata,
        attachments,
    }
}
