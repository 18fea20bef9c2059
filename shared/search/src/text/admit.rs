//! What the quoted and the excluded words of a query say of documents, however those were found.

use super::corpus::Corpus;
use super::matches::{Scratch, find_phrase};
use super::query::Query;
use crate::EntityId;

impl Corpus {
    /// Those of some entities that are here and hold what a query says must be there and nothing that must not, in their
    /// order. All that [`Corpus::search`] finds is among them. Costs reading where those phrases stand, and next to nothing
    /// if the query has none.
    pub fn admitted(&self, ids: impl IntoIterator<Item = EntityId>, query: &Query) -> Vec<EntityId> {
        let here = |id| self.find(id).map(|(part, document)| Candidate { id, part, document });
        let mut candidates: Vec<Candidate> = ids.into_iter().filter_map(here).collect();
        let mut scratch = Scratch::default();
        for (number, part) in self.parts.iter().enumerate() {
            let required = query.required.iter().map(|phrase| (phrase, true));
            for (phrase, must_hold) in required.chain(query.excluded.iter().map(|phrase| (phrase, false))) {
                if candidates.iter().all(|candidate| candidate.part != number) {
                    break;
                }
                let matches = find_phrase(part, phrase, &mut scratch);
                let mut holding: Vec<u32> = matches.iter().map(|found| found.document).collect();
                holding.sort_unstable();
                candidates.retain(|candidate| {
                    candidate.part != number
                        || holding.binary_search(&candidate.document).is_ok() == must_hold
                });
            }
        }
        candidates.into_iter().map(|candidate| candidate.id).collect()
    }
}

/// An entity, and where its document is.
struct Candidate {
    id: EntityId,
    part: usize,
    document: u32,
}
