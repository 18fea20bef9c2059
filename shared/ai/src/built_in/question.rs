//! Reading a question: what it is about, and what kind of answer it wants.

use std::ops::Range;

use crate::text::concepts::{Concept, Concepts};
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::{FunctionWords, Wanted, Weight};
use crate::text::language::Language;
use crate::text::quote::quotable;
use crate::text::sentences::sentences;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, each_token_in};

/// More distinct words than these are not looked for.
pub(crate) const MAX_TERMS: usize = 32;
/// What a general word weighs beside one that names the topic.
const WEAK: f32 = 0.35;
/// What a word weighs that stands beside the sentence with the question mark.
const ASIDE: f32 = 0.3;
/// The longest topic that is repeated back, in characters.
const MAX_TOPIC_CHARS: usize = 80;

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
        let mut languages = [documents, &[language]].concat();
        languages.sort_unstable();
        languages.dedup();
        let reader = Reader {
            language,
            languages,
            function_words: FunctionWords::get(),
        };
        let mut asking = asking_part(&text);
        if !reader.has_topic(&text[asking.clone()]) {
            // "I lost my passport. What now?" is about the passport.
            asking = 0..text.len();
        }
        let mut folded_words = Vec::new();
        each_token_in(&text[asking.clone()], language, |token| {
            folded_words.push(without_accents(token.text).into_owned())
        });

        let (wanted, question_words) =
            reader
                .function_words
                .wanted(&text[asking.clone()], &folded_words, language);
        let mut question = Self {
            language,
            wanted,
            recent: folded_words
                .iter()
                .any(|word| reader.function_words.asks_for_recent(word, language)),
            terms: Vec::new(),
            topic: String::new(),
            words: folded_words.len(),
        };
        let topic = reader.add_terms(&text[asking.clone()], Some(question_words), &mut question);
        question.topic = quotable(&text[asking.clone()][topic], MAX_TOPIC_CHARS);
        reader.add_terms(&text[..asking.start], None, &mut question);
        reader.add_terms(&text[asking.end..], None, &mut question);
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
    sentences
        .into_iter()
        .rev()
        .find(is_question)
        .unwrap_or(0..text.len())
}

struct Reader {
    language: Language,
    /// Those of the question and the memories, each once.
    languages: Vec<Language>,
    function_words: &'static FunctionWords,
}

impl Reader {
    /// Adds the terms of a part of the question; the stretch from the first topic word to the last one is returned.
    /// The part that asks says which of its words are the question words.
    fn add_terms(
        &self,
        part: &str,
        asks_with: Option<Range<usize>>,
        question: &mut Question,
    ) -> Range<usize> {
        let is_aside = asks_with.is_none();
        let mut word = 0..;
        let mut span: Option<Range<usize>> = None;
        let shouting = !part.chars().any(char::is_lowercase);
        let mut is_first = true;
        each_token_in(part, self.language, |token| {
            let starts_sentence = std::mem::take(&mut is_first);
            let is_question_word = word
                .next()
                .zip(asks_with.as_ref())
                .is_some_and(|(at, range)| range.contains(&at));
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
            let is_topic = weight == 1.0;
            if is_topic {
                let start = span.as_ref().map_or(token.start, |span| span.start);
                span = Some(start..token.end);
            }
            if question.terms.len() == MAX_TERMS || question.terms.iter().any(|term| term.folded == folded) {
                return;
            }
            let capital = part[token.start..].starts_with(char::is_uppercase);
            let has_digit = folded.contains(|c: char| c.is_ascii_digit());
            let stem = stem(token.text, self.language).into_owned();
            question.terms.push(Term {
                stems: self.stems(token.text),
                concepts: Concepts::get().of(&stem, self.language),
                stem,
                weight: if is_aside { weight * ASIDE } else { weight },
                is_aside,
                is_topic,
                // German nouns all have capitals, and so has everything in a shout.
                is_proper: has_digit
                    || (capital && !starts_sentence && !shouting && self.language != Language::German),
                is_gram: token.shape == Shape::Gram,
                folded,
            });
        });
        span.unwrap_or(0..0)
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

    fn has_topic(&self, part: &str) -> bool {
        let mut found = false;
        each_token_in(part, self.language, |token| {
            found |= self.weight(&without_accents(token.text)) == Some(1.0);
        });
        found
    }

    fn stems(&self, word: &str) -> Vec<String> {
        let mut stems: Vec<String> = self
            .languages
            .iter()
            .map(|&language| stem(word, language).into_owned())
            .collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Question {
        Question::read(text, Language::English, &[Language::English])
    }

    fn terms(question: &Question) -> Vec<&str> {
        question
            .terms
            .iter()
            .filter(|term| term.is_topic)
            .map(|term| term.folded.as_str())
            .collect()
    }

    #[test]
    fn the_topic_is_what_is_left_without_grammar() {
        let question = read("What is the capital of Mongolia?");
        assert_eq!(terms(&question), ["capital", "mongolia"]);
        assert_eq!(question.topic, "capital of Mongolia");
    }

    #[test]
    fn a_greeting_in_grammar_words_has_no_topic() {
        for text in [
            "",
            "What did I save?",
            "Do you remember anything?",
            "???",
            "What is your name?",
        ] {
            assert!(!read(text).has_topic(), "{text}");
        }
    }

    #[test]
    fn names_and_codes_are_proper_but_the_first_word_is_not() {
        let question = read("Flight LH123 with Robert");
        let proper: Vec<_> = question
            .terms
            .iter()
            .filter(|term| term.is_proper)
            .map(|term| &term.folded)
            .collect();
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
