//! The tools that a model may ask for. Each runs with the caller's own permissions; memories are named by their numbers, so that none can be
//! named that the model was not shown.

use app_ai::{Tool, ToolCall};
use app_domain::{CategoryId, MemoryId, Permission, ReminderId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::deed::Deed;
use crate::material::Material;

/// What a model asks for, understood.
#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    /// Look for memories.
    Search(String),
    /// Read a memory whole.
    Read(MemoryId),
    /// See the categories.
    Categories,
    /// Change something.
    Deed(Deed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchArguments {
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadArguments {
    memory: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateArguments {
    title: Option<String>,
    text: String,
    #[serde(default)]
    tags: Vec<String>,
    category_id: Option<CategoryId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateArguments {
    memory: usize,
    title: Option<String>,
    text: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemindArguments {
    at: Timestamp,
    text: String,
    memory: Option<usize>,
}

/// The tools that somebody with these permissions has.
pub(crate) fn offered(permissions: &[Permission]) -> Vec<Tool> {
    let mut tools = Vec::new();
    if permissions.contains(&Permission::ReadMemories) {
        tools.extend([SEARCH, READ, CATEGORIES].map(|tool| tool()));
    }
    if permissions.contains(&Permission::WriteMemories) {
        tools.extend([CREATE, UPDATE, REMIND].map(|tool| tool()));
    }
    tools
}

const SEARCH: fn() -> Tool = || Tool {
    name: "search_memories",
    description: "Looks for further memories of the person, by words and by meaning.",
    parameters: object(&json!({"query": {"type": "string", "description": "What to look for"}}), &["query"]),
};

const READ: fn() -> Tool = || Tool {
    name: "get_memory",
    description: "Reads a memory whole of which only a part was given.",
    parameters: object(&json!({"memory": number()}), &["memory"]),
};

const CATEGORIES: fn() -> Tool = || Tool {
    name: "list_categories",
    description: "Names the person's categories, with their ids.",
    parameters: object(&json!({}), &[]),
};

const CREATE: fn() -> Tool = || Tool {
    name: "create_memory",
    description: "Saves a memory, if the person asks for that.",
    parameters: object(
        &json!({
            "title": {"type": "string", "maxLength": 255},
            "text": {"type": "string", "description": "What it says"},
            "tags": tags(),
            "category_id": {"type": "string", "description": "An id that list_categories gave"},
        }),
        &["text"],
    ),
};

const UPDATE: fn() -> Tool = || Tool {
    name: "update_memory",
    description: "Changes a memory, if the person asks for that. What is not given stays as it is.",
    parameters: object(
        &json!({
            "memory": number(),
            "title": {"type": "string", "maxLength": 255},
            "text": {"type": "string", "description": "The whole new text"},
            "tags": tags(),
        }),
        &["memory"],
    ),
};

const REMIND: fn() -> Tool = || Tool {
    name: "set_reminder",
    description: "Sends the person a mail at a time, if they ask to be reminded.",
    parameters: object(
        &json!({
            "at": {"type": "string", "format": "date-time", "description": "When, in RFC 3339 with an offset"},
            "text": {"type": "string", "maxLength": 500, "description": "What to remind them of, on one line"},
            "memory": number(),
        }),
        &["at", "text"],
    ),
};

fn number() -> Value {
    json!({"type": "integer", "description": "The memory's number, as in [1]"})
}

fn tags() -> Value {
    json!({"type": "array", "items": {"type": "string", "maxLength": 50}, "maxItems": 10})
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Understands a call.
///
/// # Errors
/// What to tell the model, which may try again.
pub(crate) fn understood(call: &ToolCall, material: &Material, now: Timestamp) -> Result<Wish, String> {
    let memory = |number| {
        material
            .memory(number)
            .ok_or_else(|| format!("There is no memory [{number}] among those you were given."))
    };
    Ok(match call.name.as_str() {
        "search_memories" => {
            let SearchArguments { query } = arguments(call)?;
            Wish::Search(query)
        }
        "get_memory" => {
            let ReadArguments { memory: number } = arguments(call)?;
            Wish::Read(memory(number)?)
        }
        "list_categories" => {
            let NoArguments {} = arguments(call)?;
            Wish::Categories
        }
        "create_memory" => {
            let CreateArguments { title, text, tags, category_id } = arguments(call)?;
            let memory_id = MemoryId::new(now);
            Wish::Deed(Deed::CreateMemory { memory_id, made_at: now, title, text, tags, category_id })
        }
        "update_memory" => {
            let UpdateArguments { memory: number, title, text, tags } = arguments(call)?;
            let memory_id = memory(number)?;
            if text.is_some() && !material.is_whole(number) {
                return Err(format!(
                    "You were given only a part of memory [{number}], and its text would be lost. Read it with get_memory first; if that \
                     gives no more, its text cannot be changed."
                ));
            }
            Wish::Deed(Deed::UpdateMemory { memory_id, title, text, tags })
        }
        "set_reminder" => {
            let RemindArguments { at, text, memory: number } = arguments(call)?;
            let memory_id = number.map(memory).transpose()?;
            Wish::Deed(Deed::SetReminder { reminder_id: ReminderId::new(now), at, text, memory_id })
        }
        _ => return Err("There is no such tool.".to_owned()),
    })
}

fn arguments<T: DeserializeOwned>(call: &ToolCall) -> Result<T, String> {
    // Some models send nothing where there is nothing to send.
    let text = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    serde_json::from_str(text).map_err(|error| format!("The arguments are not as they should be: {error}"))
}

#[cfg(test)]
mod tests {
    use app_ai::Document;
    use uuid::Uuid;

    use super::*;

    fn call(name: &str, arguments: &str) -> ToolCall {
        ToolCall { id: "call_1".to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
    }

    fn material() -> Material {
        let mut material = Material::default();
        for (id, is_whole) in [(7, true), (8, false)] {
            let document = Document {
                id: Uuid::from_u128(id).into(),
                title: String::new(),
                text: "text".to_owned(),
                tags: Vec::new(),
                saved_at: Timestamp::from_millis(0).unwrap(),
            };
            material.add(document, is_whole);
        }
        material
    }

    #[test]
    fn memories_are_named_by_the_numbers_that_were_given_alone() {
        let now = Timestamp::from_millis(0).unwrap();
        let wish = |call: &ToolCall| understood(call, &material(), now);
        assert_eq!(wish(&call("get_memory", r#"{"memory": 1}"#)), Ok(Wish::Read(Uuid::from_u128(7).into())));
        for (name, arguments) in [
            ("get_memory", r#"{"memory": 3}"#),
            ("get_memory", r#"{"memory": 0}"#),
            ("get_memory", r#"{"memory": "0190a0a0-0000-7000-8000-000000000000"}"#),
            ("update_memory", r#"{"memory": 9, "title": "x"}"#),
            ("update_memory", r#"{"memory": 1, "owner": "somebody else"}"#),
            ("create_memory", r#"{"text": "#),
            ("create_memory", "[]"),
            ("delete_memory", r#"{"memory": 1}"#),
            ("", ""),
        ] {
            assert!(wish(&call(name, arguments)).is_err(), "{name} {arguments}");
        }
        assert_eq!(wish(&call("list_categories", "")), Ok(Wish::Categories));
    }

    #[test]
    fn what_was_not_given_cannot_be_overwritten() {
        let now = Timestamp::from_millis(0).unwrap();
        let wish = |arguments| understood(&call("update_memory", arguments), &material(), now);
        assert!(wish(r#"{"memory": 1, "text": "new"}"#).is_ok());
        assert!(wish(r#"{"memory": 2, "text": "new"}"#).unwrap_err().contains("get_memory"));
        assert!(wish(r#"{"memory": 2, "title": "new", "tags": ["new"]}"#).is_ok());
    }

    #[test]
    fn nobody_is_offered_what_they_may_not_do() {
        let names = |permissions: &[Permission]| -> Vec<&str> {
            offered(permissions).iter().map(|tool| tool.name).collect()
        };
        assert_eq!(names(&[Permission::AccessAi]), Vec::<&str>::new());
        assert_eq!(names(&[Permission::WriteMemories]), ["create_memory", "update_memory", "set_reminder"]);
        assert_eq!(names(&[Permission::ReadMemories, Permission::WriteMemories]).len(), 6);
    }
}
