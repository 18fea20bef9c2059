//! What a text is about, in numbers: its words, what they stand for, and the topics that they speak for.

use std::collections::HashMap;

use super::topics::{Topic, Topics};
use crate::text::concepts::Concepts;
use crate::text::detect::LanguageDetector;
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, Token, each_token_in};

/// What a general word weighs beside one that names a topic.
const WEAK: f32 = 0.25;
/// What a pair of characters weighs.
const GRAM: f32 = 0.6;
/// What a concept weighs beside the word that stands for it.
const CONCEPT: f32 = 0.5;
/// What a topic weighs beside a word.
const TOPIC: f32 = 0.8;

/// In whose words and topics a text of unknown language is looked up.
const LIKELY: &[Language] = &[
    Language::English,
    Language::German,
    Language::French,
    Language::Spanish,
    Language::Italian,
    Language::Dutch,
];

/// Something that texts may have in common.
pub(super) type Mark = u32;

/// What a text is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Features {
    /// How often each mark is there, weighed; sorted by mark.
    pub(super) marks: Vec<(Mark, f32)>,
    /// How clearly it is about each topic.
    pub(super) topics: Vec<f32>,
    /// Words that say something.
    pub(super) words: f32,
}

/// Reads texts, and numbers what they have.
pub(super) struct Reader {
    detector: LanguageDetector,
    marks: HashMap<String, Mark>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { detector: LanguageDetector::new(), marks: HashMap::new() }
    }

    /// How many marks there are.
    pub(super) fn marks(&self) -> usize {
        self.marks.len()
    }

    /// The language of a text, if it can be told.
    pub(super) fn language(&self, text: &str) -> Option<Language> {
        self.detector.detect(&normalise(text))
    }

    /// What the parts of a text are about, each counted as often as its weight says.
    pub(super) fn read(&mut self, parts: &[(&str, f32)]) -> Features {
        let mut marks: HashMap<Mark, f32> = HashMap::new();
        let mut found = Features { topics: vec![0.0; Topics::get().count()], ..Features::default() };
        let whole: String = parts.iter().rev().map(|(part, _)| *part).collect::<Vec<_>>().join("\n");
        let language = self.language(&whole);
        for &(part, weight) in parts {
            each_token_in(&normalise(part), language.unwrap_or(Language::English), |token| {
                self.add(token, language, weight, &mut marks, &mut found);
            });
        }
        // Said twice is not twice as much.
        found.marks = marks.into_iter().map(|(mark, count)| (mark, dampened(count))).collect();
        found.marks.sort_unstable_by_key(|&(mark, _)| mark);
        found.topics.iter_mut().for_each(|count| *count = dampened(*count));
        found
    }

    fn add(
        &mut self,
        token: Token<'_>,
        language: Option<Language>,
        weight: f32,
        marks: &mut HashMap<Mark, f32>,
        found: &mut Features,
    ) {
        let folded = without_accents(token.text);
        let own = language.unwrap_or(Language::English);
        let says = match (FunctionWords::get().weight(&folded, own), token.shape) {
            (Weight::None, _) => return,
            (Weight::Asking | Weight::Weak, _) => WEAK,
            (Weight::Full, Shape::Single) => 0.0,
            (Weight::Full, Shape::Gram) => GRAM,
            (Weight::Full, Shape::Word) => 1.0,
        };
        // A number is seldom what a text is about.
        let says = if folded.bytes().all(|b| b.is_ascii_digit()) { WEAK * says } else { says };
        let (topics, clarity) = topics_of(&folded, token.text, language);
        for &topic in topics {
            found.topics[topic] += clarity * weight;
            *marks.entry(self.mark(&format!("\u{2}{topic}"))).or_default() += TOPIC * clarity * weight;
        }
        if says == 0.0 {
            return;
        }
        found.words += says * weight;
        let stemmed = stem(token.text, own);
        for concept in Concepts::get().of(&stemmed, own) {
            *marks.entry(self.mark(&format!("\u{1}{concept}"))).or_default() += CONCEPT * says * weight;
        }
        *marks.entry(self.mark(&stemmed)).or_default() += says * weight;
    }

    fn mark(&mut self, name: &str) -> Mark {
        if let Some(&mark) = self.marks.get(name) {
            return mark;
        }
        let mark = self.marks.len() as Mark;
        self.marks.insert(name.to_owned(), mark);
        mark
    }
}

/// The topics of a word: in the language of its text, in English, whose words are borrowed everywhere, or in any that is
/// likely if nobody knows.
pub(super) fn topics_of(folded: &str, word: &str, language: Option<Language>) -> (&'static [Topic], f32) {
    let known = language.map(|language| [language, Language::English]);
    let languages = known.as_ref().map_or(LIKELY, |known| known.as_slice());
    for &language in languages {
        if FunctionWords::get().weight(folded, language) == Weight::None {
            continue;
        }
        let stemmed = stem(word, language);
        let concepts = Concepts::get().of(&stemmed, language);
        let (topics, clarity) = Topics::get().of(folded, &stemmed, concepts, language);
        if !topics.is_empty() {
            return (topics, clarity);
        }
    }
    (&[], 0.0)
}

fn dampened(count: f32) -> f32 {
    if count > 1.0 { 1.0 + count.ln() } else { count }
}
