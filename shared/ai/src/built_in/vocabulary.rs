//! Every distinct word of the memories, taken apart once: its stem, its vector, and which words of the question it
//! answers to.

use std::collections::HashMap;
use std::ops::Range;

use super::question::{Question, Term};
use super::vector::{Feature, push_features};
use crate::text::concepts::{Concept, Concepts};
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
                self.matches.push(Match {
                    term: number,
                    strength,
                });
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

/// Another form of the word.
const SAME_STEM: f32 = 0.97;
/// A word for the same thing, in the language of the question.
const SYNONYM: f32 = 0.85;
/// A word for the same thing in another language.
const TRANSLATION: f32 = 0.75;
/// A word inside a compound.
const PART: f32 = 0.7;
/// Two compounds that begin alike.
const SAME_BEGINNING: f32 = 0.5;
/// Trigram similarity below this is chance.
const MIN_SIMILARITY: f32 = 0.55;

/// How well a word answers to a different one.
fn strength(
    term: &Term,
    folded: &str,
    stem: &str,
    concepts: &[Concept],
    language: Language,
    asked_in: Language,
) -> f32 {
    if term.stems.iter().any(|known| known == stem) {
        return SAME_STEM;
    }
    if term.concepts.iter().any(|concept| concepts.contains(concept)) {
        return if language == asked_in {
            SYNONYM
        } else {
            TRANSLATION
        };
    }
    // Codes and pairs of characters are the same or they are not.
    if term.is_gram || has_digit(&term.folded) || has_digit(folded) {
        return 0.0;
    }
    let compound = match language {
        Language::Korean => same_beginning_in_korean(&term.folded, folded),
        language if language.compounds() => compound(&term.folded, folded),
        _ => 0.0,
    };
    compound.max(likeness(&term.folded, folded))
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Korean writes endings and further nouns onto a noun.
fn same_beginning_in_korean(a: &str, b: &str) -> f32 {
    let is_hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}');
    let alike = a
        .chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b && is_hangul(*a))
        .count();
    if alike >= 2 { PART } else { 0.0 }
}

fn compound(a: &str, b: &str) -> f32 {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.len() >= 4 && long.len() >= short.len() + 3 && (long.starts_with(short) || long.ends_with(short))
    {
        return PART;
    }
    let alike = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    if alike >= 6 { SAME_BEGINNING } else { 0.0 }
}

/// How alike two words look: the Dice coefficient of their trigrams, made steeper. For slips of the pen and for
/// derivations that stemming leaves apart (`allergy`, `allergic`).
fn likeness(a: &str, b: &str) -> f32 {
    if a.len() < 4 || b.len() < 4 || a.chars().next() != b.chars().next() {
        return 0.0;
    }
    let (a, b) = (trigrams(a), trigrams(b));
    let shared = a.iter().filter(|gram| b.contains(gram)).count();
    let similarity = 2.0 * shared as f32 / (a.len() + b.len()) as f32;
    if similarity >= MIN_SIMILARITY {
        similarity.powf(1.5).min(0.85)
    } else {
        0.0
    }
}

fn trigrams(word: &str) -> Vec<[char; 3]> {
    let chars: Vec<char> = ['<'].into_iter().chain(word.chars()).chain(['>']).collect();
    chars
        .windows(3)
        .filter_map(|window| window.try_into().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength_of(asked: &str, remembered: &str, language: Language) -> f32 {
        let question = Question::read(asked, language, &[language]);
        let mut vocabulary = Vocabulary::new(&question);
        let token = Token {
            text: remembered,
            start: 0,
            end: remembered.len(),
            shape: Shape::Word,
        };
        let id = vocabulary.id(token, language);
        vocabulary.matches(id).first().map_or(0.0, |found| found.strength)
    }

    #[test]
    fn the_same_word_beats_its_forms_its_synonyms_and_its_lookalikes() {
        let order =
            ["passport", "passports", "pasport"].map(|word| strength_of("passport", word, Language::English));
        assert!(order.is_sorted_by(|a, b| a > b) && order[2] > 0.5, "{order:?}");
        assert_eq!(strength_of("born", "birthday", Language::English), SYNONYM);
    }

    #[test]
    fn compounds_answer_to_their_parts_in_languages_that_build_them() {
        assert_eq!(strength_of("Termin", "arzttermin", Language::German), PART);
        assert_eq!(strength_of("shelf", "bookshelf", Language::English), 0.0);
    }

    #[test]
    fn different_words_and_different_codes_do_not_match() {
        for (asked, remembered) in [
            ("Marco", "maria"),
            ("Anna", "anne"),
            ("LH123", "lh124"),
            ("plumber", "number"),
        ] {
            assert_eq!(
                strength_of(asked, remembered, Language::English),
                0.0,
                "{asked} {remembered}"
            );
        }
    }
}
