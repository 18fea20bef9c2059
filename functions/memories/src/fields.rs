//! `fields=`: the members of each listed memory that a client wants.

use app_domain::Invalid;
use app_http::{ApiError, MemoryBody};
use serde_json::{Map, Value};

const KNOWN: [&str; 16] = [
    "id",
    "title",
    "description",
    "content",
    "categoryId",
    "tags",
    "metadata",
    "isFavorite",
    "isArchived",
    "privacyLevel",
    "source",
    "provenance",
    "messageCount",
    "version",
    "createdAt",
    "updatedAt",
];

/// The members wanted; all of them if none is named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<&'static str>);

impl Fields {
    /// Reads a comma-separated list such as `id,title`.
    pub(crate) fn parse(list: &str) -> Result<Self, Invalid> {
        let known = |name: &str| KNOWN.into_iter().find(|known| *known == name.trim());
        let fields: Option<Vec<_>> = list.split(',').map(known).collect();
        fields.map(Self).ok_or_else(|| Invalid::new(format!("must name fields among {}", KNOWN.join(", "))))
    }

    /// The memory with the wanted members alone.
    pub(crate) fn select(&self, memory: &MemoryBody) -> Result<Value, ApiError> {
        let whole = serde_json::to_value(memory).map_err(ApiError::internal)?;
        Ok(match whole {
            Value::Object(members) if !self.0.is_empty() => Value::Object(self.wanted(members)),
            whole => whole,
        })
    }

    fn wanted(&self, members: Map<String, Value>) -> Map<String, Value> {
        // What says that content was left out goes where content would: nobody should take it for empty.
        let wanted = |name: &String| match name.as_str() {
            "contentOmitted" => self.0.contains(&"content"),
            // Asked for by a parameter of its own.
            "messages" => true,
            name => self.0.contains(&name),
        };
        members.into_iter().filter(|(name, _)| wanted(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_are_refused() {
        assert!(Fields::parse("id, title").is_ok());
        for bad in ["", "id,", "owner", "id,passwordHash"] {
            assert!(Fields::parse(bad).is_err(), "{bad}");
        }
    }
}
