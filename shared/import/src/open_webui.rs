//! Chats of Open WebUI: each has a tree of messages, or, in older exports, a list of them.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::archive::Archive;
use crate::attached::{at_url, of_text};
use crate::chat::{Give, Said, Unread, give_chat, message_id, named_by, note, trouble};
use crate::json_files::{self, Form, Known};
use crate::loose::{self, List, Loose, Members, value};
use crate::moment::moment;
use crate::out::Out;
use crate::prose::{paragraphs, shown};
use crate::shape::Shape;
use crate::tree::{self, Node};
use crate::{ImportError, NewFile, NewMemory, Options};

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
    json_files::read(archive, out, &sort, &mut |(), json, give| chat(json, &options.timezone, give))
}

fn form(shape: &Shape) -> Option<Form> {
    let is_chat = |depth| {
        let is_whole = shape.has(depth, "chat") && shape.has_any(depth + 1, &["history", "messages"]);
        is_whole || (shape.has(depth, "history") && shape.has_any(depth + 1, &["currentId", "messages"]))
    };
    match shape {
        _ if is_chat(2) => Some(Form::Many),
        _ if is_chat(1) => Some(Form::One),
        _ if shape.has(1, "chats") && is_chat(3) => Some(Form::Within("chats")),
        _ => None,
    }
}

/// Gives the chat that `json` is.
fn chat(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(outer) = Members::of(json) else {
        return give(trouble("memory", format!("chat/{}", named_by(&[json])), "It is not a chat."));
    };
    let about = outer.some(&[
        "id",
        "title",
        "created_at",
        "updated_at",
        "archived",
        "pinned",
        "meta",
        "folder_id",
        "folder",
        "tags",
    ]);
    // What is exported from the screen of a chat has no more around it.
    let inner = outer.get("chat").and_then(Members::of).unwrap_or(outer);
    let within = inner.some(&["id", "title", "models", "tags", "timestamp", "params", "system"]);
    let history = inner.get("history").and_then(Members::of).unwrap_or_default();
    let current = history.some(&["currentId"]).id("currentId");
    let messages = history.get("messages").and_then(of_tree).filter(|messages| !messages.is_empty());
    let messages = messages.or_else(|| inner.get("messages").and_then(of_list));
    let memory = memory(&about, &within, json, zone);
    let Some(messages) = messages else {
        return give(trouble("memory", memory.key, "The chat has no messages that can be read."));
    };
    let nodes = nodes(&messages, zone);
    let mut read = |index: usize| -> Result<Option<Said>, Unread> {
        let message = value(messages[index].1).filter(Value::is_object).ok_or(Unread::FORM)?;
        Ok(Some(said(&message, zone)))
    };
    give_chat(memory, &nodes, current.as_deref(), &mut read, give)
}

/// Messages, each with what it is called.
type Messages<'a> = Vec<(String, &'a str)>;

fn of_tree(json: &str) -> Option<Messages<'_>> {
    Some(Members::of(json)?.iter().map(|(id, message)| (loose::id(id), message)).collect())
}

fn of_list(json: &str) -> Option<Messages<'_>> {
    let named = |message| {
        let id = Members::of(message).and_then(|message| message.some(&["id"]).id("id"));
        (id.unwrap_or_else(|| message_id(message)), message)
    };
    Some(List::of(json)?.into_iter().map(named).collect())
}

/// The messages' places. A list in which nothing says what it follows is in its order.
fn nodes(messages: &[(String, &str)], zone: &TimeZone) -> Vec<Node> {
    let mut is_tree = false;
    let placed = messages.iter().map(|(id, message)| {
        let message = Members::of(message).unwrap_or_default();
        is_tree |= message.get("parentId").is_some();
        let parent = message.some(&["parentId"]).id("parentId");
        Node { id: id.clone(), parent, at: moment(&message.value("timestamp"), zone) }
    });
    let nodes = placed.collect();
    if is_tree { nodes } else { tree::chain(nodes) }
}

