//! A conversation of Claude.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::blocks::{attachments, text};
use crate::NewMemory;
use crate::chat::{Give, Said, Unread, give_chat, message_id, named_by, note, trouble};
use crate::loose::{List, Loose, Members, value};
use crate::moment::moment;
use crate::tree::{self, Node};

/// What the first message of a conversation follows.
const NONE: &str = "00000000-0000-4000-8000-000000000000";

/// Gives the conversation that `json` is. `find` knows which entry of the archive a file is.
pub(crate) fn conversation(
    json: &str,
    zone: &TimeZone,
    find: &dyn Fn(&str) -> Option<String>,
    give: Give<'_>,
) -> ControlFlow<()> {
    let Some(chat) = Members::of(json) else {
        return give(trouble(
            "memory",
            format!("conversation/{}", named_by(&[json])),
            "It is not a conversation.",
        ));
    };
    let about = chat.some(&[
        "uuid",
        "name",
        "summary",
        "created_at",
        "updated_at",
        "model",
        "is_starred",
        "is_archived",
        "project",
        "project_uuid",
        "current_leaf_message_uuid",
    ]);
    let memory = memory(&about, json, zone);
    let Some(messages) = chat.get("chat_messages").and_then(List::of) else {
        return give(trouble("memory", memory.key, "The conversation has no messages that can be read."));
    };
    let nodes = nodes(&messages, zone);
    let mut read = |index: usize| -> Result<Option<Said>, Unread> {
        let message = value(messages[index]).filter(Value::is_object).ok_or(Unread::FORM)?;
        Ok(Some(said(&message, zone, find)))
    };
    give_chat(memory, &nodes, about.id("current_leaf_message_uuid").as_deref(), &mut read, give)
}

fn memory(about: &Value, json: &str, zone: &TimeZone) -> NewMemory {
    let created_at = moment(about.member("created_at"), zone);
    let id = about.id("uuid").unwrap_or_else(|| match created_at {
        Some(at) => named_by(&[&at.to_string(), about.text("name").unwrap_or_default()]),
        None => named_by(&[json]),
    });
    let project = about.member("project");
    let mut metadata = Map::new();
    note(&mut metadata, "conversationId", about.id("uuid"));
    note(&mut metadata, "model", about.text("model"));
    note(
        &mut metadata,
        "project",
        project.text("name").map(str::to_owned).or(project.id("uuid")).or(about.id("project_uuid")),
    );
    NewMemory {
        key: format!("conversation/{id}"),
        title: about.text("name").map(str::to_owned),
        description: about.text("summary").map(str::to_owned),
        tags: vec!["claude".to_owned()],
        metadata,
        is_favorite: about.is("is_starred"),
        is_archived: about.is("is_archived"),
        created_at,
        updated_at: moment(about.member("updated_at"), zone),
        ..NewMemory::default()
    }
}

/// The messages' places. Exports that do not say what follows what have them in their order.
fn nodes(messages: &[&str], zone: &TimeZone) -> Vec<Node> {
    let mut is_tree = false;
    let placed = messages.iter().map(|message| {
        let members = Members::of(message).unwrap_or_default();
        is_tree |= members.get("parent_message_uuid").is_some();
        let about = members.some(&["uuid", "parent_message_uuid", "created_at"]);
        Node {
            id: about.id("uuid").unwrap_or_else(|| message_id(message)),
            parent: about.id("parent_message_uuid").filter(|parent| parent != NONE),
            at: moment(about.member("created_at"), zone),
        }
    });
    let nodes = placed.collect();
    if is_tree { nodes } else { tree::chain(nodes) }
}

fn said(message: &Value, zone: &TimeZone, find: &dyn Fn(&str) -> Option<String>) -> Said {
    let sender = message.text("sender").or_else(|| message.text("role"));
    let at = moment(message.member("created_at"), zone);
    let mut metadata = Map::new();
    note(&mut metadata, "model", message.text("model"));
    note(&mut metadata, "truncated", message.is("truncated").then_some(true));
    note(
        &mut metadata,
        "stopReason",
        message.text("stop_reason").filter(|reason| *reason != "stop_sequence"),
    );
    Said {
        author: sender.map(str::to_owned),
        is_ai_generated: sender.is_some_and(|sender| sender.eq_ignore_ascii_case("assistant")),
        text: text(message),
        at,
        edited_at: None,
        metadata,
        attachments: attachments(message, find),
    }
}
