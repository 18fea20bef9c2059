//! Short texts with rules: names, usernames, tags.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

/// The form in which texts are compared: compatibility forms of one letter are one (NFKC), and so are upper and lower case.
pub(crate) fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether the text holds control characters other than the ordinary white space of prose.
pub(crate) fn has_control_characters(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A line of text of 1 to `max` characters, trimmed, without control characters or line breaks.
pub(crate) fn line(text: &str, max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new("must not be empty"));
    }
    if text.chars().count() > max {
        return Err(Invalid::new(format!("must be at most {max} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("must not contain line breaks or control characters"));
    }
    Ok(text.to_owned())
}

/// The longest folded name in bytes. It is a part of a key, and a few letters of old scripts unfold to many.
const FOLDED_MAX_BYTES: usize = 900;

/// A line by whose folded form things are found.
pub(crate) fn key_line(text: &str, max: usize) -> Result<String, Invalid> {
    let line = line(text, max)?;
    if folded(&line).len() > FOLDED_MAX_BYTES {
        return Err(Invalid::new("must be shorter"));
    }
    Ok(line)
}

/// A person's first or last name: 1–100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

impl PersonName {
    /// # Errors
    /// If the name is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    /// For somebody whose provider does not tell: they can write their name later.
    pub fn unknown() -> Self {
        Self("-".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A username: 3–30 ASCII letters and digits, compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// # Errors
    /// If it is too short, too long, or holds anything but ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !(3..=30).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Invalid::new("must be 3 to 30 letters and digits (A–Z, a–z, 0–9)"));
        }
        Ok(Self(text.to_owned()))
    }

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which usernames are compared.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// One tag: 1–50 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    /// # Errors
    /// If it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        key_line(text, 50).map(Self)
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which tags are compared: two tags of one fold are the same tag, written differently.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// Up to 10 different tags, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The most tags a memory can have.
    pub const MAX: usize = 10;

    /// Repeated tags are kept once, as first written.
    ///
    /// # Errors
    /// If a tag breaks its rule or there are too many.
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, Invalid> {
        let mut tags = Vec::with_capacity(texts.len().min(Self::MAX));
        for text in texts {
            let tag = Tag::parse(text.as_ref())
                .map_err(|invalid| Invalid::new(format!("each tag {}", invalid.message())))?;
            add(&mut tags, tag);
            if tags.len() > Self::MAX {
                return Err(Invalid::new(format!("must be at most {} tags", Self::MAX)));
            }
        }
        Ok(Self(tags))
    }

    /// The tags with `from` replaced by `to`, or removed. What `to` stands beside already is kept once.
    #[must_use]
    pub fn replaced(&self, from: &Tag, to: Option<&Tag>) -> Self {
        let from = from.folded();
        let mut tags = Vec::with_capacity(self.0.len());
        for tag in &self.0 {
            let kept = if tag.folded() == from { to } else { Some(tag) };
            kept.into_iter().for_each(|tag| add(&mut tags, tag.clone()));
        }
        Self(tags)
    }

    /// Whether the tag is among them, however it is written.
    pub fn contains(&self, tag: &Tag) -> bool {
        let folded = tag.folded();
        self.0.iter().any(|one| one.folded() == folded)
    }

    /// Each tag, in order.
    pub fn each(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// The tags, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Tag::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn add(tags: &mut Vec<Tag>, tag: Tag) {
    let folded = tag.folded();
    if tags.iter().all(|other| other.folded() != folded) {
        tags.push(tag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_keep_their_letters() {
        assert_eq!(PersonName::parse(" Jörg-René ").unwrap().as_str(), "Jörg-René");
        assert!(PersonName::parse(" \t ").is_err());
        assert!(PersonName::parse(&"é".repeat(101)).is_err());
        assert!(PersonName::parse("a\nb").is_err());
    }

    #[test]
    fn usernames_are_plain_letters_and_digits() {
        assert!(Username::parse("Ada99").is_ok());
        for bad in ["ab", "with space", "аdmin", "x_y", "", &"a".repeat(31)] {
            assert!(Username::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tags_are_kept_once_and_limited() {
        let tags = Tags::parse(&["Café", "b", "cafe\u{301} ", "B"]).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), ["Café", "b"]);
        let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        assert!(Tags::parse(&many).is_err());
        assert!(Tags::parse(&[""]).is_err());
        // One letter that unfolds to eighteen: fifty of them would be no key any more.
        assert!(Tag::parse(&"\u{fdfa}".repeat(20)).is_ok() && Tag::parse(&"\u{fdfa}".repeat(50)).is_err());
    }

    #[test]
    fn a_tag_is_replaced_in_its_place_or_removed() {
        let tag = |text| Tag::parse(text).unwrap();
        let tags = Tags::parse(&["Trip", "sea", "sun"]).unwrap();
        let replaced = |from, to: Option<Tag>| -> Vec<String> {
            tags.replaced(&tag(from), to.as_ref()).iter().map(str::to_owned).collect()
        };
        assert_eq!(replaced("trip", Some(tag("travel"))), ["travel", "sea", "sun"]);
        assert_eq!(replaced("SUN", Some(tag("Sea"))), ["Trip", "sea"]);
        assert_eq!(replaced("sea", None), ["Trip", "sun"]);
        assert_eq!(replaced("other", None), ["Trip", "sea", "sun"]);
        assert!(tags.contains(&tag("TRIP")) && !tags.contains(&tag("tri")));
    }
}
