//! A note as a memory.

use std::collections::BTreeSet;

use app_domain::Timestamp;
use serde_json::{Map, Value, json};

use super::vault::{Found, Vault};
use super::{front, is_text, marks};
use crate::chat::named_by;
use crate::dates::Dates;
use crate::{Item, NewFile, NewMemory, Options, Trouble, text};

/// More files are not taken from one note.
const MAX_FILES: usize = 500;

const TITLES: [&str; 1] = ["title"];
const TAGS: [&str; 3] = ["tags", "tag", "keywords"];
const CATEGORIES: [&str; 1] = ["category"];
const DESCRIPTIONS: [&str; 1] = ["description"];
const FAVOURITES: [&str; 5] = ["favorite", "favourite", "isfavorite", "isfavourite", "starred"];
const ARCHIVED: [&str; 2] = ["archived", "isarchived"];
const CREATED: [&str; 8] =
    ["created", "createdat", "datecreated", "createddate", "creationdate", "createdtime", "ctime", "date"];
const UPDATED: [&str; 11] = [
    "updated",
    "updatedat",
    "modified",
    "modifiedat",
    "lastmodified",
    "datemodified",
    "modifieddate",
    "lastmod",
    "dateupdated",
    "lastupdated",
    "mtime",
];

/// A note, read.
#[derive(Debug)]
pub(super) struct Note {
    memory: NewMemory,
    files: Vec<usize>,
    trouble: Option<Trouble>,
}

impl Note {
    /// Reads a note. `path` is empty for one that is not in a vault.
    pub(super) fn read(
        bytes: &[u8],
        path: &str,
        modified: Option<Timestamp>,
        vault: &Vault,
        options: &Options,
    ) -> Result<Self, &'static str> {
        let (note, has_mistakes) = text::decode(bytes);
        if !is_text(&note) {
            return Err("It is no text.");
        }
        let (members, body) = front::split(&note);
        let mut front = Front(members);
        let looked_at = body.floor_char_boundary(marks::MAX_BYTES);
        let marks = marks::marks(&body[..looked_at]);
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
        let title = front
            .text(&TITLES)
            .or(marks.heading)
            .or_else(|| Some(name.to_owned()).filter(|name| !name.is_empty()));
        let dates =
            Dates { timezone: options.timezone.clone(), is_day_first: options.day_first.unwrap_or(true) };
        let mut memory = NewMemory {
            key: if path.is_empty() {
                format!("note/{}", named_by(&[title.as_deref().unwrap_or_else(|| first_line(body))]))
            } else {
                path.to_owned()
            },
            title,
            description: front.text(&DESCRIPTIONS),
            category: front.text(&CATEGORIES),
            is_favorite: front.flag(&FAVOURITES),
            is_archived: front.flag(&ARCHIVED),
            created_at: front.moment(&CREATED, &dates),
            updated_at: front.moment(&UPDATED, &dates),
            tags: front.tags(),
            text: Some(body.trim_start_matches(['\n', '\r']).to_owned())
                .filter(|body| !body.trim().is_empty()),
            ..NewMemory::default()
        };
        let known: BTreeSet<String> = memory.tags.iter().map(|tag| tag.to_lowercase()).collect();
        memory.tags.extend(marks.tags.into_iter().filter(|tag| !known.contains(&tag.to_lowercase())));
        memory.created_at = memory.created_at.or_else(|| dates.of_name(name)).or(modified);
        memory.updated_at = memory.updated_at.or(modified).max(memory.created_at);
        if memory.category.is_none() && !vault.is_ours {
            memory.category = path.split_once('/').map(|(folder, _)| folder.to_owned());
        }
        memory.metadata = front.0;
        if !path.is_empty() {
            memory.metadata.insert("path".to_owned(), json!(path));
        }
        if has_mistakes {
            memory.metadata.insert("damagedText".to_owned(), json!(true));
        }
        let mut note = Self { memory, files: Vec::new(), trouble: None };
        note.attach(&marks.files, path, vault);
        if looked_at < body.len() {
            let reason =
                "It is larger than 1 MiB: tags and files that stand behind that are only in its text."
                    .to_owned();
            note.trouble = Some(Trouble { kind: "file", key: note.memory.key.clone(), reason });
        }
        Ok(note)
    }

    /// The files that it names, each once.
    fn attach(&mut self, named: &[marks::Named], path: &str, vault: &Vault) {
        let mut known = BTreeSet::new();
        for file in named {
            let found = match vault.find(path, &file.target, file.is_wiki) {
                Found::Here(index) if !vault.is_note(index) => {
                    self.files.push(index);
                    let path = vault.path(index);
                    NewFile {
                        key: path.to_owned(),
                        name: last(path),
                        path: Some(vault.name(index).to_owned()),
                        ..NewFile::default()
                    }
                }
                // Without an ending it would be a note.
                Found::Nowhere(missing)
                    if file.is_shown
                        && last(&missing).contains('.')
                        && !missing.to_lowercase().ends_with(".md") =>
                {
                    NewFile { name: last(&missing), key: missing, ..NewFile::default() }
                }
                _ => continue,
            };
            if !known.insert(found.key.clone()) {
                continue;
            }
            if self.memory.attachments.len() == MAX_FILES {
                let reason = format!("It names more than {MAX_FILES} files: the others are left out.");
                self.trouble = Some(Trouble { kind: "file", key: self.memory.key.clone(), reason });
                return;
            }
            self.memory.attachments.push(found);
        }
    }

    /// Which entries it names.
    pub(super) fn files(&self) -> impl Iterator<Item = usize> {
        self.files.iter().copied()
    }

    /// What to give of it.
    pub(super) fn items(self) -> Vec<Item> {
        let trouble = self.trouble.map(Item::Trouble);
        [Item::Memory(Box::new(self.memory))].into_iter().chain(trouble).collect()
    }
}

