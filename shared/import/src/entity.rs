//! What is found in archives of others as what we keep: memories here, messages and files in modules of their own.
//!
//! An id is derived from the time and from what the thing is called in the archive, so that the same thing is the same memory whenever it is
//! brought in. What is too long is cut or goes on in messages, what has no place becomes metadata.

use app_domain::{
    CategoryName, Content, Description, ImportFormat, Memory, MemoryDraft, MemoryId, MemorySource,
    MemoryTitle, Message, MessageText, Metadata, Provenance, Tag, Tags, Timestamp, UserId,
};
use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Map, Value, json};

use crate::NewMemory;
use crate::entity_message::continued;
use crate::entity_text::{characters, cut, fitted, json_bytes, line, prose, split};

/// The most bytes of JSON of a text in one memory: less than content can have, for what is around it.
const TEXT_BYTES: usize = Content::MAX_BYTES - 1024;
/// The longest origin, in characters.
const ORIGIN_CHARS: usize = 300;
/// What something is called that has neither a name nor words.
const UNTITLED: &str = "Untitled";

/// For whom something is brought in, out of what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Bringing {
    /// Whose it becomes.
    pub owner: UserId,
    /// What it comes from.
    pub format: ImportFormat,
    /// When it is brought in: the time of what has none, and the latest time of a change.
    pub at: Timestamp,
}

/// A memory with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeMemory {
    /// The memory, filed nowhere.
    pub memory: Memory,
    /// The name of its category.
    pub category: Option<CategoryName>,
    /// The rest of its text, if that is too long for one memory.
    pub rest: Vec<Message>,
    /// Whether the archive knows when it was made. If not, it was made when it was first brought in: its id is of that import alone, unless
    /// it has too few words to be found by them.
    pub is_dated: bool,
}

