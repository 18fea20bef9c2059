//! Categories: where memories are filed, each in one or in none.

use serde::{Deserialize, Serialize};

use crate::text::{folded, key_line, line};
use crate::{CategoryId, Description, Invalid, Patch, Timestamp, UserId, Version};

/// A category's name: 1–100 characters on one line. A person has no two that differ in case or Unicode form alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryName(String);

impl CategoryName {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        key_line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which names are compared.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// What a client shows beside the name: the name of a symbol or an emoji, 1–50 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryIcon(String);

impl CategoryIcon {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 50).map(Self)
    }

    /// The icon.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A colour, such as `#2f80ed`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Color(String);

impl Color {
    /// # Errors
    /// If it is anything but `#` and six hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.strip_prefix('#') {
            Some(digits) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            _ => Err(Invalid::new("must be a colour such as #2f80ed")),
        }
    }

    /// The colour.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Whose it is.
    pub owner: UserId,
    /// Its name.
    pub name: CategoryName,
    /// What belongs into it.
    pub description: Option<Description>,
    /// What to show beside the name.
    pub icon: Option<CategoryIcon>,
    /// In which colour.
    pub color: Option<Color>,
    /// Whether it was made for the person, not by them.
    pub is_default: bool,
    /// Its place in lists: the lowest first, those of one place by name.
    pub sort_order: i32,
    /// How many memories are filed in it. Memories alone change it.
    pub memory_count: u64,
    /// How often it has been written.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A category that is to be made.
#[derive(Debug, Clone)]
pub struct CategoryDraft {
    /// Its name.
    pub name: CategoryName,
    /// What belongs into it.
    pub description: Option<Description>,
    /// What to show beside the name.
    pub icon: Option<CategoryIcon>,
    /// In which colour.
    pub color: Option<Color>,
    /// Its place; behind all others unless told.
    pub sort_order: Option<i32>,
}

/// A change of a category. Its name and its place cannot be cleared: they are not [`Patch`]es.
#[derive(Debug, Clone, Default)]
pub struct CategoryPatch {
    /// The new name.
    pub name: Option<CategoryName>,
    /// Change of the description.
    pub description: Patch<Description>,
    /// Change of the icon.
    pub icon: Patch<CategoryIcon>,
    /// Change of the colour.
    pub color: Patch<Color>,
    /// The new place.
    pub sort_order: Option<i32>,
}

/// The categories that every person begins with: name, icon, colour.
const DEFAULTS: [(&str, &str, &str); 8] = [
    ("Work", "briefcase", "#2f80ed"),
    ("Personal", "user", "#9b51e0"),
    ("Family", "home", "#eb5757"),
    ("Learning", "book", "#f2994a"),
    ("Travel", "plane", "#56ccf2"),
    ("Health", "heart", "#27ae60"),
    ("Finance", "wallet", "#219653"),
    ("Creative", "palette", "#f2c94c"),
];

impl Category {
    /// The most that a person has.
    pub const MAX_PER_PERSON: usize = 100;

    /// A new category; `behind` are those that are there, for its place if it has none.
    pub fn new(owner: UserId, draft: CategoryDraft, behind: &[Self], now: Timestamp) -> Self {
        let last = behind.iter().map(|category| category.sort_order).max();
        let next = last.map_or(0, |last| last.saturating_add(1));
        Self {
            id: CategoryId::new(now),
            owner,
            name: draft.name,
            description: draft.description,
            icon: draft.icon,
            color: draft.color,
            is_default: false,
            sort_order: draft.sort_order.unwrap_or(next),
            memory_count: 0,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        }
    }

    /// What every person begins with.
    pub fn defaults(owner: UserId, now: Timestamp) -> Vec<Self> {
        let places = (0..).zip(DEFAULTS);
        places.map(|(place, (name, icon, color))| Self::given(owner, name, icon, color, place, now)).collect()
    }

    /// Where WhatsApp messages are filed, for a person who links a phone. Its place is behind the others that are given.
    pub fn whatsapp(owner: UserId, now: Timestamp) -> Self {
        let place = i32::try_from(DEFAULTS.len()).unwrap_or(i32::MAX);
        Self::given(owner, "WhatsApp", "message-circle", "#25d366", place, now)
    }

