//! What a client says of a file that it makes or changes.

use std::collections::BTreeMap;

use app_domain::Timestamp;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::resource;
use super::state::{Node, ROOT, State};

/// The most bytes of a property, its name among them.
const MAX_PROPERTY_BYTES: usize = 124;
const MAX_PROPERTIES: usize = 30;

/// The writable fields of a file, as far as they are said.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) parent: Option<String>,
    description: Option<String>,
    app_properties: BTreeMap<String, Option<String>>,
    properties: BTreeMap<String, Option<String>>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
    is_starred: Option<bool>,
    is_trashed: Option<bool>,
}

/// Refuses bodies that are not declared as JSON.
pub(super) fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let message = format!("Media type '{kind}' is not supported. Valid media types: [application/json]");
    Err(Refusal::of(400, "badContent", message))
}

impl Metadata {
    /// Of a file that is made (`is_new`) or changed. No bytes are no fields.
    pub(super) fn read(body: &[u8], is_new: bool) -> Result<Self, Refusal> {
        let mut said = Self::default();
        if body.is_empty() {
            return Ok(said);
        }
        let object: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::of(400, "parseError", "Parse Error"))?;
        for (name, value) in &object {
            match name.as_str() {
                "id" if is_new => said.id = Some(text(name, value)?),
                "name" => said.name = Some(text(name, value)?),
                "mimeType" => said.mime_type = Some(text(name, value)?),
                "parents" if is_new => said.parent = one_parent(value)?,
                "description" => said.description = Some(text(name, value)?),
                "appProperties" => said.app_properties = properties(name, value)?,
                "properties" => said.properties = properties(name, value)?,
                "createdTime" if is_new => said.created_at = Some(time(name, value)?),
                "modifiedTime" => said.modified_at = Some(time(name, value)?),
                "starred" => said.is_starred = Some(flag(name, value)?),
                "trashed" => said.is_trashed = Some(flag(name, value)?),
                "kind" => {}
                "parents" => {
                    return Err(not_writable(
                        "The parents field is not directly writable in update requests. Use the addParents and removeParents \
                         parameters instead.",
                    ));
                }
                _ if resource::is_field(name) => {
                    let all = "The resource body includes fields which are not directly writable.";
                    return Err(not_writable(all));
                }
                _ => return Err(Refusal::bad(format!("Unknown name \"{name}\": Cannot find field."))),
            }
        }
        Ok(said)
    }

    /// Refuses an id or a folder with which no file can be made.
    pub(super) fn check(&self, state: &State) -> Result<(), Refusal> {
        if let Some(id) = &self.id {
            if state.nodes.contains_key(id) || state.removed.contains(id) {
                let message = "A file already exists with the provided ID.";
                return Err(Refusal::of(409, "fileIdInUse", message));
            }
            if !state.given_ids.contains(id) {
                return Err(Refusal::of(400, "invalid", "The provided file ID is not usable."));
            }
        }
        match self.parent.as_deref() {
            None | Some("root" | ROOT) => Ok(()),
            Some(id) => check_folder(id, state),
        }
    }

    /// The file that it makes.
    pub(super) fn made(&self, state: &State, content_type: &str) -> Node {
        let parent = self.parent.as_deref().filter(|parent| *parent != "root").unwrap_or(ROOT);
        let kind = self.mime_type.as_deref().unwrap_or(content_type);
        let mut node = state.new_node(self.name.as_deref().unwrap_or("Untitled"), kind, parent, true);
        node.id = self.id.clone().unwrap_or(node.id);
        node.created_at = self.created_at.unwrap_or(node.created_at);
        self.apply(&mut node, state);
        node
    }

    /// Changes a file by what is said.
    pub(super) fn apply(&self, node: &mut Node, state: &State) {
        node.name = self.name.clone().unwrap_or(std::mem::take(&mut node.name));
        node.mime_type = self.mime_type.clone().unwrap_or(std::mem::take(&mut node.mime_type));
        node.description = self.description.clone().or(node.description.take());
        node.is_starred = self.is_starred.unwrap_or(node.is_starred);
        node.is_trashed = self.is_trashed.unwrap_or(node.is_trashed);
        node.modified_at = self.modified_at.unwrap_or_else(|| state.now());
        for (said, kept) in
            [(&self.app_properties, &mut node.app_properties), (&self.properties, &mut node.properties)]
        {
            for (key, value) in said {
                match value {
                    Some(value) => kept.insert(key.clone(), value.clone()),
                    None => kept.remove(key),
                };
            }
        }
    }
}

/// Refuses what files cannot be put into.
pub(super) fn check_folder(id: &str, state: &State) -> Result<(), Refusal> {
    match state.visible(id) {
        None => Err(Refusal::no_file(id)),
        Some(node) if node.is_folder() => Ok(()),
        Some(_) => Err(Refusal::of(403, "parentNotAFolder", "The specified parent is not a folder.")),
    }
}

fn not_writable(message: &str) -> Refusal {
    Refusal::of(403, "fieldNotWritable", message)
}

fn wrong(name: &str) -> Refusal {
    Refusal::of(400, "invalid", format!("Invalid value for field {name}."))
}

fn text(name: &str, value: &Value) -> Result<String, Refusal> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name))
}

fn flag(name: &str, value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| wrong(name))
}

fn time(name: &str, value: &Value) -> Result<Timestamp, Refusal> {
    value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| wrong(name))
}

fn one_parent(value: &Value) -> Result<Option<String>, Refusal> {
    match value.as_array().map(Vec::as_slice) {
        Some([]) => Ok(None),
        Some([one]) => text("parents", one).map(Some),
        Some(_) => Err(Refusal::of(400, "invalid", "A file cannot have more than one parent.")),
        None => Err(wrong("parents")),
    }
}

fn properties(name: &str, value: &Value) -> Result<BTreeMap<String, Option<String>>, Refusal> {
    let object =
        value.as_object().filter(|object| object.len() <= MAX_PROPERTIES).ok_or_else(|| wrong(name))?;
    let one = |(key, value): (&String, &Value)| {
        let value = if value.is_null() { None } else { Some(text(name, value)?) };
        let is_short = key.len() + value.as_ref().map_or(0, String::len) <= MAX_PROPERTY_BYTES;
        if is_short { Ok((key.clone(), value)) } else { Err(wrong(name)) }
    };
    object.iter().map(one).collect()
}