/// The front matter, of which is taken what has a place.
struct Front(Map<String, Value>);

impl Front {
    /// The first member of one of these names that can be read so. What cannot stays.
    fn take<T>(&mut self, names: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let is = |member: &str, name: &str| {
            let member = member.chars().filter(|char| !matches!(char, ' ' | '_' | '-'));
            member.flat_map(char::to_lowercase).eq(name.chars())
        };
        for name in names {
            let member = self.0.iter().find(|(member, _)| is(member, name));
            if let Some((member, found)) =
                member.and_then(|(member, value)| Some((member.clone(), read(value)?)))
            {
                self.0.remove(&member);
                return Some(found);
            }
        }
        None
    }

    fn text(&mut self, names: &[&str]) -> Option<String> {
        self.take(names, |value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn flag(&mut self, names: &[&str]) -> bool {
        self.take(names, Value::as_bool).unwrap_or_default()
    }

    fn moment(&mut self, names: &[&str], dates: &Dates) -> Option<Timestamp> {
        self.take(names, |value| dates.value(value))
    }

    /// The tags under all of their names, each once.
    fn tags(&mut self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        let mut known = BTreeSet::new();
        while let Some(more) = self.take(&TAGS, read_tags) {
            tags.extend(more.into_iter().filter(|tag| known.insert(tag.to_lowercase())));
        }
        tags
    }
}

/// A list of tags, or a text of them with commas or spaces between.
fn read_tags(value: &Value) -> Option<Vec<String>> {
    let plain = |tag: &str| tag.trim().trim_start_matches('#').trim().to_owned();
    let tags: Vec<String> = match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.contains(',') => text.split(',').map(plain).collect(),
        Value::String(text) => text.split_whitespace().map(plain).collect(),
        Value::Number(number) => vec![number.to_string()],
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => Some(plain(text)),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(bool) => Some(bool.to_string()),
                Value::Null => Some(String::new()),
                _ => None,
            })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    Some(tags.into_iter().filter(|tag| !tag.is_empty()).collect())
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}