fn memory(about: &Value, within: &Value, json: &str, zone: &TimeZone) -> NewMemory {
    let created_at =
        moment(about.member("created_at"), zone).or_else(|| moment(within.member("timestamp"), zone));
    let title = about.text("title").or_else(|| within.text("title"));
    let id = about.id("id").or_else(|| within.id("id")).unwrap_or_else(|| match created_at {
        Some(at) => named_by(&[&at.to_string(), title.unwrap_or_default()]),
        None => named_by(&[json]),
    });
    let mut metadata = Map::new();
    note(&mut metadata, "conversationId", about.id("id").or_else(|| within.id("id")));
    let models = within.list("models").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    note(&mut metadata, "model", Some(models));
    note(&mut metadata, "folderId", about.id("folder_id"));
    note(
        &mut metadata,
        "instructions",
        within.member("params").text("system").or_else(|| within.text("system")),
    );
    let folder = about.member("folder");
    let mut tags = vec!["open-webui".to_owned()];
    let tagged = [about.member("meta").list("tags"), about.list("tags"), within.list("tags")].concat();
    for tag in tagged.iter().filter_map(|tag| tag.as_str().or_else(|| tag.text("name"))) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    NewMemory {
        key: format!("chat/{id}"),
        title: title.map(str::to_owned),
        category: folder.as_str().or_else(|| folder.text("name")).map(str::to_owned),
        tags,
        metadata,
        is_favorite: about.is("pinned"),
        is_archived: about.is("archived"),
        created_at,
        updated_at: moment(about.member("updated_at"), zone),
        ..NewMemory::default()
    }
}

fn said(message: &Value, zone: &TimeZone) -> Said {
    let role = message.text("role").unwrap_or("user");
    let mut attachments = Vec::new();
    let text = text(message, &mut attachments);
    let mut known: HashSet<String> = attachments.iter().map(|file: &NewFile| file.key.clone()).collect();
    for file in message.list("files") {
        let file = attached(file, attachments.len() + 1);
        attachments.extend(file.filter(|file| known.insert(file.key.clone())));
    }
    let mut metadata = Map::new();
    note(&mut metadata, "role", Some(role).filter(|role| !["user", "assistant"].contains(role)));
    note(&mut metadata, "model", message.text("model"));
    note(&mut metadata, "rating", message.member("annotation").get("rating").cloned());
    Said {
        author: message.text("modelName").or(message.text("role")).map(str::to_owned),
        is_ai_generated: ["assistant", "tool"].contains(&role),
        text,
        at: moment(message.member("timestamp"), zone),
        edited_at: None,
        metadata,
        attachments,
    }
}

/// What a message says, and what went wrong with it.
fn text(message: &Value, pictures: &mut Vec<NewFile>) -> String {
    let said = match message.member("content") {
        Value::Array(parts) => {
            paragraphs(parts.iter().map(|part| match part.member("image_url").text("url") {
                Some(url) => {
                    pictures.push(at_url(url, None, pictures.len() + 1));
                    String::new()
                }
                None => part.text("text").map_or_else(|| shown(part), str::to_owned),
            }))
        }
        other => shown(other),
    };
    let error = message.member("error");
    paragraphs([said, error.text("content").or_else(|| error.as_str()).unwrap_or_default().to_owned()])
}

fn attached(file: &Value, number: usize) -> Option<NewFile> {
    let kept = file.member("file");
    let meta = kept.member("meta");
    let name = file.text("name").or_else(|| meta.text("name")).or_else(|| kept.text("filename"));
    let content_type = meta.text("content_type").or_else(|| file.text("content_type"));
    let id = file.id("id").or_else(|| kept.id("id"));
    let url = file.text("url").filter(|url| url.starts_with("data:") || id.is_none());
    if let Some(url) = url {
        return Some(at_url(url, name, number));
    }
    if let Some(text) = kept.member("data").text("content").or_else(|| file.text("content")) {
        return Some(of_text(id, name.unwrap_or("document"), content_type, text));
    }
    let key = id.or_else(|| name.map(str::to_owned))?;
    let name = name.map_or_else(|| key.clone(), str::to_owned);
    Some(NewFile { key, name, content_type: content_type.map(str::to_owned), path: None, bytes: None })
}