impl Bringing {
    /// What a thing of this format is called by all of its names, as ids are derived from it.
    pub(crate) fn hash(&self, names: &[&str]) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(self.format.as_str().as_bytes());
        for name in names {
            // With its length, so that no two lists of names are alike.
            context.update(format!(":{}:", name.len()).as_bytes());
            context.update(name.as_bytes());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// A time that can be one of ours: times are compared as text, and so have years of four digits.
    pub(crate) fn time(at: Option<Timestamp>) -> Option<Timestamp> {
        at.filter(|at| (-62_135_596_800..=253_402_300_799).contains(&at.as_seconds()))
    }

    /// The memory that a new one becomes.
    ///
    /// # Errors
    /// In words for the person, if it can be none.
    pub fn memory(&self, new: &NewMemory) -> Result<MadeMemory, String> {
        let known = Self::time(new.created_at);
        let created_at = known.unwrap_or(self.at);
        let hash = self.hash(&[&new.key]);
        let id = MemoryId::derived(created_at, &hash);
        let mut metadata = new.metadata.clone();
        let title = titled(new.title.as_deref(), &mut metadata);
        let (description, text) = described(new);
        let (content, rest) = held(new.content.as_ref(), text);
        let is_empty = title.is_none() && description.is_none() && content.is_none();
        let title = if is_empty { MemoryTitle::parse(UNTITLED).ok() } else { title };
        let tags = tagged(&new.tags, &mut metadata);
        let category = new.category.as_deref().and_then(|name| CategoryName::parse(&line(name, 100)?).ok());
        let draft = MemoryDraft {
            title,
            description,
            content,
            tags,
            metadata: fitted(metadata),
            is_favorite: new.is_favorite,
            is_archived: new.is_archived,
            provenance: Provenance {
                origin: Some(cut(&prose(&format!("{}:{}", self.format.as_str(), new.key)), ORIGIN_CHARS)),
                ..Provenance::default()
            },
            ..MemoryDraft::default()
        };
        let memory = Memory::new(id, self.owner, MemorySource::Import, draft, created_at)
            .map_err(|invalid| format!("It cannot be a memory: {invalid}."))?;
        // A change in the future would look newer than any that its owner makes.
        let latest = self.at.max(created_at);
        let updated_at = new.updated_at.unwrap_or(created_at).clamp(created_at, latest);
        // What has no time, and too few words to be found by them, is the same thing whenever it comes only by its id.
        let is_known_by_id = known.is_none() && memory.gist().is_none();
        let id = if is_known_by_id { timeless(&hash).unwrap_or(id) } else { id };
        let memory = Memory { id, updated_at, ..memory };
        let rest = continued(self, &memory, &new.key, &rest);
        Ok(MadeMemory { memory, category, rest, is_dated: known.is_some() })
    }
}

/// The id of what has no time at all.
fn timeless(hash: &[u8; 32]) -> Option<MemoryId> {
    Timestamp::from_millis(0).map(|epoch| MemoryId::derived(epoch, hash))
}

/// The title, as much as fits; what is cut is kept beside it as a whole.
fn titled(title: Option<&str>, metadata: &mut Map<String, Value>) -> Option<MemoryTitle> {
    let title = title?;
    let short = line(title, 255)?;
    if short.ends_with('…') && !title.trim_end().ends_with('…') {
        metadata.entry("title").or_insert_with(|| json!(prose(title)));
    }
    MemoryTitle::parse(&short).ok()
}

/// The description and the text. A description that is too long for one begins the text.
fn described(new: &NewMemory) -> (Option<Description>, String) {
    let description = new.description.as_deref().map(prose).unwrap_or_default();
    let text = new.text.as_deref().map(prose).unwrap_or_default();
    if description.trim().is_empty() {
        return (None, text);
    }
    match Description::parse(&description) {
        Ok(description) => (Some(description), text),
        Err(_) if text.trim().is_empty() => (None, description),
        Err(_) => (None, format!("{}\n\n{text}", description.trim_end())),
    }
}

/// What a memory holds, and the parts of the text that have no room in it, each as long as a message can be.
fn held(content: Option<&Value>, mut text: String) -> (Option<Content>, Vec<String>) {
    if let Some(value) = content.filter(|value| !value.is_null()) {
        let whole = if text.trim().is_empty() { value.clone() } else { json!({"text": text, "data": value}) };
        if let Ok(content) = Content::parse(whole) {
            return (Some(content), Vec::new());
        }
        text = format!("{text}\n\n{}", prose(&value.to_string()));
    }
    let mut parts = split(&text, TEXT_BYTES, json_bytes).into_iter();
    let content = parts.next().and_then(|first| Content::parse(json!({"text": first})).ok());
    let rest = parts.flat_map(|part| split(part, MessageText::MAX_CHARACTERS, characters));
    (content, rest.map(str::to_owned).collect())
}

/// The first tags that are some; the others are kept beside the memory.
fn tagged(texts: &[String], metadata: &mut Map<String, Value>) -> Tags {
    let mut tags: Vec<Tag> = Vec::new();
    let mut others = Vec::new();
    for text in texts {
        match line(text, 50).and_then(|text| Tag::parse(&text).ok()) {
            Some(tag) if tags.iter().any(|one| one.folded() == tag.folded()) => {}
            Some(tag) if tags.len() < Tags::MAX => tags.push(tag),
            _ => others.push(json!(prose(text))),
        }
    }
    if !others.is_empty() {
        metadata.entry("tags").or_insert(Value::Array(others));
    }
    let names: Vec<&str> = tags.iter().map(Tag::as_str).collect();
    Tags::parse(&names).unwrap_or_default()
}

/// Metadata of a part of something.
pub(crate) fn part_of(metadata: &Map<String, Value>, part: usize, parts: usize) -> Metadata {
    let mut metadata = metadata.clone();
    if parts > 1 {
        metadata.insert("part".to_owned(), json!(part + 1));
        metadata.insert("parts".to_owned(), json!(parts));
    }
    fitted(metadata)
}

#[cfg(test)]
mod tests;
