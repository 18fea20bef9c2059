//! Documents and searches in few words.

use std::sync::Arc;

use app_domain::{MemoryId, Timestamp};
use app_search::EntityId;
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use uuid::Uuid;

pub(crate) const MADE: i64 = 1_790_000_000_000;

/// The memory of a number, made so many minutes after the others.
pub(crate) fn id(number: u64) -> EntityId {
    EntityId::Memory(MemoryId::from(Uuid::from_u128(u128::from(number))))
}

pub(crate) fn number(id: EntityId) -> u64 {
    id.as_uuid().as_u128() as u64
}

/// A memory with a body alone.
pub(crate) fn body(number: u64, text: &str) -> Document {
    Document {
        id: id(number),
        memory: None,
        created_at: Timestamp::from_millis(MADE + number as i64 * 60_000).unwrap(),
        title: String::new(),
        tags: Vec::new(),
        body: text.to_owned(),
        facets: Vec::new(),
    }
}

pub(crate) fn titled(number: u64, title: &str, text: &str) -> Document {
    Document { title: title.to_owned(), ..body(number, text) }
}

/// Memories of these bodies, numbered from 1.
pub(crate) fn bodies(texts: &[&str]) -> Vec<Document> {
    (1..).zip(texts).map(|(number, text)| body(number, text)).collect()
}

pub(crate) fn segment(documents: &[Document]) -> Arc<Segment> {
    Arc::new(Segment::open(Segment::build(documents, [])).unwrap())
}

pub(crate) fn corpus(documents: &[Document]) -> Corpus {
    Corpus::new([segment(documents)])
}

/// The numbers of what is found, the best first.
pub(crate) fn found(corpus: &Corpus, query: &str) -> Vec<u64> {
    let hits = corpus.search(&Query::parse(query), &Filter::default(), 1_000);
    hits.iter().map(|hit| number(hit.id)).collect()
}

/// What is found among memories of these bodies.
pub(crate) fn found_in(texts: &[&str], query: &str) -> Vec<u64> {
    found(&corpus(&bodies(texts)), query)
}
