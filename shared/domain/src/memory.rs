//! Memories: what a person saves, and the rules for making and changing one.

use serde::{Deserialize, Serialize};

use crate::text::has_control_characters;
use crate::{Content, Invalid, MemoryId, Metadata, Patch, Tags, Timestamp, UserId};

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
}
