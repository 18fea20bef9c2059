//! Memories: what a person saves, and the rules for making and changing one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::text::has_control_characters;
use crate::{Invalid, MemoryId, Tags, Timestamp, UserId};

/// How often a memory has been written: 1 when made, one more with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// The version of something just made.
    pub const FIRST: Self = Self(1);

    /// The version after one more change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Version {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// A title: 1–255 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemoryTitle(String);

impl MemoryTitle {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        crate::text::line(text, 255).map(Self)
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A description: up to 1,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// # Errors
    /// If it is too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > 1000 {
            return Err(Invalid::new("must be at most 1000 characters"));
        }
        if has_control_characters(text) {
            return Err(Invalid::new("must not contain control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The description.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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

fn depth(value: &Value) -> usize {
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

/// How a memory came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemorySource {
    /// Through the API.
    Web,
    /// As a WhatsApp message.
    Whatsapp,
}

/// A memory that is to be made.
#[derive(Debug, Clone, Default)]
pub struct MemoryDraft {
    /// Its title.
    pub title: Option<MemoryTitle>,
    /// Its description.
    pub description: Option<Description>,
    /// What it holds.
    pub content: Option<Content>,
    /// Its tags.
    pub tags: Tags,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
}

/// A memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    /// Its id; sorts by when it was made.
    pub id: MemoryId,
    /// Whose it is.
    pub owner: UserId,
    /// Its title.
    pub title: Option<MemoryTitle>,
    /// Its description.
    pub description: Option<Description>,
    /// What it holds.
    pub content: Option<Content>,
    /// Its tags.
    pub tags: Tags,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// How it came in.
    pub source: MemorySource,
    /// How often it has been written.
    pub version: Version,
    /// When it was made; for a message, when it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a change does to one field (RFC 7396: an absent member keeps, `null` clears, anything else sets).
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Patch<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Remove it.
    Clear,
    /// Replace it.
    Set(T),
}

impl<T> Patch<T> {
    /// The same change of a field of another type.
    ///
    /// # Errors
    /// What `parse` says of a value that is set.
    pub fn try_map<U, E>(self, parse: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(parse(value)?),
        })
    }

    fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }

    fn apply_or_default(self, field: &mut T)
    where
        T: Default,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *field = T::default(),
            Self::Set(value) => *field = value,
        }
    }
}

/// A change of a memory; clearing a field that always has a value sets its default.
#[derive(Debug, Clone, Default)]
pub struct MemoryPatch {
    /// Change of the title.
    pub title: Patch<MemoryTitle>,
    /// Change of the description.
    pub description: Patch<Description>,
    /// Change of the content, as a whole.
    pub content: Patch<Content>,
    /// Change of the tags, as a whole.
    pub tags: Patch<Tags>,
    /// Change of the metadata, as a whole.
    pub metadata: Patch<Metadata>,
    /// Change of the favourite mark.
    pub is_favorite: Patch<bool>,
    /// Change of the archive mark.
    pub is_archived: Patch<bool>,
}

impl Memory {
    /// A new memory, made at `now`, which is also the time in its `id`.
    ///
    /// # Errors
    /// If the draft holds nothing worth remembering.
    pub fn new(
        id: MemoryId,
        owner: UserId,
        source: MemorySource,
        draft: MemoryDraft,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let MemoryDraft { title, description, content, tags, metadata, is_favorite, is_archived } = draft;
        let memory = Self {
            id,
            owner,
            title,
            description,
            content,
            tags,
            metadata,
            is_favorite,
            is_archived,
            source,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        };
        memory.holds_something().map(|()| memory)
    }

    /// The memory after a change made at `now`.
    ///
    /// # Errors
    /// If nothing worth remembering would be left.
    pub fn patched(mut self, patch: MemoryPatch, now: Timestamp) -> Result<Self, Invalid> {
        patch.title.apply(&mut self.title);
        patch.description.apply(&mut self.description);
        patch.content.apply(&mut self.content);
        patch.tags.apply_or_default(&mut self.tags);
        patch.metadata.apply_or_default(&mut self.metadata);
        patch.is_favorite.apply_or_default(&mut self.is_favorite);
        patch.is_archived.apply_or_default(&mut self.is_archived);
        self.holds_something()?;
        self.version = self.version.next();
        // A clock that ran back on another machine must not make a change look older than what it changed.
        self.updated_at = now.max(self.updated_at);
        Ok(self)
    }

    fn holds_something(&self) -> Result<(), Invalid> {
        if self.title.is_none() && self.description.is_none() && self.content.is_none() {
            return Err(Invalid::new("must have a title, a description or content"));
        }
        Ok(())
    }

    /// What can be read in it below the title: the description and the words of the content.
    pub fn body_text(&self) -> String {
        let description = self.description.as_ref().map(|description| description.as_str().to_owned());
        let parts = [description, self.content.as_ref().map(Content::text)];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn memory(draft: MemoryDraft) -> Result<Memory, Invalid> {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        Memory::new(MemoryId::new(now), UserId::new(now), MemorySource::Web, draft, now)
    }

    fn titled(title: &str) -> MemoryDraft {
        MemoryDraft { title: Some(MemoryTitle::parse(title).unwrap()), ..MemoryDraft::default() }
    }

    #[test]
    fn an_empty_draft_is_no_memory() {
        assert!(memory(MemoryDraft::default()).is_err());
        let only_tags = MemoryDraft { tags: Tags::parse(&["a"]).unwrap(), ..MemoryDraft::default() };
        assert!(memory(only_tags).is_err());
    }

    #[test]
    fn a_patch_keeps_clears_and_sets() {
        let before = memory(MemoryDraft { is_favorite: true, ..titled("Old") }).unwrap();
        let patch = MemoryPatch {
            title: Patch::Clear,
            content: Patch::Set(Content::parse(json!({"text": "new"})).unwrap()),
            is_favorite: Patch::Clear,
            ..MemoryPatch::default()
        };
        let after = before.clone().patched(patch, before.created_at).unwrap();
        assert_eq!((after.title, after.is_favorite, after.version.get()), (None, false, 2));
        assert_eq!(after.content.unwrap().text(), "new");
        assert_eq!(after.tags, before.tags);
    }

    #[test]
    fn a_patch_cannot_empty_a_memory() {
        let patch = MemoryPatch { title: Patch::Clear, ..MemoryPatch::default() };
        let before = memory(titled("Only a title")).unwrap();
        let now = before.created_at;
        assert!(before.patched(patch, now).is_err());
    }

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
