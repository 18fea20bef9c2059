//! From entities in their order to what is shown: memories and files of their own, each with what was found of it.

use std::cmp::Ordering;
use std::collections::HashMap;

use app_search::text::Corpus;
use app_search::{EntityId, FusedHit, ScoreParts};

/// Something to show: a memory, or a file that belongs to none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// The memory or the file.
    pub(crate) id: EntityId,
    /// The score of the best that was found of it.
    pub(crate) score: f32,
    /// What that score is made of.
    pub(crate) parts: ScoreParts,
    /// What was found of it, the best first: itself, messages, files.
    pub(crate) hits: Vec<EntityId>,
}

/// Puts hits, the best first, together by what they belong to.
pub(crate) fn ranked(corpus: &Corpus, hits: &[FusedHit]) -> Vec<Ranked> {
    let mut places: HashMap<EntityId, usize> = HashMap::with_capacity(hits.len());
    let mut ranked: Vec<Ranked> = Vec::new();
    for hit in hits {
        let id = corpus.memory_of(hit.id).map_or(hit.id, EntityId::Memory);
        let place = *places.entry(id).or_insert(ranked.len());
        match ranked.get_mut(place) {
            Some(known) => known.hits.push(hit.id),
            None => ranked.push(Ranked { id, score: hit.score, parts: hit.parts, hits: vec![hit.id] }),
        }
    }
    // As it is but for equals, which need an order that a cursor can name.
    ranked.sort_by(|one, other| order((one.score, one.id), (other.score, other.id)));
    ranked
}

/// Which of two comes first: the better, of equals the later.
pub(crate) fn order((score, id): (f32, EntityId), (other_score, other_id): (f32, EntityId)) -> Ordering {
    other_score.total_cmp(&score).then_with(|| other_id.cmp(&id))
}
