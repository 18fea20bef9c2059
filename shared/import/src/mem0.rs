//! Memories of mem0.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::archive::Archive;
use crate::chat::{Give, named_by, note, trouble};
use crate::json_files::{self, Form, Known};
use crate::loose::{Loose, value};
use crate::moment::moment;
use crate::out::Out;
use crate::shape::Shape;
use crate::{ImportError, Item, NewMemory, Options};

/// Members that are not kept besides: they are the memory itself, or no more than how it was found.
const KNOWN: [&str; 14] = [
    "id",
    "memory",
    "text",
    "data",
    "content",
    "metadata",
    "categories",
    "created_at",
    "updated_at",
    "hash",
    "score",
    "title",
    "name",
    "structured_attributes",
];

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
    json_files::read(archive, out, &sort, &mut |(), json, give| memory(json, &options.timezone, give))
}

fn form(shape: &Shape) -> Option<Form> {
    const OWNERS: [&str; 5] = ["user_id", "agent_id", "app_id", "run_id", "actor_id"];
    let is_memory = |depth| {
        let is_own = shape.has_any(depth, &OWNERS) || shape.has_any(depth, &["hash", "categories"]);
        (shape.has(depth, "memory") && (is_own || shape.has_any(depth, &["created_at", "metadata"])))
            || (shape.has(depth, "text") && shape.has(depth, "hash") && shape.has_any(depth, &OWNERS))
    };
    match shape {
        _ if is_memory(2) => Some(Form::Many),
        _ if shape.has(1, "results") && is_memory(3) => Some(Form::Within("results")),
        _ if shape.has(1, "memories") && is_memory(3) => Some(Form::Within("memories")),
        _ if is_memory(1) => Some(Form::One),
        _ => None,
    }
}

/// Gives the memory that `json` is.
fn memory(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let read = value(json);
    let memory = read.as_ref().filter(|memory| memory.is_object()).unwrap_or(&Value::Null);
    let text = ["memory", "text", "data", "content"].into_iter().find_map(|name| memory.text(name));
    let key =
        memory.id("id").or_else(|| memory.id("hash")).unwrap_or_else(|| named_by(&[text.unwrap_or(json)]));
    let key = format!("memory/{key}");
    let Some(text) = text else {
        return give(trouble("memory", key, "It has no text that can be read."));
    };
    let mut metadata: Map<String, Value> = memory.member("metadata").as_object().cloned().unwrap_or_default();
    for (name, known) in memory.as_object().into_iter().flatten() {
        if !KNOWN.contains(&name.as_str()) && !metadata.contains_key(name) {
            note(&mut metadata, name, Some(known.clone()));
        }
    }
    let categories = memory.list("categories").iter().filter_map(Value::as_str);
    let created_at = moment(memory.member("created_at"), zone);
    give(Item::Memory(Box::new(NewMemory {
        key,
        title: memory.text("title").or_else(|| memory.text("name")).map(str::to_owned),
        text: Some(text.to_owned()),
        tags: std::iter::once("mem0").chain(categories).map(str::to_owned).collect(),
        metadata,
        created_at,
        updated_at: moment(memory.member("updated_at"), zone).or(created_at),
        ..NewMemory::default()
    })))
}
