//! Every distinct word of the memories, taken apart once: its stem, its vector, and which words of the question it
//! answers to.

use std::collections::HashMap;
use std::ops::Range;

use super::likeness::strength;
use super::question::Question;
use super::terms::Term;
use super::vector::{Feature, push_features};
use crate::text::concepts::Concepts;
use crate::text::fold::without_accents;
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, Token};

/// A word's number.
pub(crate) type WordId = u32;

/// How well a word of a memory answers to a word of the question, from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) term: u8,
    pub(crate) strength: f32,
}

#[derive(Debug)]
struct Word {
    stem: u32,
    is_grammar: bool,
    matches: Range<u32>,
    features: Range<u32>,
}

/// The words met so far.
pub(crate) struct Vocabulary<'q> {
    terms: &'q [Term],
    asked_in: Language,
    ids: [HashMap<String, WordId>; Language::COUNT],
    stems: HashMap<String, u32>,
    words: Vec<Word>,
    matches: Vec<Match>,
    features: Vec<Feature>,
}

impl<'q> Vocabulary<'q> {
    pub(crate) fn new(question: &'q Question) -> Self {
        Self {
            terms: &question.terms,
            asked_in: question.language,
            ids: std::array::from_fn(|_| HashMap::new()),
            stems: HashMap::new(),
            words: Vec::new(),
            matches: Vec::new(),
            features: Vec::new(),
        }
    }

    /// The number of a word in a text of `language`.
    pub(crate) fn id(&mut self, token: Token<'_>, language: Language) -> WordId {
        if let Some(&id) = self.ids[language as usize].get(token.text) {
            return id;
        }
        let id = self.words.len() as WordId;
        let word = self.take_apart(token, language);
        self.words.push(word);
        self.ids[language as usize].insert(token.text.to_owned(), id);
        id
    }

    fn take_apart(&mut self, token: Token<'_>, language: Language) -> Word {
        let folded = without_accents(token.text);
        let stem = stem(token.text, language);
        let concepts = Concepts::get().of(&stem, language);

        let is_grammar = FunctionWords::get().weight(&folded, language) == Weight::None;

        let matches = self.matches.len() as u32;
        for (number, term) in (0..).zip(self.terms) {
            let strength = if term.folded == folded {
                1.0
            } else if is_grammar || token.shape == Shape::Single {
                // Stemmed in another language, a topic may become a grammar word (`sea` and the Spanish `se`).
                0.0
            } else {
                strength(term, &folded, &stem, concepts, language, self.asked_in)
            };
            if strength > 0.0 {
                self.matches.push(Match { term: number, strength });
            }
        }
        let features = self.features.len() as u32;
        if !is_grammar {
            push_features(&folded, &stem, concepts, &mut self.features);
        }
        let next_stem = self.stems.len() as u32;
        Word {
            stem: *self.stems.entry(stem.into_owned()).or_insert(next_stem),
            is_grammar,
            matches: matches..self.matches.len() as u32,
            features: features..self.features.len() as u32,
        }
    }

    /// The number of its stem.
    pub(crate) fn stem(&self, id: WordId) -> usize {
        self.words[id as usize].stem as usize
    }

    /// How many stems there are.
    pub(crate) fn stems(&self) -> usize {
        self.stems.len()
    }

    /// Whether it carries grammar only.
    pub(crate) fn is_grammar(&self, id: WordId) -> bool {
        self.words[id as usize].is_grammar
    }

    /// What of the question it answers to.
    pub(crate) fn matches(&self, id: WordId) -> &[Match] {
        let Range { start, end } = self.words[id as usize].matches;
        &self.matches[start as usize..end as usize]
    }

    /// Its sparse vector.
    pub(crate) fn features(&self, id: WordId) -> &[Feature] {
        let Range { start, end } = self.words[id as usize].features;
        &self.features[start as usize..end as usize]
    }
}
