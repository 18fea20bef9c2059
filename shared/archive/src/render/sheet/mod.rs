//! A record as people read it: a title, a time, labelled lines, and what was written. The formats for people differ in how they set it, not in what
//! they say.

mod kinds;
mod memories;
mod talks;

use app_domain::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::view::{Named, Names, View};
use crate::Record;
use crate::json_text::{line, pretty};

/// A record as people read it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) at: Option<Timestamp>,
    pub(super) rows: Vec<Row>,
    pub(super) bodies: Vec<Body>,
}

/// A labelled line, of one value or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) values: Vec<Named>,
}

/// Something that was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// Words.
    Prose(String),
    /// JSON on several lines.
    Code(String),
}

impl Sheet {
    pub(super) fn of(record: &Record, view: &View, names: &Names) -> Self {
        match record {
            Record::Memory(memory) => memories::memory(memory, view, names),
            Record::Version(version) => memories::version(version, view, names),
            Record::Message(message) => memories::message(message, view, names),
            Record::Conversation(conversation) => talks::conversation(conversation, view),
            Record::Turn(turn) => talks::turn(turn, view),
            Record::Account(account) => kinds::account(account, view),
            Record::Settings(settings) => kinds::settings(settings, view, names),
            Record::Category(category) => kinds::category(category, view),
            Record::SavedSearch(saved) => kinds::saved_search(saved, view),
            Record::Fact(fact) => kinds::fact(fact, view),
            Record::File(file) => kinds::file(file, view),
            Record::Reminder(reminder) => kinds::reminder(reminder, view),
            Record::Contact(contact) => kinds::contact(contact, view, names),
        }
    }

    fn titled(title: impl Into<String>, at: Timestamp) -> Self {
        Self { title: title.into(), at: Some(at), ..Self::default() }
    }

    /// One value.
    fn row(&mut self, label: &'static str, value: impl Into<String>) {
        self.rows_of(label, [value.into()]);
    }

    /// A value that may not be there.
    fn maybe(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        self.rows_of(label, value.map(Into::into));
    }

    /// Several values; without any, no line.
    fn rows_of(&mut self, label: &'static str, values: impl IntoIterator<Item = String>) {
        self.named(label, values.into_iter().map(|name| Named { name, path: None }));
    }

    /// Several values that may be files.
    fn named(&mut self, label: &'static str, values: impl IntoIterator<Item = Named>) {
        let values: Vec<Named> = values.into_iter().filter(|value| !value.name.is_empty()).collect();
        if !values.is_empty() {
            self.rows.push(Row { label, values });
        }
    }

    /// What a client keeps beside it, a line for each member.
    fn metadata(&mut self, label: &'static str, metadata: &Map<String, Value>) {
        self.rows_of(label, metadata.iter().map(|(name, value)| format!("{name}: {}", as_words(value))));
    }

    /// Words, if there are any.
    fn prose(&mut self, said: Option<&str>) {
        self.bodies
            .extend(said.filter(|said| !said.trim().is_empty()).map(|said| Body::Prose(said.to_owned())));
    }

    /// Any JSON: its words as words, the rest as it is.
    fn content(&mut self, content: &Value) {
        let mut rest = content.clone();
        match &mut rest {
            Value::Null => return,
            Value::String(said) => return self.prose(Some(said)),
            Value::Object(members) => {
                if let Some(said) = members.get("text").and_then(Value::as_str) {
                    self.prose(Some(said));
                    members.remove("text");
                }
                if members.is_empty() && content.get("text").is_some() {
                    return;
                }
            }
            _ => {}
        }
        self.bodies.push(Body::Code(pretty(&rest).trim_end().to_owned()));
    }
}

/// A value of JSON on one line: text without its quotes.
fn as_words(value: &Value) -> String {
    value.as_str().map_or_else(|| line(value), str::to_owned)
}

/// The name of one of a few things, as the API has it.
fn called<T: Serialize>(it: &T) -> String {
    line(it).trim_matches('"').to_owned()
}

/// Such as `87 %`.
fn percent(part: f32) -> String {
    format!("{:.0} %", part * 100.0)
}
