//! Reading what was sent, field by field: each must be known, and of its kind.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// An object in what was sent.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Where it is.
    path: &'a str,
    fields: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// An object that has no other fields than these.
    pub(super) fn of(path: &'a str, value: &'a Value, known: &[&str]) -> Result<Self, Refusal> {
        let fields = value.as_object().ok_or_else(|| Refusal::value(path, "it is no object"))?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Refusal::invalid(format!("Unexpected key \"{name}\" on param \"{path}\"."))),
            None => Ok(Self { path, fields }),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(super) fn value(&self, name: &str) -> Result<&'a Value, Refusal> {
        self.fields.get(name).ok_or_else(|| Refusal::missing(&self.name(name)))
    }

    /// A text that is not empty, and no longer than this in characters.
    pub(super) fn text(&self, name: &str, max_chars: usize) -> Result<&'a str, Refusal> {
        match self.value(name)?.as_str() {
            None => Err(Refusal::value(&self.name(name), "it is no text")),
            Some("") => Err(Refusal::missing(&self.name(name))),
            Some(text) if text.chars().count() > max_chars => {
                let why = format!("it must be at most {max_chars} characters long");
                Err(Refusal::value(&self.name(name), why))
            }
            Some(text) => Ok(text),
        }
    }

    pub(super) fn optional_text(&self, name: &str, max_chars: usize) -> Result<Option<&'a str>, Refusal> {
        self.has(name).then(|| self.text(name, max_chars)).transpose()
    }

    /// A text that can be nothing but this.
    pub(super) fn exactly(&self, name: &str, text: &str) -> Result<(), Refusal> {
        if self.text(name, text.len().max(100))? == text {
            return Ok(());
        }
        Err(Refusal::value(&self.name(name), format!("it must be {text}")))
    }

    pub(super) fn is_optional_bool(&self, name: &str) -> Result<(), Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Bool(_)) => Ok(()),
            Some(_) => Err(Refusal::value(&self.name(name), "it is neither true nor false")),
        }
    }

    /// The id of a message.
    pub(super) fn wamid(&self, name: &str) -> Result<&'a str, Refusal> {
        let text = self.text(name, 512)?;
        let is_wamid = text.strip_prefix("wamid.").is_some_and(|rest| !rest.is_empty());
        if is_wamid { Ok(text) } else { Err(Refusal::value(&self.name(name), "it is no message")) }
    }

    pub(super) fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}['{name}']", self.path) }
    }
}
