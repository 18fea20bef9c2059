//! The parts that words are put together from.

use serde_json::{Map, Value};

use crate::whatsapp::wire::MAX_ID_BYTES;

/// A text that holds more than white space.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A text, or a number as people write it.
pub(super) fn plain(value: &Value) -> Option<String> {
    value.as_f64().map(|number| number.to_string()).or_else(|| text(value))
}

/// An id that can be used.
pub(super) fn id(value: &Value) -> Option<String> {
    text(value).filter(|id| id.len() <= MAX_ID_BYTES)
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn lines(parts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    joined(parts, "\n")
}

pub(super) fn joined(parts: impl IntoIterator<Item = Option<String>>, separator: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

/// What it is, before what it says.
pub(super) fn labelled(label: &str, words: Option<String>) -> Option<String> {
    words.map(|words| format!("{label}: {words}"))
}

/// JSON of Meta's with its names as ours are: in camel case. What is empty is left out.
pub(super) fn camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null() && *value != "");
            Value::Object(
                members.map(|(name, value)| (camel_case(name), camel(value))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(camel).collect()),
        _ => value.clone(),
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &initial.into_iter().chain(letters).collect::<String>()
    })
}
