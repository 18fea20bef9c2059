//! Ranks the sentences of a text. A long one is ranked in parts, and the best of the parts again, so that the cost grows
//! with the text and the memory that is needed does not.

use std::collections::{HashMap, HashSet};

use super::graph::{Bag, Similarities};
use super::pieces::{Kind, Piece};
use crate::text::detect::LanguageDetector;
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, each_token_in};

/// Sentences that are compared with one another.
const PART: usize = 128;
/// Of a part, those that are ranked again.
const FINALISTS: usize = 40;
/// What a general word weighs beside one that names a topic.
const WEAK: f32 = 0.35;
/// Words, weighed, of a sentence that says enough to stand alone.
const ENOUGH_WORDS: f32 = 5.0;
/// Headings beyond these are not read.
const MAX_TITLES: usize = 64;

/// The best sentences of a text.
pub(super) struct Ranked {
    /// In the order of the text.
    pub(super) pieces: Vec<Piece>,
    /// How good each is. The best has 1.
    pub(super) scores: Vec<f32>,
    /// How much they have in common.
    pub(super) similarities: Similarities,
}

impl Ranked {
    /// Their numbers, the best first.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.pieces.len()).collect();
        // The sort is stable: of equally good sentences the earlier one comes first.
        order.sort_by(|&a, &b| self.scores[b].total_cmp(&self.scores[a]));
        order
    }
}

/// Ranks the sentences of a text.
pub(super) fn rank(text: &str, pieces: &[Piece]) -> Ranked {
    let reader = Reader::new(text, pieces);
    let sentences = pieces.iter().filter(|piece| piece.kind != Kind::Title);
    let mut left: Vec<(usize, Piece)> = sentences.cloned().enumerate().collect();
    while left.len() > PART {
        let mut best = Vec::with_capacity(left.len() / 2);
        for part in left.chunks(PART) {
            let ranked = reader.rank(part);
            let mut kept = ranked.order();
            kept.truncate(FINALISTS);
            kept.sort_unstable();
            best.extend(kept.into_iter().map(|at| part[at].clone()));
        }
        left = best;
    }
    reader.rank(&left)
}

struct Reader<'a> {
    text: &'a str,
    language: Language,
    titles: HashSet<String>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, pieces: &[Piece]) -> Self {
        let first = pieces.first().map_or("", |piece| {
            let sample = piece.words..(piece.words + 4 * LanguageDetector::SAMPLE_BYTES).min(text.len());
            &text[sample.start..text.floor_char_boundary(sample.end)]
        });
        let language = LanguageDetector::new().detect(&normalise(first)).unwrap_or(Language::English);
        let mut reader = Self { text, language, titles: HashSet::new() };
        let mut titles = HashSet::new();
        for title in pieces.iter().filter(|piece| piece.kind == Kind::Title).take(MAX_TITLES) {
            reader.each_word(title, |stem, _| {
                titles.insert(stem.to_owned());
            });
        }
        reader.titles = titles;
        reader
    }

    /// Calls `each` with the stem and the weight of every word that says something.
    fn each_word(&self, piece: &Piece, mut each: impl FnMut(&str, f32)) {
        let words = normalise(&self.text[piece.words..piece.range.end]);
        each_token_in(&words, self.language, |token| {
            if token.shape == Shape::Single {
                return;
            }
            let weight = match FunctionWords::get().weight(&without_accents(token.text), self.language) {
                Weight::None => return,
                Weight::Asking | Weight::Weak => WEAK,
                Weight::Full if token.shape == Shape::Gram => 0.5,
                Weight::Full => 1.0,
            };
            each(&stem(token.text, self.language), weight);
        });
    }

    /// Ranks a few sentences, each with its place in the text.
    fn rank(&self, part: &[(usize, Piece)]) -> Ranked {
        let mut stems: HashMap<String, u32> = HashMap::new();
        let mut bags: Vec<Bag> = Vec::with_capacity(part.len());
        let mut priors = Vec::with_capacity(part.len());
        for (place, piece) in part {
            let (mut bag, mut weight, mut in_title) = (Bag::new(), 0.0, 0.0);
            self.each_word(piece, |stem, word_weight| {
                let next = stems.len() as u32;
                let id = stems.get(stem).copied().unwrap_or_else(|| {
                    stems.insert(stem.to_owned(), next);
                    next
                });
                weight += word_weight;
                in_title += if self.titles.contains(stem) { word_weight } else { 0.0 };
                bag.push((id, word_weight));
            });
            priors.push(self.prior(*place, piece, weight, in_title));
            bags.push(unit(bag));
        }
        let similarities = Similarities::of(&bags, stems.len());
        let mut scores = similarities.visits(&priors);
        let prior_sum: f32 = priors.iter().sum();
        for (score, prior) in scores.iter_mut().zip(&priors) {
            // Where a sentence stands counts once more: what follows from the first often repeats its words.
            *score *= (prior / prior_sum.max(f32::MIN_POSITIVE)).sqrt();
        }
        let best = scores.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        scores.iter_mut().for_each(|score| *score /= best);
        Ranked { pieces: part.iter().map(|(_, piece)| piece.clone()).collect(), scores, similarities }
    }

    /// How good a sentence is before the others are read.
    fn prior(&self, place: usize, piece: &Piece, weight: f32, in_title: f32) -> f32 {
        let by_place = match (place, piece.kind) {
            // Who writes first in a conversation says good morning.
            (_, Kind::Line) => 1.0,
            (0, _) => 1.8,
            (1 | 2, _) => 1.3,
            _ if piece.opens => 1.15,
            _ => 1.0,
        };
        let by_length = (weight / ENOUGH_WORDS).clamp(0.1, 1.0);
        let by_title = 1.0 + 0.15 * in_title.min(4.0);
        by_place * by_length * by_title * if self.needs_company(piece) { 0.7 } else { 1.0 }
    }

    /// Whether a sentence is hard to understand alone: it asks, or begins with a word that the one before explains.
    fn needs_company(&self, piece: &Piece) -> bool {
        let sentence = &self.text[piece.words..piece.range.end];
        if sentence.ends_with(['?', '？', '؟']) {
            return true;
        }
        let first = sentence.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        first.is_some_and(|word| {
            let word = word.to_lowercase();
            FunctionWords::get().refers_back(&without_accents(&word), self.language)
        })
    }
}

/// Each word once, with its share.
fn unit(mut bag: Bag) -> Bag {
    bag.sort_unstable_by_key(|&(stem, _)| stem);
    bag.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1 * 0.5;
        }
        is_same
    });
    let length = bag.iter().map(|(_, share)| share * share).sum::<f32>().sqrt();
    bag.iter_mut().for_each(|(_, share)| *share /= length.max(f32::MIN_POSITIVE));
    bag
}
