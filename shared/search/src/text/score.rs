//! What a match is worth: BM25 over fields (Robertson, Zaragoza and Taylor 2004), with the lower bound of BM25+ (Lv and Zhai
//! 2011), so that a word that is there always counts for more than one that is not, however long the text is.

use super::corpus::Statistics;
use super::matches::Match;
use super::postings::FIELDS;

/// How soon more of the same word adds nothing.
const K1: f32 = 1.2;
/// What a word counts for being there at all.
const DELTA: f32 = 1.0;
/// What a word counts in the title, in the tags and in the body.
const BOOSTS: [f32; FIELDS] = [2.5, 2.0, 1.0];
/// How much it counts against a field that it is longer than usual. Tags do not say less for being many.
const LENGTH_NORMS: [f32; FIELDS] = [0.4, 0.0, 0.65];

/// Turns counts into scores.
pub(super) struct Scorer {
    documents: f32,
    /// The usual length of each field.
    usual: [f32; FIELDS],
}

impl Scorer {
    pub(super) fn new(statistics: &Statistics) -> Self {
        let documents = statistics.documents.max(1) as f32;
        Self { documents, usual: statistics.words.map(|words| (words as f32 / documents).max(1.0)) }
    }

    /// What a word says that so many documents hold. Always above zero.
    pub(super) fn rarity(&self, documents: u32) -> f32 {
        let with = documents as f32;
        (1.0 + (self.documents - with + 0.5).max(0.5) / (with + 0.5)).ln()
    }

    /// What a match counts, from [`DELTA`] to [`DELTA`] + [`K1`] + 1, in a document with fields of these lengths.
    #[inline]
    pub(super) fn of(&self, found: &Match, lengths: [u16; FIELDS]) -> f32 {
        let mut frequency = 0.0;
        for field in 0..FIELDS {
            if found.counts[field] > 0 {
                let norm = LENGTH_NORMS[field];
                let length = 1.0 - norm + norm * f32::from(lengths[field]) / self.usual[field];
                frequency += BOOSTS[field] * f32::from(found.counts[field]) / length;
            }
        }
        DELTA + (K1 + 1.0) * frequency / (K1 + frequency)
    }
}