    fn given(owner: UserId, name: &str, icon: &str, color: &str, sort_order: i32, now: Timestamp) -> Self {
        let draft = CategoryDraft {
            // Not parsed, because they are ours; a test sees to it that they would be accepted.
            name: CategoryName(name.to_owned()),
            description: None,
            icon: Some(CategoryIcon(icon.to_owned())),
            color: Some(Color(color.to_owned())),
            sort_order: Some(sort_order),
        };
        Self { is_default: true, ..Self::new(owner, draft, &[], now) }
    }

    /// The category after a change made at `now`.
    #[must_use]
    pub fn patched(mut self, patch: CategoryPatch, now: Timestamp) -> Self {
        self.name = patch.name.unwrap_or(self.name);
        patch.description.apply(&mut self.description);
        patch.icon.apply(&mut self.icon);
        patch.color.apply(&mut self.color);
        self.sort_order = patch.sort_order.unwrap_or(self.sort_order);
        self.changed(now)
    }

    /// The category at another place.
    #[must_use]
    pub fn placed(self, sort_order: i32, now: Timestamp) -> Self {
        Self { sort_order, ..self }.changed(now)
    }

    fn changed(self, now: Timestamp) -> Self {
        Self { version: self.version.next(), updated_at: now.max(self.updated_at), ..self }
    }

    /// By which categories are listed.
    pub fn sort_key(&self) -> (i32, String, CategoryId) {
        (self.sort_order, self.name.folded(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).unwrap()
    }

    #[test]
    fn names_are_compared_without_case_and_unicode_form() {
        let folded = |name: &str| CategoryName::parse(name).unwrap().folded();
        assert_eq!(folded(" Café"), folded("CAFE\u{301}"));
        assert_ne!(folded("Cafe"), folded("Café"));
        for bad in ["", " ", "a\nb", &"é".repeat(101), &"\u{fdfa}".repeat(100)] {
            assert!(CategoryName::parse(bad).is_err(), "{bad}");
        }
        assert!(CategoryName::parse(&"日".repeat(100)).is_ok());
    }

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(Color::parse("#2F80ED").unwrap().as_str(), "#2f80ed");
        for bad in ["", "2f80ed", "#2f80e", "#2f80edd", "#2f80eg", "red", "#é0000"] {
            assert!(Color::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_every_person_begins_with_keeps_the_rules() {
        let owner = UserId::new(now());
        let mut given = Category::defaults(owner, now());
        given.push(Category::whatsapp(owner, now()));
        let mut names = std::collections::BTreeSet::new();
        for (place, category) in (0..).zip(&given) {
            assert_eq!(CategoryName::parse(category.name.as_str()).as_ref(), Ok(&category.name));
            let (icon, color) = (category.icon.as_ref().unwrap(), category.color.as_ref().unwrap());
            assert_eq!(CategoryIcon::parse(icon.as_str()).as_ref(), Ok(icon));
            assert_eq!(Color::parse(color.as_str()).as_ref(), Ok(color));
            assert!(category.is_default && category.sort_order == place);
            assert!(names.insert(category.name.folded()));
        }
        assert_eq!(names.len(), 9);
    }

    #[test]
    fn a_new_category_comes_last_unless_told() {
        let owner = UserId::new(now());
        let (name, none) = (CategoryName::parse("Recipes").unwrap(), None);
        let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: none };
        let given = Category::defaults(owner, now());
        assert_eq!(Category::new(owner, draft.clone(), &given, now()).sort_order, 8);
        assert_eq!(Category::new(owner, draft.clone(), &[], now()).sort_order, 0);
        let first = CategoryDraft { sort_order: Some(-1), ..draft };
        assert_eq!(Category::new(owner, first, &given, now()).sort_order, -1);
    }

    #[test]
    fn a_patch_keeps_clears_and_sets() {
        let before = Category::whatsapp(UserId::new(now()), now());
        let patch = CategoryPatch {
            name: CategoryName::parse("Chats").ok(),
            icon: Patch::Clear,
            ..CategoryPatch::default()
        };
        let after = before.clone().patched(patch, now());
        assert_eq!((after.name.as_str(), &after.icon, &after.color), ("Chats", &None, &before.color));
        assert_eq!((after.version.get(), after.is_default), (2, true));
    }
}
