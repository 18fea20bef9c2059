//! What the built-in model knows about text: words in many scripts, the languages they belong to, sentences, and how to
//! show another text's words safely.

mod classes;
pub(crate) mod concepts;
pub(crate) mod cues;
pub(crate) mod detect;
pub(crate) mod fold;
pub(crate) mod function_words;
mod grams;
pub(crate) mod language;
pub(crate) mod quote;
pub(crate) mod sentences;
pub(crate) mod stem;
pub(crate) mod tokens;
