//! The words of a question that memories are searched for.

use std::ops::Range;

use crate::text::concepts::{Concept, Concepts};
use crate::text::fold::without_accents;
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, Token, each_token_in};

/// More distinct words than these are not looked for.
pub(crate) const MAX_TERMS: usize = 32;
/// What a general word weighs beside one that names the topic.
const WEAK: f32 = 0.35;
/// What a word weighs that stands beside the sentence with the question mark.
const ASIDE: f32 = 0.3;

/// A word that a memory should hold to answer the question.
#[derive(Debug)]
pub(crate) struct Term {
    /// In lower case, without accents.
    pub(crate) folded: String,
    /// Its stem in the language of the question.
    pub(crate) stem: String,
    /// Its stems in the languages of the memories: every memory is compared in its own.
    pub(crate) stems: Vec<String>,
    /// What it may stand for.
    pub(crate) concepts: &'static [Concept],
    /// How much it says, from 0 to 1, whatever the memories are.
    pub(crate) weight: f32,
    /// Whether it names the topic, rather than only narrowing it.
    pub(crate) is_topic: bool,
    /// Whether it stands beside the sentence with the question mark: good to find, no loss to miss.
    pub(crate) is_aside: bool,
    /// Whether it is a name or a code, which nothing else can stand for.
    pub(crate) is_proper: bool,
    /// Whether it is a pair of characters of an unspaced script.
    pub(crate) is_gram: bool,
}

/// Picks the terms out of the parts of a question.
pub(crate) struct Reader {
    language: Language,
    /// Those of the question and the memories, each once.
    languages: Vec<Language>,
    function_words: &'static FunctionWords,
}

impl Reader {
    /// For a question in `language`, to be put to memories in the languages of `documents`.
    pub(crate) fn new(language: Language, documents: &[Language]) -> Self {
        let mut languages = [documents, &[language]].concat();
        languages.sort_unstable();
        languages.dedup();
        Self { language, languages, function_words: FunctionWords::get() }
    }

    /// Adds the terms of a part of the question; the stretch from the first topic word to the last one is returned.
    /// The part that asks says which of its words are the question words.
    pub(crate) fn add_terms(
        &self,
        part: &str,
        asks_with: Option<Range<usize>>,
        terms: &mut Vec<Term>,
    ) -> Range<usize> {
        let is_aside = asks_with.is_none();
        let mut word = 0..;
        let mut span: Option<Range<usize>> = None;
        let shouting = !part.chars().any(char::is_lowercase);
        let mut is_first = true;
        each_token_in(part, self.language, |token| {
            let starts_sentence = std::mem::take(&mut is_first);
            let is_question_word =
                word.next().zip(asks_with.as_ref()).is_some_and(|(at, range)| range.contains(&at));
            if token.shape == Shape::Single {
                return;
            }
            let folded = without_accents(token.text).into_owned();
            let Some(mut weight) = self.weight(&folded) else {
                return;
            };
            if is_question_word {
                // `How much` asks for any number, but `how old` for an age.
                if weight < 1.0 {
                    return;
                }
                weight = WEAK;
            }
            if weight == 1.0 {
                let start = span.as_ref().map_or(token.start, |span| span.start);
                span = Some(start..token.end);
            }
            if terms.len() < MAX_TERMS && terms.iter().all(|term| term.folded != folded) {
                let capital = part[token.start..].starts_with(char::is_uppercase);
                // German nouns all have capitals, and so has everything in a shout.
                let is_name = capital && !starts_sentence && !shouting && self.language != Language::German;
                terms.push(self.term(token, folded, weight, is_name, is_aside));
            }
        });
        span.unwrap_or(0..0)
    }

    fn term(&self, token: Token<'_>, folded: String, weight: f32, is_name: bool, is_aside: bool) -> Term {
        let stem = stem(token.text, self.language).into_owned();
        Term {
            stems: self.stems(token.text),
            concepts: Concepts::get().of(&stem, self.language),
            stem,
            weight: if is_aside { weight * ASIDE } else { weight },
            is_topic: weight == 1.0,
            is_aside,
            is_proper: is_name || folded.contains(|c: char| c.is_ascii_digit()),
            is_gram: token.shape == Shape::Gram,
            folded,
        }
    }

    /// What a word weighs, if it is worth looking for.
    fn weight(&self, folded: &str) -> Option<f32> {
        match self.function_words.weight(folded, self.language) {
            Weight::None | Weight::Asking => None,
            Weight::Weak if self.function_words.asks_for_recent(folded, self.language) => None,
            Weight::Weak => Some(WEAK),
            // A letter on its own is a label (`vitamin D`), seldom a topic.
            Weight::Full if folded.len() == 1 => Some(WEAK),
            Weight::Full => Some(1.0),
        }
    }

    /// Whether a part names anything to look for.
    pub(crate) fn has_topic(&self, part: &str) -> bool {
        let mut found = false;
        each_token_in(part, self.language, |token| {
            found |= self.weight(&without_accents(token.text)) == Some(1.0);
        });
        found
    }

    fn stems(&self, word: &str) -> Vec<String> {
        let mut stems: Vec<String> =
            self.languages.iter().map(|&language| stem(word, language).into_owned()).collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    }
}
