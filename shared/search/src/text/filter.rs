//! Asking a filter about documents, with its facets looked up once for each segment.

use std::ops::Range;

use app_domain::MemoryId;

use super::corpus::{Corpus, Part};
use super::document::Filter;
use crate::EntityId;

impl Corpus {
    /// Those of some entities that are here and that a filter allows, in their order.
    pub fn allowed(&self, ids: impl IntoIterator<Item = EntityId>, filter: &Filter<'_>) -> Vec<EntityId> {
        let filter = Resolved::new(filter, self);
        let is_allowed = |id: &EntityId| {
            self.find(*id).is_some_and(|(part, document)| filter.allows(&self.parts[part], part, document))
        };
        ids.into_iter().filter(is_allowed).collect()
    }

    /// All entities that a filter allows, if they are at most `limit`.
    pub fn all_allowed(&self, filter: &Filter<'_>, limit: usize) -> Option<Vec<EntityId>> {
        let filter = Resolved::new(filter, self);
        let mut allowed = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            for document in (0..part.segment.documents()).filter(|document| part.is_live(*document)) {
                if filter.allows(part, number, document) {
                    if allowed.len() == limit {
                        return None;
                    }
                    allowed.push(part.segment.id(document));
                }
            }
        }
        Some(allowed)
    }

    /// The newest entities that a filter allows, the newest first: at most `limit`.
    pub fn newest(&self, filter: &Filter<'_>, limit: usize) -> Vec<EntityId> {
        let filter = Resolved::new(filter, self);
        let mut allowed = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            let live = (0..part.segment.documents()).filter(|document| part.is_live(*document));
            let fits = live.filter(|document| filter.allows(part, number, *document));
            allowed.extend(fits.map(|document| (part.segment.made_at(document), part.segment.id(document))));
        }
        allowed.sort_unstable_by(|one, other| other.cmp(one));
        allowed.truncate(limit);
        allowed.into_iter().map(|(_, id)| id).collect()
    }

    /// Whether an entity is here.
    pub fn contains(&self, id: EntityId) -> bool {
        self.find(id).is_some()
    }

    /// The memory that an entity belongs to, unless it is one or is not here.
    pub fn memory_of(&self, id: EntityId) -> Option<MemoryId> {
        let (part, document) = self.find(id)?;
        self.parts[part].segment.memory(document)
    }
}

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
