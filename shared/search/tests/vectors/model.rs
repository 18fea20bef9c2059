//! Sets beside the simplest thing that could do the same, whatever is done to both.

use std::collections::BTreeMap;

use app_search::EntityId;
use app_search::vectors::{VectorHit, VectorSet, search};
use proptest::prelude::*;

use crate::made::id;

const DIMENSIONS: usize = 5;

#[derive(Debug, Clone)]
enum Step {
    Insert(u128, [i8; DIMENSIONS]),
    Remove(u128),
    /// Writes the newest set and begins another.
    Rotate,
    Merge,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..40_u128, any::<[i8; DIMENSIONS]>()).prop_map(|(id, vector)| Step::Insert(id, vector)),
        2 => (0..40_u128).prop_map(Step::Remove),
        1 => Just(Step::Rotate),
        1 => Just(Step::Merge),
        1 => Just(Step::Reopen),
    ]
}

type Model = BTreeMap<EntityId, Vec<f32>>;

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    (dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()) as f32
}

fn expected(model: &Model, query: &[f32], allowed: impl Fn(EntityId) -> bool) -> Vec<VectorHit> {
    let found =
        model.iter().filter(|(id, vector)| allowed(**id) && vector.iter().any(|&number| number != 0.0));
    found.map(|(&id, vector)| VectorHit { id, similarity: cosine(query, vector) }).collect()
}

proptest! {
    #[test]
    fn any_sequence_of_changes_finds_what_a_map_would(
        steps in proptest::collection::vec(step(), 0..60),
        query in any::<[i8; DIMENSIONS]>(),
        divisor in 1..5_u128,
    ) {
        let empty = || VectorSet::new("model", DIMENSIONS).unwrap();
        let mut model = Model::new();
        let mut removed = Vec::new();
        let mut sets = vec![empty()];
        for step in steps {
            let newest = sets.last_mut().unwrap();
            match step {
                Step::Insert(number, vector) => {
                    let vector = vector.map(f32::from).to_vec();
                    newest.insert(id(number), &vector).unwrap();
                    model.insert(id(number), vector);
                    removed.retain(|&gone| gone != id(number));
                }
                Step::Remove(number) => {
                    newest.remove(id(number));
                    model.remove(&id(number));
                    removed.push(id(number));
                }
                Step::Rotate => sets.push(empty()),
                Step::Merge => {
                    let all: Vec<_> = sets.iter().collect();
                    let merged = VectorSet::merged(&all, |id| !removed.contains(&id)).unwrap();
                    sets = vec![merged];
                }
                Step::Reopen => *newest = VectorSet::from_bytes(&newest.to_bytes()).unwrap(),
            }
        }
        for set in &sets {
            prop_assert!(set.ids().is_sorted());
            prop_assert_eq!(set.ids().count(), set.len());
        }

        let query = query.map(f32::from);
        let allowed = |id: EntityId| !removed.contains(&id) && id.as_uuid().as_u128().is_multiple_of(divisor);
        let sources: Vec<_> = sets.iter().collect();
        let hits = search(&sources, &query, 100, allowed).unwrap();
        if query.iter().all(|&number| number == 0.0) {
            prop_assert_eq!(hits, []);
            return Ok(());
        }
        let mut expected = expected(&model, &query, allowed);
        prop_assert_eq!(hits.len(), expected.len());
        prop_assert!(hits.is_sorted_by(|a, b| (a.similarity, a.id) > (b.similarity, b.id)));
        // What the model has no vector of is not there; what it has is as near as it says.
        expected.sort_by_key(|hit| hit.id);
        for hit in &hits {
            let at = expected.binary_search_by_key(&hit.id, |expected| expected.id);
            prop_assert!(at.is_ok(), "{:?}", hit);
            let similarity = expected[at.unwrap()].similarity;
            prop_assert!((hit.similarity - similarity).abs() < 1e-4, "{:?} {}", hit, similarity);
        }
        prop_assert_eq!(search(&sources, &query, 3, allowed).unwrap(), &hits[..hits.len().min(3)]);
    }
}
