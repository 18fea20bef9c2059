//! What is known about text, for the built-in model and for search: words in many scripts, the languages they belong to,
//! their stems, and which of them carry grammar only.

mod classes;
pub mod detect;
pub mod fold;
pub mod function_words;
mod grams;
pub mod language;
pub mod stem;
pub mod tokens;
