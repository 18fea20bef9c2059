//! ChatGPT's export: conversations in one file or in several, and the files that belong to them.

mod content;
mod conversation;
mod files;
mod saved;

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::archive::Archive;
use crate::json_files::{self, Form, Known, json_files, last_part};
use crate::loose::{text_of, value};
use crate::out::Out;
use crate::shape::Shape;
use crate::{ImportError, Options};

use conversation::conversation;
use files::Files;

/// What says how the files of an archive were called before.
const NAMES: &str = "conversation_asset_file_names.json";

/// Whether an archive is one.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    json_files::any(archive, &|shape| form(shape).is_some() || shape.has(1, "chatgpt_plus_user"))
}

/// Gives its items.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let names = names(archive)?;
    let files = Files::new(archive.entries().iter().map(|entry| entry.name.clone()), names);
    let sort = |shape: &Shape, name: &str| match form(shape) {
        Some(form) => Some(Known::Items(form, ())),
        None if is_aside(shape, name) => Some(Known::Aside),
        None => is_sent(name).then_some(Known::Sent),
    };
    json_files::read(archive, out, &sort, &mut |(), json, give| {
        conversation(json, &files, &options.timezone, give)
    })
}

/// Where conversations are in a file, if it has any.
fn form(shape: &Shape) -> Option<Form> {
    // Others have something of that name too.
    let is_conversation = |depth| {
        let is_node = shape.has_any(depth + 2, &["message", "parent", "children"]);
        shape.has(depth, "mapping") && (is_node || shape.has_any(depth, &["current_node", "create_time"]))
    };
    match shape {
        _ if is_conversation(2) => Some(Form::Many),
        _ if is_conversation(1) => Some(Form::One),
        _ if shape.has(1, "conversations") && is_conversation(3) => Some(Form::Within("conversations")),
        _ => None,
    }
}

/// Whether a file is one that was uploaded.
fn is_sent(name: &str) -> bool {
    last_part(name).starts_with("file-") || last_part(name).starts_with("file_")
}

/// Whether a file says nothing but of the account and of the export.
fn is_aside(shape: &Shape, name: &str) -> bool {
    const NAMED: [&str; 4] = [NAMES, "export_manifest.json", "user_settings.json", "library_files.json"];
    shape.has(1, "chatgpt_plus_user") || NAMED.contains(&last_part(name))
}

/// How the files were called before. An export without is as good as one with.
fn names(archive: &mut Archive<'_>) -> Result<HashMap<String, String>, ImportError> {
    let Some(file) = json_files(archive).into_iter().find(|file| last_part(&file.name) == NAMES) else {
        return Ok(HashMap::new());
    };
    let bytes = match json_files::whole(archive, &file) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) => error.of_entry().map(|_| Vec::new())?,
    };
    let names = value(&text_of(&bytes)).unwrap_or_default();
    let named = |(entry, name): (&String, &serde_json::Value)| {
        Some((last_part(entry).to_owned(), name.as_str()?.to_owned()))
    };
    Ok(names.as_object().into_iter().flatten().filter_map(named).collect())
}
