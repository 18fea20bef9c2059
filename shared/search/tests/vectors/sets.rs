//! What a set finds and keeps.

use app_search::vectors::{MAX_DIMENSIONS, VectorError, VectorHit, VectorSet, search};
use app_search::{EntityId, SegmentError};

use crate::made::{Numbers, id, set};

fn ids(hits: &[VectorHit]) -> Vec<EntityId> {
    hits.iter().map(|hit| hit.id).collect()
}

#[test]
fn the_nearest_come_first_with_their_cosine() {
    let set = set(&[vec![1.0, 0.0], vec![3.0, 4.0], vec![0.0, 2.0], vec![-5.0, 0.0]]);
    let hits = set.search(&[10.0, 0.0], 10, |_| true).unwrap();
    assert_eq!(ids(&hits), [id(0), id(1), id(2), id(3)]);
    for (hit, cosine) in hits.iter().zip([1.0, 0.6, 0.0, -1.0]) {
        assert!((hit.similarity - cosine).abs() < 1e-4, "{hit:?}");
        assert!((-1.0..=1.0).contains(&hit.similarity));
    }
    assert_eq!(ids(&set.search(&[10.0, 0.0], 2, |_| true).unwrap()), [id(0), id(1)]);
    assert_eq!(set.search(&[1.0, 0.0], 0, |_| true).unwrap(), []);
    assert_eq!(set.search(&[1.0, 0.0], usize::MAX, |_| true).unwrap().len(), 4);
}

#[test]
fn what_is_not_allowed_takes_no_place_among_the_hits() {
    let mut numbers = Numbers(1);
    let vectors: Vec<_> = (0..1000).map(|_| numbers.vector(16)).collect();
    let set = set(&vectors);
    let query = numbers.vector(16);
    let all = set.search(&query, 1000, |_| true).unwrap();
    let allowed = |id: EntityId| id.as_uuid().as_u128() % 97 == 5;
    let expected: Vec<_> = all.into_iter().filter(|hit| allowed(hit.id)).collect();
    assert_eq!(set.search(&query, 1000, allowed).unwrap(), expected);
    assert_eq!(set.search(&query, 3, allowed).unwrap(), expected[..3]);
    assert_eq!(set.search(&query, 3, |_| false).unwrap(), []);
}

#[test]
fn of_equals_the_later_id_comes_first_however_they_came_in() {
    let mut set = VectorSet::new("model", 3).unwrap();
    for number in [7, 1, 900, 4, 300, 10] {
        set.insert(id(number), &[0.0, 1.0, 0.0]).unwrap();
    }
    let mut expected: Vec<_> = set.ids().collect();
    assert!(expected.is_sorted());
    expected.reverse();
    let hits = set.search(&[0.0, 1.0, 0.0], 10, |_| true).unwrap();
    assert_eq!(ids(&hits), expected);
    // Even where more are equal than are weighed twice.
    for number in 1000..1400 {
        set.insert(id(number), &[0.0, 1.0, 0.0]).unwrap();
    }
    let latest = set.ids().last().unwrap();
    assert_eq!(ids(&set.search(&[0.0, 1.0, 0.0], 1, |_| true).unwrap()), [latest]);
}

#[test]
fn what_has_no_direction_is_kept_and_never_found() {
    let set = set(&[vec![0.0, 0.0], vec![1.0, 0.0]]);
    assert!(set.contains(id(0)));
    assert_eq!(set.vector(id(0)), Some(vec![0.0, 0.0]));
    assert_eq!(ids(&set.search(&[-1.0, 0.0], 10, |_| true).unwrap()), [id(1)]);
    assert_eq!(set.search(&[0.0, 0.0], 10, |_| true).unwrap(), []);
}

