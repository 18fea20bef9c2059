//! Makes memories of rows and objects, whose values are known by what they are.

use serde_json::{Map, Value};

use crate::NewMemory;
use crate::dates::Dates;
use crate::fields::Target;
use crate::keys::{Keys, hash};

/// Makes a memory of the values of a row or an object. `None`, if there is nothing in it.
pub(crate) fn memory(
    values: Vec<(String, Option<Target>, Value)>,
    dates: &Dates,
    keys: &mut Keys,
) -> Option<NewMemory> {
    let values: Vec<_> = values.into_iter().filter(|(.., value)| !is_nothing(value)).collect();
    let is_there = |target: Option<Target>| {
        !matches!(
            target,
            Some(Target::Id | Target::CreatedAt | Target::UpdatedAt | Target::Favorite | Target::Archived)
        )
    };
    if !values.iter().any(|(_, target, _)| is_there(*target)) {
        return None;
    }
    let hash = hash(&values);
    let has_words = values
        .iter()
        .any(|(_, target, _)| matches!(target, Some(Target::Title | Target::Content | Target::Description)));
    let mut memory = NewMemory::default();
    let (mut id, mut lines) = (None, Vec::new());
    for (name, target, value) in values {
        match (target, value) {
            (Some(Target::Id), value) => id = Some(words(&value)),
            (Some(Target::Title), value) => memory.title = Some(words(&value)),
            (Some(Target::Description), value) => memory.description = Some(words(&value)),
            (Some(Target::Content), Value::String(text)) => memory.text = Some(text),
            (Some(Target::Content), value) => memory.content = Some(value),
            (Some(Target::Category), value) => memory.category = named(&value),
            (Some(Target::Tags), value) => memory.tags = tags(&value),
            (Some(Target::CreatedAt), value) => match dates.value(&value) {
                Some(at) => memory.created_at = Some(at),
                None => keep(&mut memory.metadata, name, value),
            },
            (Some(Target::UpdatedAt), value) => match dates.value(&value) {
                Some(at) => memory.updated_at = Some(at),
                None => keep(&mut memory.metadata, name, value),
            },
            (Some(Target::Favorite), value) => memory.is_favorite = is_true(&value),
            (Some(Target::Archived), value) => memory.is_archived = is_true(&value),
            (None, value) if has_words => keep(&mut memory.metadata, name, value),
            // What has no words that are known consists of all that it has.
            (None, value) => lines.push(format!("{name}: {}", words(&value))),
        }
    }
    if !lines.is_empty() {
        memory.text = Some(lines.join("\n"));
    }
    memory.key = keys.of(id, hash);
    Some(memory)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

/// A name, or that of an object.
fn named(value: &Value) -> Option<String> {
    let name = value.get("name").or_else(|| value.get("title")).unwrap_or(value);
    let name = match name {
        Value::Array(names) => names.first().map(words)?,
        name => words(name),
    };
    Some(name).filter(|name| !name.is_empty())
}

fn tags(value: &Value) -> Vec<String> {
    match value {
        Value::Array(tags) => tags.iter().filter_map(named).collect(),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Array(tags)) => tags.iter().filter_map(named).collect(),
            _ => {
                let mark = [';', '|', ','].into_iter().find(|mark| text.contains(*mark)).unwrap_or(',');
                let tags = text.split(mark).map(|tag| tag.trim().trim_start_matches('#'));
                tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
            }
        },
        other => named(other).into_iter().collect(),
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::String(text) => matches!(
            text.trim().to_lowercase().as_str(),
            "true" | "yes" | "1" | "x" | "ja" | "oui" | "sí" | "sim"
        ),
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        _ => false,
    }
}

/// Keeps what has no place, under its own name or one beside it.
fn keep(metadata: &mut Map<String, Value>, name: String, value: Value) {
    let name = if name.is_empty() { "value".to_owned() } else { name };
    let mut free = name.clone();
    let mut number = 2;
    while metadata.contains_key(&free) {
        free = format!("{name} {number}");
        number += 1;
    }
    metadata.insert(free, value);
}
