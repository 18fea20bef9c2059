//! The JSON in a memory: what it holds, and what a client keeps beside it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Invalid;

/// What a memory holds: any JSON value, up to [`Content::MAX_BYTES`] when written compactly, and not nested too deeply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content(Value);

impl Content {
    /// 64 KiB.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// What is stored must be readable again, inside answers and files too; JSON readers give up at about 128 levels.
    const MAX_DEPTH: usize = 100;

    /// # Errors
    /// If it is too large or nested too deeply.
    pub fn parse(value: Value) -> Result<Self, Invalid> {
        if depth(&value) > Self::MAX_DEPTH {
            return Err(Invalid::new(format!("must be nested at most {} levels deep", Self::MAX_DEPTH)));
        }
        if value.to_string().len() > Self::MAX_BYTES {
            return Err(Invalid::new(format!("must be at most {} KiB of JSON", Self::MAX_BYTES / 1024)));
        }
        Ok(Self(value))
    }

    /// The JSON value.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The words in it: the string itself, its `text` member, or else every string inside, line by line.
    pub fn text(&self) -> String {
        if let Some(text) = self.0.as_str().or_else(|| self.0.get("text").and_then(Value::as_str)) {
            return text.to_owned();
        }
        let mut lines = Vec::new();
        collect_strings(&self.0, &mut lines);
        lines.join("\n")
    }
}

/// How deep arrays and objects are nested in it.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn collect_strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_strings(item, into)),
        Value::Object(members) => members.values().for_each(|member| collect_strings(member, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What a client keeps beside a memory: a JSON object of up to [`Metadata::MAX_BYTES`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// 8 KiB.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// # Errors
    /// If it is too large.
    pub fn parse(members: Map<String, Value>) -> Result<Self, Invalid> {
        let metadata = Self(members);
        if Value::Object(metadata.0.clone()).to_string().len() > Self::MAX_BYTES {
            return Err(Invalid::new(format!("must be at most {} KiB of JSON", Self::MAX_BYTES / 1024)));
        }
        Ok(metadata)
    }

    /// The members.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_words_of_any_json_are_found() {
        let text = |value| Content::parse(value).unwrap().text();
        assert_eq!(text(json!("plain")), "plain");
        assert_eq!(text(json!({"text": "main", "other": "not this"})), "main");
        assert_eq!(text(json!({"list": ["a", {"b": "c"}], "n": 1})), "a\nc");
        assert_eq!(text(json!(null)), "");
    }

    #[test]
    fn content_has_a_size() {
        assert!(Content::parse(json!("x".repeat(Content::MAX_BYTES - 2))).is_ok());
        assert!(Content::parse(json!("x".repeat(Content::MAX_BYTES))).is_err());
        let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert!(Content::parse(nested(100)).is_ok() && Content::parse(nested(101)).is_err());
    }
}
