//! Segments as bytes: what is broken is said to be, and never searched.

use app_search::SegmentError;
use app_search::text::{Document, Segment};
use proptest::prelude::*;

use crate::support::{bodies, body, id, segment};

fn bytes() -> Vec<u8> {
    let mut documents = bodies(&["the garage code is 4711", "été à la plage", "停车场"]);
    documents[0].facets = vec!["category:home".to_owned(), "favorite".to_owned()];
    documents[1].tags = vec!["sea".to_owned()];
    Segment::build(&documents, [id(9)])
}

#[test]
fn a_segment_says_what_it_holds() {
    let bytes = bytes();
    let segment = Segment::open(bytes.clone()).unwrap();
    assert_eq!((segment.document_count(), segment.byte_len()), (3, bytes.len()));
    assert_eq!(segment.ids().collect::<Vec<_>>(), [id(1), id(2), id(3)]);
    assert_eq!(segment.removed_ids().collect::<Vec<_>>(), [id(9)]);
    assert!(segment.held_bytes() >= bytes.len());
    assert!(!format!("{segment:?}").contains("garage"));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = bytes();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            assert!(Segment::open(flipped).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn every_truncation_and_addition_is_noticed() {
    let bytes = bytes();
    for end in 0..bytes.len() {
        assert!(Segment::open(bytes[..end].to_vec()).is_err(), "{end} bytes");
    }
    assert!(Segment::open([bytes, vec![0]].concat()).is_err());
}

#[test]
fn another_version_is_named() {
    let mut bytes = bytes();
    bytes[4] = 200;
    assert_eq!(Segment::open(bytes).unwrap_err(), SegmentError::Version(200));
    assert!(matches!(
        Segment::open(b"MVEC and more that is long enough".repeat(9)),
        Err(SegmentError::Corrupt(_))
    ));
}

#[test]
fn what_it_holds_decides_its_bytes() {
    let documents = bodies(&["one two", "three", "four five six"]);
    let reversed: Vec<Document> = documents.iter().rev().cloned().collect();
    let whole = Segment::build(&documents, []);
    assert_eq!(whole, Segment::build(&reversed, []));
    let repeated = [vec![body(2, "older")], documents.clone()].concat();
    assert_eq!(whole, Segment::build(&repeated, []));
    let (one, two) = (segment(&documents[..1]), segment(&documents[1..]));
    assert_eq!(whole, Segment::merge(&[&one, &two], true, |_| true));
    assert_eq!(whole, Segment::merge(&[&two, &one], true, |_| true));
}

#[test]
fn nothing_makes_a_segment_too() {
    let empty = Segment::open(Segment::build(&[], [])).unwrap();
    assert_eq!((empty.document_count(), empty.ids().count()), (0, 0));
    assert_eq!(Segment::merge(&[], true, |_| true), Segment::build(&[], []));
    assert_eq!(Segment::merge(&[&empty, &empty], true, |_| true), Segment::build(&[], []));
}

#[test]
fn what_is_not_kept_stays_hidden_in_what_is_older() {
    let (one, two) = (segment(&bodies(&["one"])), segment(&[body(2, "two")]));
    let merged = Segment::open(Segment::merge(&[&one, &two], false, |kept| kept == id(2))).unwrap();
    assert_eq!(merged.ids().collect::<Vec<_>>(), [id(2)]);
    assert_eq!(merged.removed_ids().collect::<Vec<_>>(), [id(1)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Segment::open(bytes).is_err());
    }
}
