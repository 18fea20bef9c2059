//! Finding the memories that a question is about: by words (BM25), by vectors, and by both (reciprocal rank fusion).

use std::cmp::Ordering;

use super::index::{Index, IndexedDocument, languages};
use super::question::Question;
use super::terms::MAX_TERMS;
use super::vector::{DIMENSIONS, Vector, add, cosine, normalise, push_features};
use super::vocabulary::WordId;
use crate::Document;

/// BM25's saturation and length normalisation, at their usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// A word of the title counts as often as this.
const HEADING: f32 = 2.0;
/// Vectors are compared with passages of this many words: in a longer text one sentence would drown.
const PASSAGE_WORDS: usize = 48;
/// What a word of the title weighs in the vector of a passage.
const HEADING_IN_PASSAGE: f32 = 0.6;
/// Cosines below this are the noise of hashing.
const MIN_COSINE: f32 = 0.2;
/// The constant of reciprocal rank fusion (Cormack et al., 2009).
const FUSION: f32 = 60.0;
/// Words are surer than looks.
const LEXICAL_SHARE: f32 = 2.0 / 3.0;

/// A memory that a question may be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Where it stands in the memories given.
    pub document: usize,
    /// How well it fits beside the others, from 0 to 1. Comparable within one ranking only.
    pub score: f32,
    /// What its words contributed: a BM25 score.
    pub lexical: f32,
    /// What its vector contributed: a cosine.
    pub cosine: f32,
}

/// Ranks memories by how well they fit a question, in one pass over their text and without an index.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retriever;

impl Retriever {
    /// The memories that have anything to do with the question, the best first; of two that fit equally well, the one
    /// saved later.
    pub fn rank(&self, question: &str, documents: &[Document]) -> Vec<Hit> {
        let (language, per_document) = languages(question, documents);
        let question = Question::read(question, language, &per_document);
        rank(&Index::read(&question, documents, &per_document), documents)
    }
}

/// Ranks what has been read.
pub(crate) fn rank(index: &Index<'_>, documents: &[Document]) -> Vec<Hit> {
    let lexical = lexical_scores(index);
    let cosines = cosines(index);
    let newest_first =
        |&a: &usize, &b: &usize| documents[b].saved_at.cmp(&documents[a].saved_at).then(a.cmp(&b));
    let by = |scores: &[f32], least: f32| {
        let mut order: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > least).collect();
        order.sort_unstable_by(|a, b| descending(scores[*a], scores[*b]).then_with(|| newest_first(a, b)));
        order
    };
    let mut fused = vec![0.0; documents.len()];
    for (order, share) in
        [(by(&lexical, 0.0), LEXICAL_SHARE), (by(&cosines, MIN_COSINE), 1.0 - LEXICAL_SHARE)]
    {
        for (rank, at) in order.into_iter().enumerate() {
            fused[at] += share * (FUSION + 1.0) / (FUSION + 1.0 + rank as f32);
        }
    }
    let hit = |at| Hit { document: at, score: fused[at], lexical: lexical[at], cosine: cosines[at] };
    by(&fused, 0.0).into_iter().map(hit).collect()
}

fn descending(a: f32, b: f32) -> Ordering {
    b.total_cmp(&a)
}

fn lexical_scores(index: &Index<'_>) -> Vec<f32> {
    let lengths =
        index.documents.iter().map(|document| (document.heading.len() + document.body.len()) as f32);
    let average = (lengths.sum::<f32>() / index.documents.len().max(1) as f32).max(1.0);
    index.documents.iter().map(|document| lexical_score(index, document, average)).collect()
}

