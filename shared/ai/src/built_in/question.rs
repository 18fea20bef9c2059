//! Reading a question: what it is about, and what kind of answer it wants.

use std::ops::Range;

use super::terms::{Reader, Term};
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::{FunctionWords, Wanted};
use crate::text::language::Language;
use crate::text::quote::quotable;
use crate::text::sentences::sentences;
use crate::text::tokens::each_token_in;

/// The longest topic that is repeated back, in characters.
const MAX_TOPIC_CHARS: usize = 80;

/// A question, taken apart.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) language: Language,
    pub(crate) wanted: Wanted,
    /// Whether it asks for what was saved last.
    pub(crate) recent: bool,
    pub(crate) terms: Vec<Term>,
    /// What it is about, in the person's own words; empty if it names nothing.
    pub(crate) topic: String,
    /// How many words it has.
    pub(crate) words: usize,
}

impl Question {
    /// Reads a question in `language`, to be put to memories in the languages of `documents`.
    pub(crate) fn read(raw: &str, language: Language, documents: &[Language]) -> Self {
        let text = normalise(raw);
        let reader = Reader::new(language, documents);
        let mut asking = asking_part(&text);
        if !reader.has_topic(&text[asking.clone()]) {
            // "I lost my passport. What now?" is about the passport.
            asking = 0..text.len();
        }
        let mut folded_words = Vec::new();
        each_token_in(&text[asking.clone()], language, |token| {
            folded_words.push(without_accents(token.text).into_owned())
        });

        let function_words = FunctionWords::get();
        let asking_text = &text[asking.clone()];
        let (wanted, question_words) = function_words.wanted(asking_text, &folded_words, language);
        let asks_for_recent = |word: &String| function_words.asks_for_recent(word, language);
        let mut question = Self {
            language,
            wanted,
            recent: folded_words.iter().any(asks_for_recent),
            terms: Vec::new(),
            topic: String::new(),
            words: folded_words.len(),
        };
        let topic = reader.add_terms(asking_text, Some(question_words), &mut question.terms);
        question.topic = quotable(&asking_text[topic], MAX_TOPIC_CHARS);
        reader.add_terms(&text[..asking.start], None, &mut question.terms);
        reader.add_terms(&text[asking.end..], None, &mut question.terms);
        question
    }

    /// Whether it names anything to look for.
    pub(crate) fn has_topic(&self) -> bool {
        self.terms.iter().any(|term| term.is_topic)
    }
}

/// The last sentence with a question mark if the message has several, else all of it.
fn asking_part(text: &str) -> Range<usize> {
    let sentences = sentences(text);
    let is_question = |range: &Range<usize>| text[range.clone()].ends_with(['?', '？', '؟']);
    sentences.into_iter().rev().find(is_question).unwrap_or(0..text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::terms::MAX_TERMS;

    fn read(text: &str) -> Question {
        Question::read(text, Language::English, &[Language::English])
    }

    fn terms(question: &Question) -> Vec<&str> {
        question.terms.iter().filter(|term| term.is_topic).map(|term| term.folded.as_str()).collect()
    }

    #[test]
    fn the_topic_is_what_is_left_without_grammar() {
        let question = read("What is the capital of Mongolia?");
        assert_eq!(terms(&question), ["capital", "mongolia"]);
        assert_eq!(question.topic, "capital of Mongolia");
    }

    #[test]
    fn a_greeting_in_grammar_words_has_no_topic() {
        for text in ["", "What did I save?", "Do you remember anything?", "???", "What is your name?"] {
            assert!(!read(text).has_topic(), "{text}");
        }
    }

    #[test]
    fn names_and_codes_are_proper_but_the_first_word_is_not() {
        let question = read("Flight LH123 with Robert");
        let proper: Vec<_> =
            question.terms.iter().filter(|term| term.is_proper).map(|term| &term.folded).collect();
        assert_eq!(proper, ["lh123", "robert"]);
    }

    #[test]
    fn in_a_long_message_the_question_counts_and_the_rest_is_an_aside() {
        let question = read("I met Peter in the park. When is the flight to Rome? Thanks a lot.");
        assert_eq!(question.wanted, Wanted::Time);
        assert_eq!(question.topic, "flight to Rome");
        let park = question.terms.iter().find(|term| term.folded == "park").unwrap();
        assert!(park.weight < 0.5);
    }

    #[test]
    fn an_endless_question_has_few_terms() {
        let text: String = (0..5_000).map(|n| format!("word{n} ")).collect();
        let question = read(&text);
        assert_eq!(question.terms.len(), MAX_TERMS);
        assert!(question.topic.chars().count() <= MAX_TOPIC_CHARS + 1);
    }
}
