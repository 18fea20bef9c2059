//! Segments of vectors that are not what they were.

use app_search::SegmentError;
use app_search::vectors::VectorSet;
use proptest::prelude::*;

use crate::made::{Numbers, id, set};

fn written() -> Vec<u8> {
    let mut numbers = Numbers(3);
    set(&(0..9).map(|_| numbers.vector(7)).collect::<Vec<_>>()).to_bytes()
}

/// The bytes with a checksum that fits them.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&content);
    content.extend(checksum.to_le_bytes());
    content
}

#[test]
fn a_set_comes_back_as_it_was() {
    let mut numbers = Numbers(4);
    let original = set(&(0..50).map(|_| numbers.vector(33)).collect::<Vec<_>>());
    let read = VectorSet::from_bytes(&original.to_bytes()).unwrap();
    let query = numbers.vector(33);
    assert_eq!(read.search(&query, 50, |_| true), original.search(&query, 50, |_| true));
    assert_eq!((read.model(), read.dimensions(), read.len()), ("model", 33, 50));
    assert_eq!(read.to_bytes(), original.to_bytes());

    let empty = VectorSet::new("model", 2).unwrap();
    assert!(VectorSet::from_bytes(&empty.to_bytes()).unwrap().is_empty());
}

#[test]
fn what_a_set_holds_decides_its_bytes() {
    let mut numbers = Numbers(6);
    let vectors: Vec<_> = (0..20).map(|_| numbers.vector(5)).collect();
    let in_order = set(&vectors);
    let mut backwards = VectorSet::new("model", 5).unwrap();
    for (number, vector) in vectors.iter().enumerate().rev() {
        backwards.insert(id(number as u128 + 100), vector).unwrap();
        backwards.insert(id(number as u128), &numbers.vector(5)).unwrap();
        backwards.insert(id(number as u128), vector).unwrap();
    }
    (0..20).for_each(|number| assert!(backwards.remove(id(number + 100))));
    assert_eq!(backwards.to_bytes(), in_order.to_bytes());
}

#[test]
fn every_flipped_bit_is_noticed() {
    let written = written();
    for bit in 0..written.len() * 8 {
        let mut flipped = written.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(VectorSet::from_bytes(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn every_missing_and_every_added_byte_is_noticed() {
    let written = written();
    for length in 0..written.len() {
        assert!(VectorSet::from_bytes(&written[..length]).is_err(), "{length}");
        assert!(VectorSet::from_bytes(&written[written.len() - length..]).is_err(), "last {length}");
    }
    assert!(VectorSet::from_bytes(&[&written[..], &[0]].concat()).is_err());
}

#[test]
fn another_version_is_told_from_damage() {
    let mut other = written();
    other[4..6].copy_from_slice(&2_u16.to_le_bytes());
    assert_eq!(VectorSet::from_bytes(&other).unwrap_err(), SegmentError::Version(2));
    other[0] = b'X';
    assert!(matches!(VectorSet::from_bytes(&other), Err(SegmentError::Corrupt(_))));
}

/// Whoever wrote these knew the checksum.
#[test]
fn nonsense_is_refused_even_with_the_right_checksum() {
    let written = written();
    let content = &written[..written.len() - 4];
    let ids = 13 + "model".len();
    let scales = ids + 9 * 17;
    let change = |at: usize, bytes: &[u8]| {
        let mut changed = content.to_vec();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        sealed(changed)
    };
    assert!(VectorSet::from_bytes(&sealed(content.to_vec())).is_ok());
    for (what, bytes) in [
        ("no dimensions", change(6, &[0, 0])),
        ("too many dimensions", change(6, &[0xff, 0xff])),
        ("other dimensions", change(6, &[8, 0])),
        ("too many vectors", change(8, &[0xff; 4])),
        ("fewer vectors", change(8, &[8, 0, 0, 0])),
        ("a longer name", change(12, &[255])),
        ("no name", change(12, &[0])),
        ("an unreadable name", change(13, &[0xff])),
        ("an unknown kind", change(ids, &[9])),
        ("ids out of order", change(ids + 17, &[0; 17])),
        ("a scale that is no number", change(scales, &f32::NAN.to_le_bytes())),
        ("an infinite scale", change(scales, &f32::INFINITY.to_le_bytes())),
        ("a negative scale", change(scales, &(-0.5_f32).to_le_bytes())),
        ("a scale too large", change(scales, &1.5_f32.to_le_bytes())),
        ("nothing behind the version", sealed(content[..6].to_vec())),
        ("nothing behind the name", sealed(content[..ids].to_vec())),
    ] {
        assert!(matches!(VectorSet::from_bytes(&bytes), Err(SegmentError::Corrupt(_))), "{what}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_error_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(VectorSet::from_bytes(&bytes).is_err());
        let with_head = [&b"MVEC\x01\x00"[..], &bytes].concat();
        prop_assert!(VectorSet::from_bytes(&with_head).is_err());
        // With the right checksum it may even be a set. Then it works.
        if let Ok(set) = VectorSet::from_bytes(&sealed(with_head)) {
            let query = vec![1.0; set.dimensions()];
            prop_assert!(set.search(&query, 10, |_| true).is_ok());
        }
    }
}
