use app_backup::{Manifest, ManifestError, Sum};
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::{id, manifest};

fn text() -> String {
    String::from_utf8(manifest().to_bytes().unwrap()).unwrap()
}

/// The text with its last line as it should be.
fn signed(text: &str) -> Vec<u8> {
    let (before, _) = text.trim_end().rsplit_once('\n').unwrap();
    let before = format!("{before}\n");
    format!("{before}],\"sha256\":\"{}\"}}\n", Sum::of(before.as_bytes())).into_bytes()
}

fn wrong(from: &str, to: &str) -> String {
    let text = text();
    assert!(text.contains(from), "{from}");
    match Manifest::read(&signed(&text.replace(from, to))) {
        Err(ManifestError::Wrong(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_is_read() {
    let manifest = manifest();
    assert_eq!(Manifest::read(&manifest.to_bytes().unwrap()).unwrap(), manifest);
    // Nothing at all is a backup too.
    let empty = Manifest {
        counts: Default::default(),
        packs: Vec::new(),
        files: Vec::new(),
        previous: None,
        ..manifest
    };
    assert_eq!(Manifest::read(&empty.to_bytes().unwrap()).unwrap(), empty);
}

#[test]
fn a_line_for_each_entry_and_one_that_verifies_those_before() {
    insta::assert_snapshot!(text());
    let (before, last) =
        text().trim_end().rsplit_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let sha256 = Sum::of(format!("{before}\n").as_bytes());
    assert_eq!(last, format!("],\"sha256\":\"{sha256}\"}}"));
}

#[test]
fn it_is_of_the_schema_that_is_published() {
    let schema = include_str!("../../../../docs/backup/manifest.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str::<Value>(schema).unwrap()).unwrap();
    let value: Value = serde_json::from_str(&text()).unwrap();
    let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut other = value.clone();
    other["packs"][0]["sha256"] = "no".into();
    assert!(!schema.is_valid(&other));
}

#[test]
fn its_totals_count_once_what_is_there_once() {
    let manifest = manifest();
    assert_eq!(manifest.totals().total_bytes, manifest.packs[0].size + 6);
    assert_eq!(manifest.totals().counts["file"], 3);
}

#[test]
fn what_was_cut_off_anywhere_is_no_manifest() {
    let bytes = manifest().to_bytes().unwrap();
    for end in 0..bytes.len() {
        assert!(Manifest::read(&bytes[..end]).is_err(), "{end}");
    }
}

proptest! {
    #[test]
    fn any_change_is_noticed(place in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = manifest().to_bytes().unwrap();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != to);
        bytes[place] = to;
        prop_assert!(Manifest::read(&bytes).is_err());
    }

    #[test]
    fn nothing_that_is_read_does_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), middle in ".{0,200}") {
        prop_assert!(Manifest::read(&bytes).is_err());
        let text = format!("{{{middle}\nx");
        prop_assert!(Manifest::read(&signed(&text)).is_err());
    }
}

#[test]
fn paths_that_are_not_of_the_layout_are_refused() {
    let set = id(1);
    for to in ["packs/../../etc", "/packs/x", "files/x", "backups/x"] {
        assert!(wrong(&format!("packs/{set}"), to).contains("is no path of its own"), "{to}");
    }
    // Of another account, or of another file than the checksum beside it.
    wrong(&format!("\"path\":\"packs/{set}"), &format!("\"path\":\"packs/{}", id(2)));
    let (film, other) = (Sum::of(b"a film"), Sum::of(b"another"));
    wrong(&format!("files/{set}/{film}"), &format!("files/{set}/{other}"));
    wrong(".mp4\"", ".mp4.age\"");
}

#[test]
fn what_is_named_twice_or_counted_otherwise_is_refused() {
    assert!(wrong(&id(41), &id(40)).contains("is named twice"));
    assert!(wrong("\"file\":3},\"missing", "\"file\":4},\"missing").contains("counts"));
    assert!(wrong("\"contentSize\":6", "\"contentSize\":7").contains("is not encrypted"));
}

#[test]
fn another_version_is_not_guessed_at() {
    for (from, to) in [("\"version\":1", "\"version\":2"), ("memory-app-backup", "memory-app-export")] {
        assert_eq!(Manifest::read(&signed(&text().replace(from, to))), Err(ManifestError::Unknown));
    }
    // Members that are added are left out.
    let more = text().replace("\"version\":1", "\"version\":1,\"mood\":{\"a\":[1]}");
    assert_eq!(Manifest::read(&signed(&more)), Ok(manifest()));
}

#[test]
fn one_that_is_too_large_or_too_deep_is_refused() {
    let size = usize::try_from(Manifest::MAX_BYTES).unwrap() + 1;
    assert_eq!(Manifest::read(&vec![b' '; size]), Err(ManifestError::TooLarge));
    let deep = text().replace("\"version\":1", &format!("\"version\":1,\"x\":{}", "[".repeat(100_000)));
    assert_eq!(Manifest::read(&signed(&deep)), Err(ManifestError::Unknown));
}
