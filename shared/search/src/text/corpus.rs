//! Everything of a person that can be searched at one moment: segments, and which of their documents still count.

use std::collections::HashSet;
use std::sync::Arc;

use app_domain::Timestamp;

use super::analysis::{ANY_LANGUAGE, Languages, bit_of};
use super::postings::FIELDS;
use super::segment::Segment;
use crate::EntityId;

/// Everything of a person that can be searched at one moment.
///
/// Of an id only the newest document counts. All figures that ranking depends on are of the documents that count, so that
/// it does not matter how they are spread over segments.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    pub(super) parts: Vec<Part>,
    pub(super) statistics: Statistics,
}

/// A segment, and which of its documents count.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) segment: Arc<Segment>,
    /// One bit for each document.
    live: Vec<u64>,
}

/// Figures of all documents that count.
#[derive(Debug, Clone, Default)]
pub(super) struct Statistics {
    pub(super) documents: u64,
    /// The words of each field of all of them together.
    pub(super) words: [u64; FIELDS],
    /// How many are in each language; those that could not be told are in the last.
    languages: Vec<u32>,
}

impl Corpus {
    /// Of these segments, from the oldest to the newest. Costs what the newer ones hold: keep it while they stay the same.
    pub fn new(segments: impl IntoIterator<Item = Arc<Segment>>) -> Self {
        let mut corpus = Self::default();
        segments.into_iter().for_each(|segment| corpus.push(segment));
        corpus
    }

    /// The same with one more, newer segment and without some entities, which are hidden in all segments but that one.
    #[must_use]
    pub fn with(&self, newest: Arc<Segment>, hidden: &HashSet<EntityId>) -> Self {
        let mut corpus = self.clone();
        hidden.iter().for_each(|id| corpus.hide(*id));
        corpus.push(newest);
        corpus
    }

    /// How many documents count.
    pub fn document_count(&self) -> usize {
        self.statistics.documents as usize
    }

    /// When an entity was made, if it is here.
    pub fn made_at(&self, id: EntityId) -> Option<Timestamp> {
        let (number, document) = self.find(id)?;
        Timestamp::from_millis(self.parts[number].segment.made_at(document))
    }

    /// How many bytes of memory the segments hold.
    pub fn held_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.segment.held_bytes() + 8 * part.live.len()).sum()
    }

    /// In which languages there are documents. Any, while none is known.
    pub(super) fn languages(&self) -> Languages {
        let known = self.statistics.languages.iter().zip(0_u8..).filter(|(count, _)| **count > 0);
        let bits = known.map(|(_, language)| bit_of(language)).filter(|bits| bits.is_power_of_two());
        match bits.fold(0, |all, bit| all | bit) {
            0 => ANY_LANGUAGE,
            languages => languages,
        }
    }

    /// The languages of at least a tenth of the documents whose language is known.
    pub(super) fn main_languages(&self) -> Languages {
        let known = |(_, language): &(&u32, u8)| bit_of(*language).is_power_of_two();
        let counts = || self.statistics.languages.iter().zip(0_u8..).filter(known);
        let total: u64 = counts().map(|(count, _)| u64::from(*count)).sum();
        let main = counts().filter(|(count, _)| **count > 0 && u64::from(**count) * 10 >= total);
        main.fold(0, |all, (_, language)| all | bit_of(language))
    }

    /// The part of the document that counts for an id, and its number there.
    pub(super) fn find(&self, id: EntityId) -> Option<(usize, u32)> {
        self.parts.iter().enumerate().rev().find_map(|(number, part)| {
            let document = part.segment.find(id)?;
            part.is_live(document).then_some((number, document))
        })
    }

    fn push(&mut self, segment: Arc<Segment>) {
        if !self.parts.is_empty() {
            segment.ids().chain(segment.removed_ids()).for_each(|id| self.hide(id));
        }
        // Bits beyond the last document are never asked for.
        let live = vec![u64::MAX; segment.document_count().div_ceil(64)];
        for document in 0..segment.documents() {
            self.statistics.add(&segment, document);
        }
        self.parts.push(Part { segment, live });
    }

    fn hide(&mut self, id: EntityId) {
        for part in &mut self.parts {
            if let Some(document) = part.segment.find(id)
                && part.is_live(document)
            {
                part.live[document as usize / 64] &= !(1 << (document % 64));
                self.statistics.remove(&part.segment, document);
                // Older ones were hidden when this one came.
                return;
            }
        }
    }
}

impl Part {
    #[inline]
    pub(super) fn is_live(&self, document: u32) -> bool {
        self.live.get(document as usize / 64).is_some_and(|bits| bits >> (document % 64) & 1 == 1)
    }
}

impl Statistics {
    fn add(&mut self, segment: &Segment, document: u32) {
        self.documents += 1;
        for (sum, words) in self.words.iter_mut().zip(segment.lengths(document)) {
            *sum += u64::from(words);
        }
        *self.language(segment.language(document)) += 1;
    }

    fn remove(&mut self, segment: &Segment, document: u32) {
        self.documents -= 1;
        for (sum, words) in self.words.iter_mut().zip(segment.lengths(document)) {
            *sum -= u64::from(words);
        }
        *self.language(segment.language(document)) -= 1;
    }

    fn language(&mut self, language: u8) -> &mut u32 {
        let at = usize::from(language);
        if self.languages.len() <= at {
            self.languages.resize(at + 1, 0);
        }
        &mut self.languages[at]
    }
}
