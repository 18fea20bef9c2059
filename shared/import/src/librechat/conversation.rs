//! A conversation of LibreChat: messages one after the other, or inside of each other.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::flat::{Piece, flat};
use crate::chat::{Give, Said, Unread, give_chat, message_id, named_by, note, trouble};
use crate::loose::{List, Loose, Members, value};
use crate::moment::moment;
use crate::prose::{called, paragraphs, quoted, shown, thought};
use crate::tree::{self, Node};
use crate::{NewFile, NewMemory};

/// What the first message of a conversation follows.
const NONE: &str = "00000000-0000-0000-0000-000000000000";

/// Gives the conversation that `json` is.
pub(crate) fn conversation(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(chat) = Members::of(json) else {
        return give(trouble(
            "memory",
            format!("conversation/{}", named_by(&[json])),
            "It is not a conversation.",
        ));
    };
    let about = chat.some(&[
        "conversationId",
        "title",
        "endpoint",
        "model",
        "options",
        "createdAt",
        "updatedAt",
        "tags",
        "isArchived",
    ]);
    let whole = chat.get("messages").or_else(|| chat.get("messagesTree")).unwrap_or_default();
    let messages = messages(whole);
    let pieces = messages.as_deref().unwrap_or_default();
    let nodes = nodes(whole, pieces, zone);
    let memory = memory(&about, json, &nodes, zone);
    if messages.is_none() {
        return give(trouble("memory", memory.key, "The conversation has no messages that can be read."));
    }
    let mut read = |index: usize| -> Result<Option<Said>, Unread> {
        let message = value(&pieces[index].json(whole)).filter(Value::is_object).ok_or(Unread::FORM)?;
        Ok(Some(said(&message, zone)))
    };
    give_chat(memory, &nodes, None, &mut read, give)
}

/// The messages, each alone. What is no message stays in its place, to be named as what cannot be read.
fn messages(json: &str) -> Option<Vec<Piece>> {
    let alone = |message: &str| Piece::whole(json, message);
    if json.contains("\"children\"") {
        return flat(json);
    }
    Some(List::of(json)?.into_iter().map(alone).collect())
}

/// The messages' places. The times of a conversation are those of its messages.
fn nodes(whole: &str, pieces: &[Piece], zone: &TimeZone) -> Vec<Node> {
    let mut is_tree = false;
    let mut nodes: Vec<Node> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let json = piece.json(whole);
        let message = Members::of(&json).unwrap_or_default();
        is_tree |= piece.inside.is_some() || message.get("parentMessageId").is_some();
        let about = message.some(&["messageId", "parentMessageId", "createdAt"]);
        let parent = about.id("parentMessageId").filter(|parent| parent != NONE);
        nodes.push(Node {
            id: about.id("messageId").unwrap_or_else(|| message_id(&json)),
            parent: parent.or_else(|| Some(nodes[piece.inside?].id.clone())),
            at: moment(about.member("createdAt"), zone),
        });
    }
    if is_tree { nodes } else { tree::chain(nodes) }
}

fn memory(about: &Value, json: &str, nodes: &[Node], zone: &TimeZone) -> NewMemory {
    let id = about.id("conversationId").unwrap_or_else(|| match nodes.first() {
        Some(first) => named_by(&[&first.id, about.text("title").unwrap_or_default()]),
        None => named_by(&[json]),
    });
    let times = || nodes.iter().filter_map(|node| node.at);
    let (options, mut metadata) = (about.member("options"), Map::new());
    note(&mut metadata, "conversationId", about.id("conversationId"));
    note(&mut metadata, "model", about.text("model").or_else(|| options.text("model")));
    note(&mut metadata, "endpoint", about.text("endpoint").or_else(|| options.text("endpoint")));
    note(&mut metadata, "instructions", options.text("promptPrefix"));
    let own = about.list("tags").iter().filter_map(Value::as_str);
    NewMemory {
        key: format!("conversation/{id}"),
        title: about.text("title").map(str::to_owned),
        tags: std::iter::once("librechat").chain(own).map(str::to_owned).collect(),
        metadata,
        is_archived: about.is("isArchived"),
        created_at: moment(about.member("createdAt"), zone).or_else(|| times().min()),
        updated_at: moment(about.member("updatedAt"), zone).or_else(|| times().max()),
        ..NewMemory::default()
    }
}

fn said(message: &Value, zone: &TimeZone) -> Said {
    let is_own = message.member("isCreatedByUser").as_bool();
    let sender = message.text("sender");
    let at = moment(message.member("createdAt"), zone);
    let mut metadata = Map::new();
    note(&mut metadata, "model", message.text("model"));
    note(&mut metadata, "endpoint", message.text("endpoint"));
    note(&mut metadata, "error", message.is("error").then_some(true));
    note(&mut metadata, "unfinished", message.is("unfinished").then_some(true));
    Said {
        author: sender.map(str::to_owned),
        is_ai_generated: is_own
            .map_or_else(|| sender.is_some_and(|sender| sender != "User"), |is_own| !is_own),
        text: text(message),
        at,
        edited_at: None,
        metadata,
        attachments: attachments(message),
    }
}

/// The parts of a message, or its plain text.
fn text(message: &Value) -> String {
    let said = paragraphs(message.list("content").iter().map(part));
    if said.is_empty() { message.text("text").unwrap_or_default().to_owned() } else { said }
}

fn part(part: &Value) -> String {
    let text = |name: &str| {
        part.text(name).or_else(|| part.member(name).text("value")).unwrap_or_default().to_owned()
    };
    match part.text("type") {
        Some("text") => text("text"),
        Some("think") => {
            thought(part.text("think").or_else(|| part.member("think").text("value")).unwrap_or_default())
        }
        Some("tool_call") => {
            let call = part.member("tool_call");
            let name = call.text("name").or_else(|| call.member("function").text("name")).unwrap_or("tool");
            let input = call.get("args").unwrap_or_else(|| call.member("function").member("arguments"));
            paragraphs([called(name, input), quoted(&shown(call.member("output")))])
        }
        Some("error") => text("error"),
        // Its file is among the attachments.
        Some("image_file" | "image_url") => String::new(),
        _ => shown(part),
    }
}

/// The files of a message: an export names them and does not have them.
fn attachments(message: &Value) -> Vec<NewFile> {
    let pictures =
        message.list("content").iter().map(|part| part.member("image_file")).filter(|file| file.is_object());
    let (mut attachments, mut known) = (Vec::new(), HashSet::new());
    for file in message.list("files").iter().chain(message.list("attachments")).chain(pictures) {
        let name = file.text("filename").or_else(|| file.text("name"));
        let Some(key) = file.id("file_id").or_else(|| name.map(str::to_owned)) else { continue };
        if !known.insert(key.clone()) {
            continue;
        }
        attachments.push(NewFile {
            name: name.unwrap_or(&key).to_owned(),
            key,
            content_type: file.text("type").filter(|kind| kind.contains('/')).map(str::to_owned),
            path: None,
            bytes: None,
        });
    }
    attachments
}
