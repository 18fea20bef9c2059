//! Claude's export: conversations, projects with their documents, and what it remembers.

mod blocks;
mod conversation;
mod projects;

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::archive::Archive;
use crate::json_files::{self, Form, Known, last_part};
use crate::out::Out;
use crate::shape::Shape;
use crate::{ImportError, Options};

/// What is in a file.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Conversation,
    Project,
    Memories,
}

/// Whether an archive is one.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    let is_known = json_files::any(archive, &|shape| matches!(sort(shape), Some(Known::Items(..))));
    // Of somebody who has not written anything yet, there is but the account. Other lists of people stand alone.
    let is_called_so = |archive: &Archive<'_>| {
        archive.entries().iter().any(|entry| last_part(&entry.name) == "conversations.json")
    };
    is_known
        || (is_called_so(archive)
            && json_files::any(archive, &|shape| matches!(sort(shape), Some(Known::Aside))))
}

/// Gives its items.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let zone = &options.timezone;
    // By their whole last part, and by what is before its ending: files are called by their ids, or by their names.
    let mut files: HashMap<String, String> = HashMap::new();
    for entry in archive.entries() {
        let last = last_part(&entry.name);
        for name in [Some(last), last.split_once('.').map(|(stem, _)| stem)].into_iter().flatten() {
            files.entry(name.to_owned()).or_insert_with(|| entry.name.clone());
        }
    }
    let find = |name: &str| files.get(name).filter(|_| !name.is_empty()).cloned();
    json_files::read(archive, out, &|shape, _| sort(shape), &mut |kind, json, give| match kind {
        Kind::Conversation => conversation::conversation(json, zone, &find, give),
        Kind::Project => projects::project(json, zone, give),
        Kind::Memories => projects::memories(json, zone, give),
    })
}

fn sort(shape: &Shape) -> Option<Known<Kind>> {
    const REMEMBERED: [&str; 3] = ["conversations_memory", "project_memories", "memory_files"];
    let is_project = |depth| {
        let is_own = shape.has_any(depth, &["prompt_template", "is_starter_project"]);
        shape.has(depth, "uuid") && (is_own || (shape.has(depth, "docs") && shape.has(depth, "creator")))
    };
    let (form, kind) = match shape {
        _ if shape.has(2, "chat_messages") => (Form::Many, Kind::Conversation),
        _ if shape.has(1, "chat_messages") => (Form::One, Kind::Conversation),
        _ if shape.has(1, "conversations") && shape.has(3, "chat_messages") => {
            (Form::Within("conversations"), Kind::Conversation)
        }
        _ if is_project(2) => (Form::Many, Kind::Project),
        _ if is_project(1) => (Form::One, Kind::Project),
        _ if shape.has_any(2, &REMEMBERED) => (Form::Many, Kind::Memories),
        _ if shape.has_any(1, &REMEMBERED) => (Form::One, Kind::Memories),
        _ if shape.has(2, "full_name") && shape.has(2, "email_address") => return Some(Known::Aside),
        _ => return None,
    };
    Some(Known::Items(form, kind))
}
