//! Memories: what a person saves.

use serde::{Deserialize, Serialize};

use crate::text::has_control_characters;
use crate::{
    CategoryId, Content, Invalid, MemoryId, MemoryMedia, MemoryPatch, MemorySource, MessageId, Metadata,
    Privacy, Provenance, SealedContent, Tag, Tags, Timestamp, UserId, Version,
};

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

/// A memory that is to be made.
#[derive(Debug, Clone, Default)]
pub struct MemoryDraft {
    /// Its title.
    pub title: Option<MemoryTitle>,
    /// Its description.
    pub description: Option<Description>,
    /// What it holds.
    pub content: Option<Content>,
    /// Where it is filed.
    pub category: Option<CategoryId>,
    /// Its tags.
    pub tags: Tags,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Who can read it.
    pub privacy: Privacy,
    /// What it was made from.
    pub provenance: Provenance,
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
    /// Where it is filed.
    pub category: Option<CategoryId>,
    /// Its tags.
    pub tags: Tags,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Who can read it.
    pub privacy: Privacy,
    /// How it came in.
    pub source: MemorySource,
    /// What it was made from.
    pub provenance: Provenance,
    /// The media that came with the message that it was. No change of its owner's touches them.
    pub media: Option<MemoryMedia>,
    /// How often it has been written.
    pub version: Version,
    /// When it was made; for a message, when it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The messages under it.
    pub messages: MessageSummary,
}

/// What a memory knows of the messages under it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageSummary {
    /// How many there are.
    pub count: u64,
    /// The latest few, the newest first.
    pub recent: Vec<MessageId>,
}

/// A rule that a memory breaks, and the field that breaks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {invalid}")]
pub struct InvalidMemory {
    /// The field, as clients write it.
    pub field: &'static str,
    /// The rule.
    pub invalid: Invalid,
}

impl InvalidMemory {
    pub(crate) fn new(field: &'static str, invalid: Invalid) -> Self {
        Self { field, invalid }
    }
}

impl Memory {
    /// A new memory, made at `now`, which is also the time in its `id`.
    ///
    /// # Errors
    /// If the draft holds nothing worth remembering, or is sealed and holds what only its owner should read.
    pub fn new(
        id: MemoryId,
        owner: UserId,
        source: MemorySource,
        draft: MemoryDraft,
        now: Timestamp,
    ) -> Result<Self, InvalidMemory> {
        let memory = Self {
            id,
            owner,
            title: draft.title,
            description: draft.description,
            content: draft.content,
            category: draft.category,
            tags: draft.tags,
            metadata: draft.metadata,
            is_favorite: draft.is_favorite,
            is_archived: draft.is_archived,
            privacy: draft.privacy,
            source,
            provenance: draft.provenance,
            media: None,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            messages: MessageSummary::default(),
        };
        memory.checked()
    }

    /// The memory after a change made at `now`.
    ///
    /// # Errors
    /// If it would break a rule.
    pub fn patched(mut self, patch: MemoryPatch, now: Timestamp) -> Result<Self, InvalidMemory> {
        patch.apply(&mut self)?;
        Ok(self.changed(now)).and_then(Self::checked)
    }

    /// The memory with what it was at an earlier time: everything that a person writes, but not where it is filed,
    /// nor its media. Whether it is sealed comes with what it says; otherwise it stays as private as it is now.
    ///
    /// # Errors
    /// If it would break a rule.
    pub fn restored(self, earlier: Self, now: Timestamp) -> Result<Self, InvalidMemory> {
        let is_sealed = [self.privacy, earlier.privacy].contains(&Privacy::Sealed);
        let restored = Self {
            title: earlier.title,
            description: earlier.description,
            content: earlier.content,
            tags: earlier.tags,
            metadata: earlier.metadata,
            privacy: if is_sealed { earlier.privacy } else { self.privacy },
            ..self
        };
        restored.changed(now).checked()
    }

    /// Whether another copy of it says the same. How often and when they were written is no matter, nor what messages add to them.
    pub fn is_like(&self, other: &Self) -> bool {
        let alike = Self {
            version: other.version,
            created_at: other.created_at,
            updated_at: other.updated_at,
            messages: other.messages.clone(),
            ..self.clone()
        };
        alike == *other
    }

    /// The memory filed in another category or in none. That is no change of the memory itself: it is not newer for it.
    #[must_use]
    pub fn filed(self, category: Option<CategoryId>) -> Self {
        Self { category, ..self }
    }

    /// The memory with a tag replaced or removed, which is no change of the memory itself either.
    #[must_use]
    pub fn retagged(self, from: &Tag, to: Option<&Tag>) -> Self {
        Self { tags: self.tags.replaced(from, to), ..self }
    }

