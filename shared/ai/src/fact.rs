//! What a person says about themselves.

use std::ops::Range;

/// Something that a person states about themselves, or about somebody or something of theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundFact {
    /// Their own sentence, on one line.
    pub statement: String,
    /// Whom or what it is about: `me`, what somebody is to the person (`sister`), or a name.
    pub subject: String,
    /// What is told of them, in English: `home city`, `birthday`, `likes`.
    pub attribute: String,
    /// What it is, in the person's words.
    pub value: String,
    /// How surely the person means it, from 0 to 1. What they doubt, and what others said, has less than 0.6.
    pub certainty: f32,
    /// Where the sentence is, in bytes of the text.
    pub quote: Range<usize>,
    /// Whether it puts an end to what was so before.
    pub replaces: bool,
}
