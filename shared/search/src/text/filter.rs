//! Asking a filter about documents, with its facets looked up once for each segment.

use std::ops::Range;

use super::corpus::{Corpus, Part};
use super::document::Filter;
use crate::EntityId;

/// A filter, ready to be asked about the documents of a corpus.
pub(super) struct Resolved<'a> {
    filter: &'a Filter<'a>,
    corpus: &'a Corpus,
    created_at: Option<Range<i64>>,
    /// The facets by their numbers, for each part of the corpus.
    parts: Vec<Facets>,
}

/// The facets of a filter by their numbers in one segment. Those that no document there has are left out.
struct Facets {
    any_of: Vec<Vec<u32>>,
    none_of: Vec<u32>,
}

impl<'a> Resolved<'a> {
    pub(super) fn new(filter: &'a Filter<'a>, corpus: &'a Corpus) -> Self {
        let facets = |part: &Part| {
            let numbers = |names: &[String]| -> Vec<u32> {
                names.iter().filter_map(|name| part.segment.facets.get(name)).collect()
            };
            Facets {
                any_of: filter.any_of.iter().map(|names| numbers(names)).collect(),
                none_of: numbers(filter.none_of),
            }
        };
        let millis = |range: &Range<app_domain::Timestamp>| range.start.as_millis()..range.end.as_millis();
        Self {
            filter,
            corpus,
            created_at: filter.created_at.as_ref().map(millis),
            parts: corpus.parts.iter().map(facets).collect(),
        }
    }

    /// Whether a document may be found.
    pub(super) fn allows(&self, part: &Part, number: usize, document: u32) -> bool {
        let segment = &part.segment;
        let asks_facets = !self.filter.any_of.is_empty() || !self.filter.none_of.is_empty();
        self.created_at.as_ref().is_none_or(|range| range.contains(&segment.made_at(document)))
            && (!asks_facets || self.is_filed(part, number, document))
            && self.filter.allows.is_none_or(|allows| allows(segment.id(document), segment.memory(document)))
    }

    /// Whether the memory that the document belongs to has the facets. One that is not known has none.
    fn is_filed(&self, part: &Part, number: usize, document: u32) -> bool {
        match part.segment.memory(document) {
            None => self.parts[number].allow(part, document),
            Some(memory) => self.corpus.find(EntityId::Memory(memory)).is_some_and(|(number, document)| {
                self.parts[number].allow(&self.corpus.parts[number], document)
            }),
        }
    }
}

impl Facets {
    fn allow(&self, part: &Part, document: u32) -> bool {
        let has = |wanted: &[u32]| part.segment.facets(document).any(|facet| wanted.contains(&facet));
        self.any_of.iter().all(|wanted| has(wanted)) && !has(&self.none_of)
    }
}
