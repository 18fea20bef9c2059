//! What stands before the words of a note: every member of its record, in YAML.

use serde_json::{Map, Value, json};

use crate::Record;
use crate::render::view::{Names, View};

/// The members of a record but for its words, and what editors know by name: its category, and tags that they take.
pub(super) fn matter(record: &Record, view: &View, names: &Names) -> Map<String, Value> {
    let Ok(Value::Object(mut members)) = serde_json::to_value(record) else { return Map::new() };
    match record {
        Record::Memory(memory) => {
            let fields = &memory.fields;
            members.remove("content");
            members.remove("description");
            members.insert("title".to_owned(), json!(fields.title));
            if let Some(category) = fields.category_id {
                members.insert("category".to_owned(), json!(names.category(category)));
            }
            let tags: Vec<String> =
                fields.tags.iter().map(|tag| plain_tag(tag)).filter(|tag| !tag.is_empty()).collect();
            if tags != fields.tags {
                members.insert("originalTags".to_owned(), json!(fields.tags));
            }
            members.insert("tags".to_owned(), json!(tags));
            if let Some(title) = fields.title.as_deref().filter(|title| !title.trim().is_empty()) {
                members.insert("aliases".to_owned(), json!([title]));
            }
            members.insert("date".to_owned(), json!(view.times.precise(fields.created_at)));
        }
        Record::Conversation(conversation) => {
            members.insert("date".to_owned(), json!(view.times.precise(conversation.created_at)));
        }
        _ => {}
    }
    members
}

/// A tag of letters, numbers, `_`, `-` and `/` that is not a number alone.
fn plain_tag(tag: &str) -> String {
    let fits = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '_' | '-' | '/')
            || !(c.is_ascii() || c.is_whitespace() || c.is_control())
    };
    let tag: String = tag
        .trim()
        .chars()
        .map(|c| {
            if fits(c) {
                c
            } else if c.is_whitespace() {
                '-'
            } else {
                '_'
            }
        })
        .collect();
    if !tag.is_empty() && tag.chars().all(|c| c.is_numeric()) { format!("_{tag}") } else { tag }
}