#[test]
fn a_vector_can_be_read_back_to_find_what_is_like_it() {
    let vector = [3.0, 0.0, -4.0];
    let set = set(&[vec![1.0, 1.0, 1.0], vector.to_vec()]);
    let read = set.vector(id(1)).unwrap();
    assert!(read.iter().zip([0.6, 0.0, -0.8]).all(|(read, number)| (read - number).abs() < 1e-4), "{read:?}");
    assert_eq!(set.vector(id(2)), None);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut set = set(&[vec![1.0, 0.0]]);
    let before = set.to_bytes();
    let wrong = VectorError::Dimensions { expected: 2, found: 3 };
    assert_eq!(set.insert(id(1), &[1.0, 0.0, 0.0]), Err(wrong.clone()));
    assert_eq!(set.insert(id(0), &[f32::NAN, 0.0]), Err(VectorError::NotFinite));
    assert_eq!(set.search(&[1.0, 0.0, 0.0], 1, |_| true), Err(wrong));
    assert_eq!(set.search(&[f32::INFINITY, 0.0], 1, |_| true), Err(VectorError::NotFinite));
    assert_eq!(set.to_bytes(), before);

    for (model, dimensions) in [("", 2), (&"m".repeat(256), 2), ("model", 0), ("model", MAX_DIMENSIONS + 1)] {
        assert!(matches!(VectorSet::new(model, dimensions), Err(VectorError::Impossible(_))));
    }
}

#[test]
fn vectors_of_other_models_are_never_compared() {
    let one = VectorSet::new("one", 2).unwrap();
    let other = VectorSet::new("other", 2).unwrap();
    let longer = VectorSet::new("one", 3).unwrap();
    assert_eq!(search(&[&one, &other], &[1.0, 0.0], 1, |_| true), Err(VectorError::OtherModel));
    assert_eq!(VectorSet::merged(&[&one, &other], |_| true).unwrap_err(), VectorError::OtherModel);
    assert_eq!(VectorSet::merged(&[&one, &longer], |_| true).unwrap_err(), VectorError::OtherModel);
    assert!(matches!(VectorSet::merged(&[], |_| true), Err(VectorError::Impossible(_))));
    assert_eq!(search(&[], &[1.0, 0.0], 1, |_| true), Ok(Vec::new()));
}

#[test]
fn a_later_set_says_where_a_vector_points() {
    let old = set(&[vec![1.0, 0.0], vec![0.9, 0.1]]);
    let mut new = VectorSet::new("model", 2).unwrap();
    new.insert(id(0), &[0.0, 1.0]).unwrap();

    let hits = search(&[&old, &new], &[1.0, 0.0], 10, |_| true).unwrap();
    assert_eq!(ids(&hits), [id(1), id(0)]);
    assert!(hits[1].similarity.abs() < 1e-6);

    let merged = VectorSet::merged(&[&old, &new], |_| true).unwrap();
    assert_eq!(merged.search(&[1.0, 0.0], 10, |_| true).unwrap(), hits);
    assert_eq!((merged.len(), merged.model(), merged.dimensions()), (2, "model", 2));
    let merged = VectorSet::merged(&[&old, &new], |kept| kept != id(1)).unwrap();
    assert_eq!(merged.ids().collect::<Vec<_>>(), [id(0)]);
    assert_eq!(merged.vector(id(0)), new.vector(id(0)));
}

#[test]
fn a_set_costs_two_bytes_a_number_and_little_more() {
    let mut numbers = Numbers(5);
    let vectors: Vec<_> = (0..500).map(|_| numbers.vector(256)).collect();
    let set = set(&vectors);
    let bytes = set.to_bytes();
    assert_eq!(bytes.len(), 500 * (2 * 256 + 21) + 13 + "model".len() + 4);
    let read = VectorSet::from_bytes(&bytes).unwrap();
    let each = 2 * 256 + 25;
    assert!((500 * each..500 * each + 200).contains(&read.held_bytes()), "{}", read.held_bytes());
    assert_eq!(VectorSet::from_bytes(b"").unwrap_err(), SegmentError::Corrupt("it ends too early"));
}
