//! A memory as a note on a drive, and a file there as what a memory says.

use std::io::Cursor;
use std::ops::ControlFlow;

use app_archive::editable_note;
use app_backup::Sum;
use app_connectors::drives::DriveFile;
use app_domain::{
    DriveProvider, ImportFormat, Memory, MemoryId, MemorySource, Provenance, Timestamp, UserId,
};
use app_import::{Bringing, Item, MadeMemory, NewMemory, Options, Place};
use serde_json::{Map, Value, json};

use super::marks::Marks;
use super::names::Names;

/// The folder of the notes, with a slash behind it.
pub(crate) const FOLDER: &str = "notes/";
/// The largest file that is read.
pub(crate) const MAX_BYTES: u64 = 1024 * 1024;
/// Members that change without the note saying anything else.
const SAME: [&str; 2] = ["updated", "version"];
/// More members that a person has written in front of a note are not kept on the drive.
const OWN_MEMBERS: usize = 100;

/// How a memory is written into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// Nothing but its words, because the file is a plain text.
    pub(crate) is_plain: bool,
    /// With what the person wrote in front of a file of their own.
    pub(crate) has_metadata: bool,
}

impl Form {
    /// The form of a file at `path`.
    pub(crate) fn of(path: &str, is_ours: bool) -> Self {
        Self { is_plain: path.to_lowercase().ends_with(".txt"), has_metadata: !is_ours }
    }
}

/// The text of a note, and a mark of what it says of the memory: the same for as long as nothing of that changes.
pub(crate) fn written(memory: &Memory, names: &Names, form: Form) -> (String, String) {
    let content = memory.content.as_ref().map(|content| content.value());
    let mut members = members(memory, names, form);
    if form.is_plain {
        let words = memory.content.as_ref().map(|content| content.text()).unwrap_or_default();
        let end = if words.is_empty() || words.ends_with('\n') { "" } else { "\n" };
        let text = format!("{words}{end}");
        let mark = sha256(text.as_bytes());
        return (text, mark);
    }
    let text = editable_note(&members, content);
    SAME.into_iter().for_each(|name| drop(members.remove(name)));
    (text, sha256(editable_note(&members, content).as_bytes()))
}

fn members(memory: &Memory, names: &Names, form: Form) -> Map<String, Value> {
    let mut members = Map::new();
    if form.has_metadata {
        let kept = memory.metadata.members().iter().take(OWN_MEMBERS);
        members.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    }
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("id", json!(memory.id));
    put("version", json!(memory.version));
    put("title", json!(memory.title));
    if let Some(description) = &memory.description {
        put("description", json!(description));
    }
    put("category", json!(memory.category.and_then(|id| names.name(id))));
    put("tags", json!(memory.tags.iter().collect::<Vec<_>>()));
    put("favorite", json!(memory.is_favorite));
    put("archived", json!(memory.is_archived));
    put("created", json!(memory.created_at));
    put("updated", json!(memory.updated_at));
    members
}

/// A file, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    /// The memory that it says it is, if it says so, and at which version.
    pub(crate) claim: Option<(MemoryId, u64)>,
    /// What it says, as a memory.
    pub(crate) made: MadeMemory,
    /// A mark of each of its parts.
    pub(crate) marks: Marks,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
}

/// Who reads a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) owner: UserId,
    pub(crate) provider: DriveProvider,
    pub(crate) now: Timestamp,
}

impl Reading {
    /// Reads a file.
    ///
    /// # Errors
    /// In words for the person, if it is none that can become a memory.
    pub(crate) fn read(&self, file: &DriveFile, bytes: &[u8]) -> Result<Read, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "It is no text in UTF-8.".to_owned())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
            return Err("It is no text: it has control characters.".to_owned());
        }
        let mut new = self.found(file, text)?;
        let claim = claim(&mut new.metadata);
        // The end of a file's last line is the file's.
        new.text = new.text.map(|text| text.trim_end_matches('\n').to_owned());
        if new.title.is_none() && new.description.is_none() && new.text.is_none() {
            return Err("There is nothing in it.".to_owned());
        }
        // What has an id is called in its file as it is here; a name tells nothing of it.
        if claim.is_none() {
            new.title = new.title.or_else(|| stem(&file.path));
        }
        new.key = format!("{}/{}", self.provider, file.id);
        new.created_at = new.created_at.or(Some(file.modified_at.min(self.now)));
        new.attachments.clear();
        let bringing = Bringing { owner: self.owner, format: ImportFormat::Markdown, at: self.now };
        let mut made = bringing.memory(&new)?;
        made.memory.source = MemorySource::Import;
        let origin: String = format!("{}:{}", self.provider, file.path).chars().take(300).collect();
        made.memory.provenance = Provenance { origin: Some(origin), ..Provenance::default() };
        let marks = Marks::of(&made.memory, made.category.as_ref().map(|name| name.as_str()));
        Ok(Read { claim, made, marks, sha256: sha256(bytes) })
    }

    /// Reads what we write at a path ourselves. `None` if it is read by nobody, such as a plain text without words.
    pub(crate) fn of_text(&self, path: &str, text: &str) -> Option<Read> {
        let file = DriveFile {
            id: String::new(),
            path: path.to_owned(),
            size_bytes: text.len() as u64,
            hash: None,
            revision: String::new(),
            modified_at: self.now,
        };
        self.read(&file, text.as_bytes()).ok()
    }

    fn found(&self, file: &DriveFile, text: String) -> Result<NewMemory, String> {
        if Form::of(&file.path, false).is_plain {
            let text = Some(text).filter(|text| !text.trim().is_empty());
            return Ok(NewMemory { text, ..NewMemory::default() });
        }
        let mut found = None;
        let mut source = Cursor::new(text.into_bytes());
        let mut give = |given: app_import::Given| {
            if let Item::Memory(new) = given.item {
                found = Some(*new);
            }
            ControlFlow::Continue(())
        };
        let format = ImportFormat::Markdown;
        app_import::read(&mut source, format, &Options::default(), Place::default(), &mut give)
            .map_err(|_| "It cannot be read as a note.".to_owned())?;
        found.ok_or_else(|| "There is nothing in it.".to_owned())
    }
}

/// The memory that stands in front of a note, which is no part of what it says.
fn claim(metadata: &mut Map<String, Value>) -> Option<(MemoryId, u64)> {
    let id = metadata.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok())?;
    let version = metadata.get("version").and_then(Value::as_u64).unwrap_or_default();
    metadata.remove("id");
    metadata.remove("version");
    Some((id, version))
}

/// What a file is called, without its folder and its ending.
fn stem(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// Whether a file of such a path is a note: Markdown or a plain text in the folder of notes, and nothing that a program keeps there for itself.
pub(crate) fn is_note(path: &str) -> bool {
    let lower = path.to_lowercase();
    let is_hidden = path.split('/').any(|part| part.starts_with(['.', '~']));
    lower.starts_with(FOLDER) && (lower.ends_with(".md") || lower.ends_with(".txt")) && !is_hidden
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sum::of(bytes).to_string()
}
