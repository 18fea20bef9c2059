//! What somebody has changed in a note, as a change of its memory.

use std::collections::HashMap;

use app_archive::shown_words;
use app_domain::{Content, Memory};
use serde_json::{Value, json};

use super::marks::{Marks, Part};
use super::names::Names;
use super::note::Read;

/// Why a note is not taken.
const TOO_LONG: &str = "It has become longer than a memory can be (64 KiB).";
const NO_JSON: &str = "The memory is no text, and what the note says is no JSON any more.";

/// A memory with what a note says now and did not say before; with all of it, if nothing is known of before. `is_ours` are notes that we have made:
/// what else people write in front of them is theirs alone.
///
/// # Errors
/// In words for the person, if it cannot be so.
pub(crate) fn taken(
    memory: &Memory,
    read: &Read,
    before: Option<&Marks>,
    names: &Names,
    is_ours: bool,
) -> Result<Memory, String> {
    let mut after = memory.clone();
    let from = &read.made.memory;
    let changed: Vec<Part> = match before {
        Some(before) => before.changed_in(&read.marks).collect(),
        None => Part::ALL.to_vec(),
    };
    for part in changed {
        match part {
            Part::Title => after.title = from.title.clone(),
            Part::Description => after.description = from.description.clone(),
            // A category that is not there does not file it elsewhere.
            Part::Category => match &read.made.category {
                Some(name) => after.category = names.id(name.as_str()).or(after.category),
                None => after.category = None,
            },
            Part::Tags => after.tags = from.tags.clone(),
            Part::Favorite => after.is_favorite = from.is_favorite,
            Part::Archived => after.is_archived = from.is_archived,
            Part::Metadata if is_ours => {}
            Part::Metadata => after.metadata = from.metadata.clone(),
            Part::Words if !read.made.rest.is_empty() => return Err(TOO_LONG.to_owned()),
            Part::Words => {
                let words = from.content.as_ref().map(|content| content.text()).unwrap_or_default();
                after.content = content(memory.content.as_ref(), &words)?;
            }
        }
    }
    Ok(after)
}

/// What a memory holds with other words.
fn content(before: Option<&Content>, words: &str) -> Result<Option<Content>, String> {
    let value = match before.map(Content::value) {
        None | Some(Value::Null) => held(words.trim_end(), |words| json!({"text": words})),
        Some(Value::String(said)) => held(&restored(said, words), |words| json!(words)),
        Some(Value::Object(members)) if members.get("text").is_some_and(Value::is_string) => {
            let said = members.get("text").and_then(Value::as_str).unwrap_or_default();
            let words = restored(said, words);
            let is_all = members.len() == 1 && words.is_empty();
            let mut members = members.clone();
            members.insert("text".to_owned(), json!(words));
            (!is_all).then_some(Value::Object(members))
        }
        Some(_) => Some(in_fence(words).ok_or(NO_JSON)?),
    };
    value.map(Content::parse).transpose().map_err(|invalid| format!("It {invalid}."))
}

fn held(words: &str, value: impl FnOnce(&str) -> Value) -> Option<Value> {
    (!words.is_empty()).then(|| value(words))
}

/// The words of a note with each line that was not touched as it is in the memory: there it was written so that it is no HTML.
fn restored(said: &str, words: &str) -> String {
    let shown = shown_words(said);
    let said = said.replace("\r\n", "\n").replace('\r', "\n");
    let said: Vec<&str> = said.trim_matches('\n').split('\n').collect();
    let lines: Vec<&str> = shown.split('\n').collect();
    // What closes a fence that was left open stands behind everything.
    let closing = lines.get(said.len()..).unwrap_or_default().join("\n");
    let words = words.trim_end_matches(['\n', '\r']);
    let words = match words.strip_suffix(&closing).and_then(|words| words.strip_suffix('\n')) {
        Some(open) if !closing.is_empty() => open,
        _ => words,
    };
    let originals: HashMap<&str, &str> =
        lines.into_iter().zip(said).filter(|(one, other)| one != other).collect();
    let lines: Vec<&str> =
        words.split('\n').map(|line| originals.get(line).copied().unwrap_or(line)).collect();
    lines.join("\n")
}

/// The JSON in a fence.
fn in_fence(words: &str) -> Option<Value> {
    let words = words.trim();
    let inside =
        words.split_once('\n').filter(|(fence, _)| fence.starts_with("```")).map_or(words, |(_, rest)| rest);
    serde_json::from_str(inside.trim_end_matches('`').trim()).ok()
}
