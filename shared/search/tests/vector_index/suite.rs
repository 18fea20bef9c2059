//! The contract of the port. An index that lags behind is asked again until it has caught up.

use std::time::Duration;

use app_domain::{Timestamp, UserId};
use app_search::EntityId;
use app_search::vectors::{VectorEntry, VectorIndex, VectorIndexError};
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
    knows_what_it_holds(index).await;
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

fn entry(number: u128, vector: [f32; DIMENSIONS]) -> VectorEntry {
    VectorEntry { id: id(number), vector: vector.to_vec(), fingerprint: String::new() }
}

/// Asks until the answer is what it should be, or no longer.
async fn expect(index: &dyn VectorIndex, owner: UserId, limit: usize, ids: &[u128]) {
    let expected: Vec<_> = ids.iter().map(|&number| id(number)).collect();
    let mut found = Vec::new();
    for _ in 0..TRIES {
        let hits = index.search(owner, &[1.0, 0.0, 0.0, 0.0], limit).await.unwrap();
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
    let owner = owner();
    expect(index, owner, 10, &[]).await;
    let entries = vec![
        entry(1, [0.1, 1.0, 0.0, 0.0]),
        entry(2, [2.0, 0.1, 0.0, 0.0]),
        entry(3, [1.0, 1.0, 0.0, 0.0]),
        entry(4, [0.0; DIMENSIONS]),
    ];
    index.put(owner, entries).await.unwrap();
    expect(index, owner, 10, &[2, 3, 1]).await;
    expect(index, owner, 2, &[2, 3]).await;
    assert!(index.search(owner, &[0.0; DIMENSIONS], 10).await.unwrap().is_empty());
    assert!(index.search(owner, &[1.0; DIMENSIONS], 0).await.unwrap().is_empty());
    let hits = index.search(owner, &[1.0, 0.0, 0.0, 0.0], usize::MAX).await.unwrap();
    assert_eq!(hits.len(), 3.min(index.max_hits()));
    let cosine = 0.5_f32.sqrt();
    assert!((hits[1].similarity - cosine).abs() < 1e-3, "{hits:?}");
}

async fn replaces_and_removes(index: &dyn VectorIndex) {
    let owner = owner();
    let entries = vec![entry(1, [1.0, 0.0, 0.0, 0.0]), entry(2, [0.9, 0.4, 0.0, 0.0])];
    index.put(owner, entries).await.unwrap();
    expect(index, owner, 10, &[1, 2]).await;
    index.put(owner, vec![entry(1, [0.0, 1.0, 0.0, 0.0])]).await.unwrap();
    expect(index, owner, 10, &[2, 1]).await;
    index.put(owner, vec![entry(1, [0.0; DIMENSIONS])]).await.unwrap();
    expect(index, owner, 10, &[2]).await;
    index.remove(owner, &[id(2), id(77)]).await.unwrap();
    expect(index, owner, 10, &[]).await;
    index.remove(owner, &[id(2)]).await.unwrap();
    index.put(owner, Vec::new()).await.unwrap();
}

async fn keeps_owners_apart(index: &dyn VectorIndex) {
    let (one, other) = (owner(), owner());
    index.put(one, vec![entry(1, [1.0, 0.0, 0.0, 0.0])]).await.unwrap();
    index.put(other, vec![entry(2, [1.0, 0.0, 0.0, 0.0])]).await.unwrap();
    expect(index, one, 10, &[1]).await;
    expect(index, other, 10, &[2]).await;
    index.remove(one, &[id(2)]).await.unwrap();
    expect(index, other, 10, &[2]).await;
    expect(index, owner(), 10, &[]).await;
}

async fn knows_what_it_holds(index: &dyn VectorIndex) {
    let (owner, other) = (owner(), owner());
    let one = VectorEntry { fingerprint: "of one".to_owned(), ..entry(1, [3.0, 0.0, 4.0, 0.0]) };
    let nothing = VectorEntry { fingerprint: "of nothing".to_owned(), ..entry(2, [0.0; DIMENSIONS]) };
    index.put(owner, vec![one, nothing]).await.unwrap();
    let ids = [id(1), id(2), id(3)];
    let fingerprints = index.fingerprints(owner, &ids).await.unwrap();
    let known = [(id(1), "of one".to_owned()), (id(2), "of nothing".to_owned())];
    assert_eq!(fingerprints, known.into());
    let vectors = index.get(owner, &ids[..1]).await.unwrap();
    let [(found, vector)] = &vectors[..] else { panic!("{vectors:?}") };
    assert_eq!(*found, id(1));
    // Its direction; the length may be made 1.
    assert!((vector[2] / vector[0] - 4.0 / 3.0).abs() < 1e-3 && vector[1] == 0.0, "{vector:?}");
    assert!(index.get(other, &ids).await.unwrap().is_empty());
    assert!(index.fingerprints(other, &ids).await.unwrap().is_empty());
    index.remove(owner, &ids).await.unwrap();
    assert!(index.fingerprints(owner, &ids).await.unwrap().is_empty());
}

async fn refuses_what_does_not_fit(index: &dyn VectorIndex) {
    let owner = owner();
    let short = VectorEntry { vector: vec![1.0], ..entry(1, [1.0; DIMENSIONS]) };
    let endless = entry(1, [f32::INFINITY, 0.0, 0.0, 0.0]);
    for wrong in [short, endless] {
        let refused = index.put(owner, vec![wrong]).await;
        assert!(matches!(refused, Err(VectorIndexError::Vector(_))), "{refused:?}");
    }
    for query in [&[1.0][..], &[f32::NAN, 0.0, 0.0, 0.0]] {
        let refused = index.search(owner, query, 1).await;
        assert!(matches!(refused, Err(VectorIndexError::Vector(_))), "{refused:?}");
    }
    expect(index, owner, 10, &[]).await;
}
