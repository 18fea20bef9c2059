//! What facts are made of, and how it is compared.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::text::{folded, line};

/// A fact as a sentence: 1–500 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactStatement(String);

impl FactStatement {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 500).map(Self)
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who or what a fact is about, what of it, or what that is: 1–200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactTerm(String);

impl FactTerm {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 200).map(Self)
    }

    /// The term.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which values are compared: without case, Unicode form and the width of white space.
    pub fn folded(&self) -> String {
        folded(&self.0).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The form in which names are compared, of people and of attributes: `home_city` is `Home city` too.
    pub fn folded_name(&self) -> String {
        let folded = folded(&self.0);
        let words = folded.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-'));
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// How certain it is that something was said and meant so: from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Certainty(f32);

impl Certainty {
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn parse(value: f32) -> Result<Self, Invalid> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(Invalid::new("must be from 0 to 1")) }
    }

    /// The number.
    pub fn get(self) -> f32 {
        self.0
    }

    /// The greater of both.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

/// Attributes of which there is one value at a time, folded. Whatever is not among them may have many.
const SINGLE: [&str; 21] = [
    "address",
    "age",
    "birth date",
    "birthday",
    "birthplace",
    "blood type",
    "current city",
    "current job",
    "date of birth",
    "employer",
    "height",
    "home address",
    "home city",
    "home country",
    "job title",
    "marital status",
    "name",
    "place of birth",
    "spouse",
    "time zone",
    "weight",
];

/// Whether an attribute has one value at a time.
pub(crate) fn is_single(attribute: &FactTerm) -> bool {
    SINGLE.contains(&attribute.folded_name().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_compared_as_people_read_them() {
        let term = |text| FactTerm::parse(text).unwrap();
        assert_eq!(term("Home_City").folded_name(), term(" home  city").folded_name());
        assert_eq!(term("Café  au lait").folded(), term("CAFE\u{301} au lait").folded());
        assert_ne!(term("C++").folded(), term("C").folded());
        assert_ne!(term("first-class").folded(), term("first class").folded());
        assert!(is_single(&term("Home-city")) && !is_single(&term("likes")) && SINGLE.is_sorted());
        assert!(FactTerm::parse(&"x".repeat(201)).is_err() && FactStatement::parse("a\nb").is_err());
    }

    #[test]
    fn certainty_is_a_part_of_one() {
        assert_eq!(Certainty::parse(0.5).map(Certainty::get), Ok(0.5));
        for bad in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert!(Certainty::parse(bad).is_err(), "{bad}");
        }
    }
}
