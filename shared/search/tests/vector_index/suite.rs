//! The contract of the port. An index that lags behind is asked again until it has caught up.

use std::time::Duration;

use app_domain::{CategoryId, Filed, MemorySource, Tags, Timestamp, UserId};
use app_search::EntityId;
use app_search::vectors::{VectorAttributes, VectorEntry, VectorFilter, VectorIndex, VectorIndexError};
use uuid::Uuid;

/// How many an index that is tested must have.
pub(crate) const DIMENSIONS: usize = 4;

/// How often an index is asked before what it says counts, and how long it is left alone between.
const TRIES: usize = 100;
const PAUSE_MS: u64 = 100;

/// Fails if the index does not do what the port says. Puts in what nobody else has: owners of its own.
pub(crate) async fn keeps_the_contract(index: &dyn VectorIndex) {
    finds_the_nearest_first(index).await;
    replaces_and_removes(index).await;
    keeps_owners_apart(index).await;
    filters_before_it_ranks(index).await;
    refuses_what_does_not_fit(index).await;
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

fn owner() -> UserId {
    UserId::new(at(0))
}

fn id(number: u128) -> EntityId {
    EntityId::Memory(Uuid::from_u128(number).into())
}

fn attributes() -> VectorAttributes {
    VectorAttributes {
        category: None,
        tags: Tags::default(),
        created_at: at(0),
        is_favorite: false,
        is_archived: false,
        source: Some(MemorySource::Web),
    }
}

fn entry(number: u128, vector: [f32; DIMENSIONS]) -> VectorEntry {
    VectorEntry { id: id(number), vector: vector.to_vec(), attributes: attributes() }
}

/// Asks until the answer is what it should be, or no longer.
async fn expect(index: &dyn VectorIndex, owner: UserId, filter: &VectorFilter, limit: usize, ids: &[u128]) {
    let expected: Vec<_> = ids.iter().map(|&number| id(number)).collect();
    let mut found = Vec::new();
    for _ in 0..TRIES {
        let hits = index.search(owner, &[1.0, 0.0, 0.0, 0.0], filter, limit).await.unwrap();
        assert!(hits.is_sorted_by(|a, b| a.similarity >= b.similarity), "{hits:?}");
        found = hits.iter().map(|hit| hit.id).collect();
        if found == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
    }
    assert_eq!(found, expected);
}

async fn finds_the_nearest_first(index: &dyn VectorIndex) {
    let (owner, any) = (owner(), VectorFilter::default());
    expect(index, owner, &any, 10, &[]).await;
    let entries = vec![
        entry(1, [0.1, 1.0, 0.0, 0.0]),
        entry(2, [2.0, 0.1, 0.0, 0.0]),
        entry(3, [1.0, 1.0, 0.0, 0.0]),
        entry(4, [0.0; DIMENSIONS]),
    ];
    index.put(owner, entries).await.unwrap();
    expect(index, owner, &any, 10, &[2, 3, 1]).await;
    expect(index, owner, &any, 2, &[2, 3]).await;
    assert!(index.search(owner, &[0.0; DIMENSIONS], &any, 10).await.unwrap().is_empty());
    assert!(index.search(owner, &[1.0; DIMENSIONS], &any, 0).await.unwrap().is_empty());
    let hits = index.search(owner, &[1.0, 0.0, 0.0, 0.0], &any, usize::MAX).await.unwrap();
    assert_eq!(hits.len(), 3.min(index.max_hits()));
    let cosine = 0.5_f32.sqrt();
    assert!((hits[1].similarity - cosine).abs() < 1e-3, "{hits:?}");
}

async fn replaces_and_removes(index: &dyn VectorIndex) {
    let (owner, any) = (owner(), VectorFilter::default());
    let entries = vec![entry(1, [1.0, 0.0, 0.0, 0.0]), entry(2, [0.9, 0.4, 0.0, 0.0])];
    index.put(owner, entries).await.unwrap();
    expect(index, owner, &any, 10, &[1, 2]).await;
    index.put(owner, vec![entry(1, [0.0, 1.0, 0.0, 0.0])]).await.unwrap();
    expect(index, owner, &any, 10, &[2, 1]).await;
    index.put(owner, vec![entry(1, [0.0; DIMENSIONS])]).await.unwrap();
    expect(index, owner, &any, 10, &[2]).await;
    index.remove(owner, &[id(2), id(77)]).await.unwrap();
    expect(index, owner, &any, 10, &[]).await;
    index.remove(owner, &[id(2)]).await.unwrap();
    index.put(owner, Vec::new()).await.unwrap();
}

async fn keeps_owners_apart(index: &dyn VectorIndex) {
    let (one, other, any) = (owner(), owner(), VectorFilter::default());
    index.put(one, vec![entry(1, [1.0, 0.0, 0.0, 0.0])]).await.unwrap();
    index.put(other, vec![entry(2, [1.0, 0.0, 0.0, 0.0])]).await.unwrap();
    expect(index, one, &any, 10, &[1]).await;
    expect(index, other, &any, 10, &[2]).await;
    index.remove(one, &[id(2)]).await.unwrap();
    expect(index, other, &any, 10, &[2]).await;
    expect(index, owner(), &any, 10, &[]).await;
}

async fn filters_before_it_ranks(index: &dyn VectorIndex) {
    let owner = owner();
    let category = CategoryId::new(at(0));
    // Nearer than what is wanted, and more than a search returns.
    let near = (1..=150).map(|number| entry(number, [1.0, 0.0, 0.0, 0.0]));
    let mut wanted = entry(500, [0.0, 1.0, 0.0, 0.0]);
    wanted.attributes = VectorAttributes {
        category: Some(category),
        tags: Tags::parse(&["Home", "garden"]).unwrap(),
        created_at: at(1000),
        is_favorite: true,
        is_archived: true,
        source: Some(MemorySource::Whatsapp),
    };
    index.put(owner, near.chain([wanted]).collect()).await.unwrap();
    let any = VectorFilter::default;
    for (filter, hits) in [
        (VectorFilter { category: Some(Filed::In(category)), ..any() }, &[500][..]),
        (VectorFilter { category: Some(Filed::In(CategoryId::new(at(0)))), ..any() }, &[]),
        (VectorFilter { tags: Tags::parse(&["home"]).unwrap(), ..any() }, &[500]),
        (VectorFilter { tags: Tags::parse(&["home", "office"]).unwrap(), ..any() }, &[]),
        (VectorFilter { from: Some(at(1000)), ..any() }, &[500]),
        (VectorFilter { from: Some(at(1)), to: Some(at(1000)), ..any() }, &[500]),
        (VectorFilter { from: Some(at(1)), to: Some(at(999)), ..any() }, &[]),
        (VectorFilter { is_favorite: Some(true), ..any() }, &[500]),
        (VectorFilter { is_archived: Some(true), ..any() }, &[500]),
        (VectorFilter { source: Some(MemorySource::Whatsapp), ..any() }, &[500]),
        (VectorFilter { source: Some(MemorySource::Api), ..any() }, &[]),
        (VectorFilter { category: Some(Filed::Nowhere), is_favorite: Some(true), ..any() }, &[]),
    ] {
        if index.applies(&filter) {
            expect(index, owner, &filter, 5, hits).await;
        }
    }
}

async fn refuses_what_does_not_fit(index: &dyn VectorIndex) {
    let (owner, any) = (owner(), VectorFilter::default());
    let short = VectorEntry { vector: vec![1.0], ..entry(1, [1.0; DIMENSIONS]) };
    let endless = entry(1, [f32::INFINITY, 0.0, 0.0, 0.0]);
    for wrong in [short, endless] {
        let refused = index.put(owner, vec![wrong]).await;
        assert!(matches!(refused, Err(VectorIndexError::Vector(_))), "{refused:?}");
    }
    for query in [&[1.0][..], &[f32::NAN, 0.0, 0.0, 0.0]] {
        let refused = index.search(owner, query, &any, 1).await;
        assert!(matches!(refused, Err(VectorIndexError::Vector(_))), "{refused:?}");
    }
    expect(index, owner, &any, 10, &[]).await;
}
