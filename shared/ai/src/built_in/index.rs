//! The memories of one question, read once: words by number, and how common each is.

use super::question::Question;
use super::terms::MAX_TERMS;
use super::vocabulary::{Vocabulary, WordId};
use crate::Document;
use crate::text::detect::LanguageDetector;
use crate::text::fold::normalise;
use crate::text::language::Language;
use crate::text::tokens::each_token_in;

/// Imagined memories that hold none of the words: in a small collection every word is rare.
const BACKGROUND: f32 = 50.0;
/// What it costs to lack a word that may have been put differently.
const PUT_DIFFERENTLY: f32 = 0.6;
/// A match below this does not make a memory count as holding the word.
const HOLDS: f32 = 0.6;

/// A memory as words.
#[derive(Debug)]
pub(crate) struct IndexedDocument {
    pub(crate) language: Language,
    /// Title and tags.
    pub(crate) heading: Vec<WordId>,
    pub(crate) body: Vec<WordId>,
}

/// The memories as words, with what is common among them.
pub(crate) struct Index<'q> {
    pub(crate) question: &'q Question,
    pub(crate) vocabulary: Vocabulary<'q>,
    pub(crate) documents: Vec<IndexedDocument>,
    /// How rare each term of the question is, times what it weighs.
    pub(crate) term_weights: [f32; MAX_TERMS],
    /// What it costs a memory to lack each term.
    pub(crate) missing_weights: [f32; MAX_TERMS],
    /// How rare each stem is.
    pub(crate) stem_rarity: Vec<f32>,
}

/// The language of the question, and of each memory. What is too short to tell is taken to be in the question's language,
/// and that, if need be, in the one most memories are in.
pub(crate) fn languages(question: &str, documents: &[Document]) -> (Language, Vec<Language>) {
    let detector = LanguageDetector::new();
    let mut counts = [0_usize; Language::COUNT];
    let detected: Vec<Option<Language>> = documents
        .iter()
        .map(|document| {
            let text = if document.text.trim().is_empty() { &document.title } else { &document.text };
            let beginning = &text[..text.floor_char_boundary(LanguageDetector::SAMPLE_BYTES)];
            let language = detector.detect(&normalise(beginning));
            language.inspect(|&language| counts[language as usize] += 1)
        })
        .collect();
    let most =
        (0..Language::COUNT).rev().max_by_key(|&language| counts[language]).filter(|&at| counts[at] > 0);
    let fallback = most.map_or(Language::English, |at| Language::ALL[at].0);
    let asked_in = detector.detect(&normalise(question)).unwrap_or(fallback);
    (asked_in, detected.into_iter().map(|language| language.unwrap_or(asked_in)).collect())
}

impl<'q> Index<'q> {
    /// Reads the memories, each in its language.
    pub(crate) fn read(question: &'q Question, documents: &[Document], languages: &[Language]) -> Self {
        let mut vocabulary = Vocabulary::new(question);
        let documents = documents
            .iter()
            .zip(languages)
            .map(|(document, &language)| {
                let mut heading = words(&document.title, language, &mut vocabulary);
                for tag in &document.tags {
                    heading.extend(words(tag, language, &mut vocabulary));
                }
                IndexedDocument { language, heading, body: words(&document.text, language, &mut vocabulary) }
            })
            .collect();
        let mut index = Self {
            question,
            vocabulary,
            documents,
            term_weights: [0.0; MAX_TERMS],
            missing_weights: [0.0; MAX_TERMS],
            stem_rarity: Vec::new(),
        };
        index.count();
        index
    }

    fn count(&mut self) {
        let mut stem_counts = vec![0_u32; self.vocabulary.stems()];
        let mut last_seen = vec![u32::MAX; self.vocabulary.stems()];
        let mut term_counts = [0_u32; MAX_TERMS];
        for (number, document) in (0..).zip(&self.documents) {
            let mut holds = [false; MAX_TERMS];
            for &word in document.heading.iter().chain(&document.body) {
                let stem = self.vocabulary.stem(word);
                if last_seen[stem] != number {
                    last_seen[stem] = number;
                    stem_counts[stem] += 1;
                }
                for found in self.vocabulary.matches(word).iter().filter(|found| found.strength >= HOLDS) {
                    holds[found.term as usize] = true;
                }
            }
            holds.iter().zip(&mut term_counts).for_each(|(&holds, count)| *count += u32::from(holds));
        }
        let total = self.documents.len();
        self.stem_rarity = stem_counts.iter().map(|&count| rarity(count, total)).collect();
        for (at, term) in self.question.terms.iter().enumerate() {
            self.term_weights[at] = term.weight * rarity(term_counts[at], total);
            // A word that other memories use, or whose synonyms are known, would be here if this were the answer. Any
            // other may have been put differently.
            let is_known = term_counts[at] > 0 || !term.concepts.is_empty();
            let is_telling = term.is_proper || (term.is_topic && is_known);
            let share = if is_telling { 1.0 } else { PUT_DIFFERENTLY };
            self.missing_weights[at] = share * term.weight * rarity(0, total);
        }
    }
}

/// The numbers of the words of a text.
pub(crate) fn words(text: &str, language: Language, vocabulary: &mut Vocabulary<'_>) -> Vec<WordId> {
    let mut words = Vec::new();
    each_token_in(&normalise(text), language, |token| words.push(vocabulary.id(token, language)));
    words
}

/// BM25's inverse document frequency, with [`BACKGROUND`] memories more than there are.
pub(crate) fn rarity(count: u32, total: usize) -> f32 {
    let count = count as f32;
    (1.0 + (total as f32 + BACKGROUND - count + 0.5) / (count + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::samples::memory;

    #[test]
    fn short_memories_take_the_language_of_the_question_and_a_short_question_that_of_the_memories() {
        let german = memory(0, "Notiz", "Der Schlüssel liegt unter der Matte bei der Tür.");
        let short = memory(0, "Passport", "RX-88");
        let (asked_in, each) = languages("Where is the key?", &[german.clone(), short.clone()]);
        assert_eq!((asked_in, each), (Language::English, vec![Language::German, Language::English]));
        let (asked_in, each) = languages("RX-88", &[german, short]);
        assert_eq!((asked_in, each), (Language::German, vec![Language::German, Language::German]));
    }

    #[test]
    fn rare_words_weigh_more_than_common_ones_and_missing_ones_most() {
        let documents: Vec<Document> =
            (0..10).map(|n| memory(n, "", if n == 0 { "the car and the boat" } else { "the car" })).collect();
        let question = Question::read("car boat submarine", Language::English, &[Language::English]);
        let index = Index::read(&question, &documents, &[Language::English; 10]);
        assert!(index.term_weights[..3].is_sorted_by(|a, b| a < b), "{:?}", &index.term_weights[..3]);
    }
}
