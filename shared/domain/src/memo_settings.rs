//! How a person wants Memo to be.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text::has_control_characters;
use crate::{CategoryId, Invalid, LanguageTag, Memory, Privacy};

/// How a person wants Memo to be. What was saved before a setting came lacks it, and is read with what it is for everybody at first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MemoSettings {
    /// Whether models of others may be asked at all.
    pub external_models: bool,
    /// Whether e-mail addresses, and numbers of phones, cards and bank accounts, are left out of what those that answer are asked. Vectors are
    /// made of texts as they are.
    pub redaction: bool,
    /// Whether Memo asks before it writes anything.
    pub confirm_writes: bool,
    /// Whether facts about the person are kept from what is said.
    pub extract_facts: bool,
    /// The categories whose memories are kept from models of others.
    pub kept_categories: KeptCategories,
    /// The language of answers; that of the question if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_language: Option<LanguageTag>,
    /// How the person wants to be answered, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Instructions>,
}

impl Default for MemoSettings {
    fn default() -> Self {
        Self {
            external_models: true,
            redaction: false,
            confirm_writes: true,
            extract_facts: false,
            kept_categories: KeptCategories::default(),
            answer_language: None,
            instructions: None,
        }
    }
}

impl MemoSettings {
    /// Whether a memory, and what belongs to it, may be sent to models of others.
    pub fn lets_out(&self, memory: &Memory) -> bool {
        let is_kept = memory.category.is_some_and(|category| self.kept_categories.contains(category));
        self.external_models && memory.privacy == Privacy::Private && !is_kept
    }
}

/// Categories whose memories are kept from models of others: at most [`Self::MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeptCategories(BTreeSet<CategoryId>);

impl KeptCategories {
    /// As many as a person can have. Some may be gone: ids of categories are never given again.
    pub const MAX: usize = 100;

    /// Repeated ones are kept once.
    ///
    /// # Errors
    /// If there are too many.
    pub fn parse(categories: impl IntoIterator<Item = CategoryId>) -> Result<Self, Invalid> {
        let mut kept = BTreeSet::new();
        for category in categories {
            kept.insert(category);
            if kept.len() > Self::MAX {
                return Err(Invalid::new(format!("must be at most {} categories", Self::MAX)));
            }
        }
        Ok(Self(kept))
    }

    /// Whether a category is among them.
    pub fn contains(&self, category: CategoryId) -> bool {
        self.0.contains(&category)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = CategoryId> {
        self.0.iter().copied()
    }
}

/// How a person wants to be answered, in their words: 1–1,500 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instructions(String);

impl Instructions {
    /// The most characters.
    pub const MAX_CHARACTERS: usize = 1_500;

    /// # Errors
    /// If they say nothing, are too long, or hold control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::new("must not be empty"));
        }
        if text.chars().count() > Self::MAX_CHARACTERS {
            return Err(Invalid::new(format!("must be at most {} characters", Self::MAX_CHARACTERS)));
        }
        if has_control_characters(text) {
            return Err(Invalid::new("must not contain control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryDraft, MemoryId, MemorySource, MemoryTitle, Timestamp, UserId};
    use serde_json::json;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).unwrap()
    }

    #[test]
    fn what_was_saved_before_a_setting_came_has_what_everybody_has_at_first() {
        let read = |json| serde_json::from_value::<MemoSettings>(json).unwrap();
        assert_eq!(read(json!({})), MemoSettings::default());
        let some = read(json!({"redaction": true, "answerLanguage": "de", "a setting that went": 1}));
        let tag = LanguageTag::parse("de").ok();
        assert_eq!(some, MemoSettings { redaction: true, answer_language: tag, ..MemoSettings::default() });
        assert_eq!(read(serde_json::to_value(&some).unwrap()), some);
    }

    #[test]
    fn models_of_others_are_given_private_memories_of_other_categories_alone() {
        let memory = |privacy, category| {
            let title = MemoryTitle::parse("A trip").ok();
            let content = crate::Content::parse(json!({"text": "to the sea"})).ok();
            let draft = MemoryDraft { title, content, category, ..MemoryDraft::default() };
            let owner = UserId::new(now());
            let memory = Memory::new(MemoryId::new(now()), owner, MemorySource::Web, draft, now()).unwrap();
            Memory { privacy, ..memory }
        };
        let (kept, other) = (CategoryId::new(now()), CategoryId::new(now()));
        let kept_categories = KeptCategories::parse([kept]).unwrap();
        let settings = MemoSettings { kept_categories, ..MemoSettings::default() };
        assert!(settings.lets_out(&memory(Privacy::Private, None)));
        assert!(settings.lets_out(&memory(Privacy::Private, Some(other))));
        assert!(!settings.lets_out(&memory(Privacy::Private, Some(kept))));
        assert!(!settings.lets_out(&memory(Privacy::Internal, None)));
        assert!(!settings.lets_out(&memory(Privacy::Sealed, None)));
        let none = MemoSettings { external_models: false, ..settings };
        assert!(!none.lets_out(&memory(Privacy::Private, None)));
    }

    #[test]
    fn kept_categories_are_different_and_few() {
        let ids: Vec<CategoryId> = (0..100).map(|_| CategoryId::new(now())).collect();
        let twice = ids.iter().chain(&ids).copied();
        assert_eq!(KeptCategories::parse(twice).unwrap().iter().count(), 100);
        assert!(KeptCategories::parse(ids.into_iter().chain([CategoryId::new(now())])).is_err());
    }

    #[test]
    fn instructions_are_short_prose() {
        assert_eq!(Instructions::parse(" Be brief.\nNo lists. ").unwrap().as_str(), "Be brief.\nNo lists.");
        assert!(Instructions::parse(&"é".repeat(1_500)).is_ok());
        for bad in ["", " \n ", "a\u{0}b", &"x".repeat(1_501)] {
            assert!(Instructions::parse(bad).is_err());
        }
    }
}