    fn changed(mut self, now: Timestamp) -> Self {
        self.version = self.version.next();
        // A clock that ran back on another machine must not make a change look older than what it changed.
        self.updated_at = now.max(self.updated_at);
        self
    }

    fn checked(self) -> Result<Self, InvalidMemory> {
        if self.title.is_none() && self.description.is_none() && self.content.is_none() {
            let rule = Invalid::new("must be there, unless there is a description or content");
            return Err(InvalidMemory::new("title", rule));
        }
        if self.privacy == Privacy::Sealed {
            if self.description.is_some() {
                let rule = Invalid::new("must be inside the encrypted content of a sealed memory");
                return Err(InvalidMemory::new("description", rule));
            }
            let content =
                self.content.as_ref().ok_or_else(|| Invalid::new("must be there in a sealed memory"));
            content
                .and_then(SealedContent::check)
                .map_err(|invalid| InvalidMemory::new("content", invalid))?;
        }
        Ok(self)
    }

    /// What can be read in it below the title: the description and the words of the content; nothing if it is sealed.
    pub fn body_text(&self) -> String {
        if self.privacy == Privacy::Sealed {
            return String::new();
        }
        let description = self.description.as_ref().map(|description| description.as_str().to_owned());
        let parts = [description, self.content.as_ref().map(Content::text)];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// About how many bytes its description and content have, sealed or not.
    pub fn text_bytes(&self) -> usize {
        let description = self.description.as_ref().map_or(0, |description| description.as_str().len());
        description + self.content.as_ref().map_or(0, |content| content.text().len())
    }

    /// Its words, title included, in a form that is the same for memories that differ in case, punctuation and white space
    /// alone. `None` where there is too little to compare, or nothing that may be read.
    pub fn gist(&self) -> Option<String> {
        if self.privacy == Privacy::Sealed {
            return None;
        }
        let title = self.title.as_ref().map_or("", MemoryTitle::as_str);
        let text = crate::text::folded(&format!("{title}\n{}", self.body_text()));
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        (words.iter().map(|word| word.len()).sum::<usize>() >= Self::GIST_MIN_BYTES).then(|| words.join(" "))
    }

    /// "Note", "Photo 1" and the like say too little to call two memories similar.
    const GIST_MIN_BYTES: usize = 12;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Patch;
    use serde_json::json;

    /// Something encrypted, as sealed memories hold it.
    const JWE: &str =
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AgICAgICAgICAgIC.AwMDAwMDAwMD.BAQEBAQEBAQEBAQEBAQEBA";

    fn memory(draft: MemoryDraft) -> Result<Memory, InvalidMemory> {
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
    fn a_patch_cannot_empty_a_memory() {
        let patch = MemoryPatch { title: Patch::Clear, ..MemoryPatch::default() };
        let before = memory(titled("Only a title")).unwrap();
        let now = before.created_at;
        assert_eq!(before.patched(patch, now).unwrap_err().field, "title");
    }

    #[test]
    fn a_memory_that_is_restored_stays_as_private_as_it_is() {
        use Privacy::{Internal, Private, Sealed};
        for (now, earlier, after) in [
            (Internal, Private, Internal),
            (Private, Internal, Private),
            // What it says comes back as it was written.
            (Private, Sealed, Sealed),
            (Sealed, Internal, Internal),
        ] {
            let sealed = Some(Content::parse(json!({"jwe": JWE})).unwrap());
            let memory = memory(MemoryDraft { content: sealed, ..titled("A memory") }).unwrap();
            let [now, earlier] = [now, earlier].map(|privacy| Memory { privacy, ..memory.clone() });
            let at = now.created_at;
            assert_eq!(now.restored(earlier, at).unwrap().privacy, after);
        }
    }

    #[test]
    fn memories_of_the_same_words_have_one_gist() {
        let gist = |title: &str, text: &str| {
            let content = Some(Content::parse(json!({"text": text})).unwrap());
            memory(MemoryDraft { content, ..titled(title) }).unwrap().gist()
        };
        assert_eq!(gist("Trip!", "To  LISBON, in\nMay"), gist("trip", "to Lisbon in may."));
        assert_ne!(gist("Trip", "to Lisbon in May"), gist("Trip", "to Lisbon in June"));
        assert_eq!(gist("Note", "1"), None);
    }

    #[test]
    fn a_sealed_memory_holds_nothing_that_the_service_can_read() {
        let sealed = |draft| memory(MemoryDraft { privacy: Privacy::Sealed, ..draft });
        assert_eq!(sealed(titled("x")).unwrap_err().field, "content");
        let content = Content::parse(json!({"text": "in the clear"})).ok();
        assert_eq!(sealed(MemoryDraft { content, ..titled("x") }).unwrap_err().field, "content");
        let description = Description::parse("in the clear").ok();
        assert_eq!(sealed(MemoryDraft { description, ..titled("x") }).unwrap_err().field, "description");
    }
}
