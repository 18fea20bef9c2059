//! What the built-in model knows about text beyond words and languages: what stands for what, signs of times and places,
//! sentences, and how to show another text's words safely.

pub(crate) mod concepts;
pub(crate) mod cues;
pub(crate) mod quote;
pub(crate) mod sentences;

pub(crate) use app_text::{detect, fold, function_words, language, stem, tokens};
