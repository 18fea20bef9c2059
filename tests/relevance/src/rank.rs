//! The rankings: as the functions search, with everything in one segment.

use std::sync::Arc;

use app_ai::{Embedder, Purpose, Trust};
use app_domain::Timestamp;
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use app_search::vectors::{VectorHit, VectorSet};
use app_search::{EntityId, Fusion};

use crate::set::Set;

/// How far down the rankings are read, as the functions do.
const BY_WORDS: usize = 1_000;
const BY_MEANING: usize = 100;

/// What each query finds by its words, the best first.
pub(crate) struct ByWords {
    corpus: Corpus,
    hits: Vec<Vec<EntityId>>,
}

impl ByWords {
    pub(crate) fn index(set: &Set, asked: &[String]) -> anyhow::Result<Self> {
        let corpus = Corpus::new([Arc::new(Segment::open(Segment::build(&set.documents, []))?)]);
        let find = |text: &str| {
            let hits = corpus.search(&Query::parse(text), &Filter::default(), BY_WORDS);
            hits.into_iter().map(|hit| hit.id).collect()
        };
        let hits = asked.iter().map(|text| find(text)).collect();
        Ok(Self { corpus, hits })
    }

    pub(crate) fn find(&self, query: usize) -> Vec<EntityId> {
        self.hits[query].clone()
    }
}

/// What each query finds by its meaning, the nearest first.
pub(crate) struct ByMeaning {
    trust: Trust,
    hits: Vec<Vec<VectorHit>>,
}

impl ByMeaning {
    pub(crate) async fn index(set: &Set, asked: &[String], model: &dyn Embedder) -> anyhow::Result<Self> {
        let texts: Vec<String> = set.documents.iter().map(embedded).collect();
        let mut vectors = VectorSet::new(model.name(), model.dimensions())?;
        for (document, vector) in set.documents.iter().zip(model.embed(&texts, Purpose::Document).await) {
            vectors.insert(document.id, &vector?)?;
        }
        let mut hits = Vec::with_capacity(asked.len());
        for vector in model.embed(asked, Purpose::Query).await {
            hits.push(vectors.search(&vector?, BY_MEANING, |_| true)?);
        }
        Ok(Self { trust: model.trust(), hits })
    }

    pub(crate) fn find(&self, query: usize) -> Vec<EntityId> {
        self.hits[query].iter().map(|hit| hit.id).collect()
    }
}

/// What is embedded of a memory or a message: all of its words, what they are about first, as a model may read only the
/// beginning.
fn embedded(document: &Document) -> String {
    let tags = document.tags.join(", ");
    let parts = [document.title.as_str(), &tags, &document.body];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("\n")
}

/// What a query finds by both.
pub(crate) fn both(words: &ByWords, meaning: &ByMeaning, now: Timestamp, query: usize) -> Vec<EntityId> {
    let Trust { weight: vector, chance } = meaning.trust;
    let fusion = Fusion { vector, chance, ..Fusion::default() };
    let made_at = |id| words.corpus.made_at(id);
    let hits = fusion.fuse(&words.hits[query], &meaning.hits[query], made_at, now);
    hits.iter().map(|hit| hit.id).collect()
}