fn lexical_score(index: &Index<'_>, document: &IndexedDocument, average_length: f32) -> f32 {
    let mut frequencies = [0.0_f32; MAX_TERMS];
    for (words, factor) in [(&document.heading, HEADING), (&document.body, 1.0)] {
        for &word in words {
            for found in index.vocabulary.matches(word) {
                frequencies[found.term as usize] += factor * found.strength;
            }
        }
    }
    let length = (document.heading.len() + document.body.len()) as f32 / average_length;
    let terms = frequencies.iter().zip(&index.term_weights);
    terms.map(|(tf, weight)| weight * tf * (K1 + 1.0) / (tf + K1 * (1.0 - B + B * length))).sum()
}

fn cosines(index: &Index<'_>) -> Vec<f32> {
    let asked = question_vector(index);
    index.documents.iter().map(|document| best_passage(index, document, &asked)).collect()
}

fn question_vector(index: &Index<'_>) -> Vector {
    let mut vector = [0.0; DIMENSIONS];
    let mut features = Vec::new();
    for (term, weight) in index.question.terms.iter().zip(index.term_weights) {
        features.clear();
        push_features(&term.folded, &term.stem, term.concepts, &mut features);
        add(&mut vector, &features, weight);
    }
    normalise(&mut vector);
    vector
}

fn best_passage(index: &Index<'_>, document: &IndexedDocument, asked: &Vector) -> f32 {
    let mut heading = [0.0; DIMENSIONS];
    add_words(index, &document.heading, HEADING_IN_PASSAGE, &mut heading);
    let passages = document.body.chunks(PASSAGE_WORDS).map(|passage| {
        let mut vector = heading;
        add_words(index, passage, 1.0, &mut vector);
        cosine(&vector, asked)
    });
    // A memory may be no more than its title.
    passages.fold(cosine(&heading, asked), f32::max)
}

fn add_words(index: &Index<'_>, words: &[WordId], scale: f32, vector: &mut Vector) {
    for &word in words.iter().filter(|&&word| !index.vocabulary.is_grammar(word)) {
        let rarity = index.stem_rarity[index.vocabulary.stem(word)];
        add(vector, index.vocabulary.features(word), scale * rarity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::samples::memory;

    fn order(question: &str, documents: &[Document]) -> Vec<usize> {
        Retriever.rank(question, documents).iter().map(|hit| hit.document).collect()
    }

    #[test]
    fn the_memory_with_more_of_the_words_comes_first() {
        let documents = [
            memory(0, "Car", "New tyres."),
            memory(1, "Car keys", "The spare keys of the car are with Tom."),
            memory(2, "Cake", "Three eggs."),
        ];
        assert_eq!(order("Who has the spare car keys?", &documents)[..2], [1, 0]);
    }

    #[test]
    fn of_equal_memories_the_later_one_comes_first() {
        let text = "The car is in the garage.";
        let documents = [memory(5, "Car", text), memory(9, "Car", text), memory(7, "Car", text)];
        assert_eq!(order("Where is the car?", &documents), [1, 2, 0]);
    }

    #[test]
    fn what_has_nothing_to_do_with_it_is_left_out() {
        let documents = [memory(0, "Cake", "Three eggs."), memory(1, "", "")];
        assert_eq!(order("Where is the car?", &documents), Vec::<usize>::new());
        assert_eq!(order("Where is the car?", &[]), Vec::<usize>::new());
    }

    #[test]
    fn one_sentence_in_a_long_memory_is_found() {
        let filler = "We walked along the river and talked about nothing. ".repeat(400);
        let text = format!("{filler}The passport is in the piano bench. {filler}");
        let documents = [memory(0, "Diary", &text), memory(1, "Walk", "We walked along the river.")];
        assert_eq!(order("Where is my passport?", &documents)[0], 0);
    }

    #[test]
    fn scores_fall_and_stay_between_zero_and_one() {
        let documents: Vec<Document> =
            (0..20).map(|n| memory(n, "Car", &"car park ".repeat(n as usize % 5 + 1))).collect();
        let scores: Vec<f32> = Retriever.rank("car park", &documents).iter().map(|hit| hit.score).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b));
        assert!(scores.iter().all(|score| (0.0..=1.001).contains(score)), "{scores:?}");
    }
}
