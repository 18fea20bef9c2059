use app_backup::Sum;
use app_backup::layout::{self, ManifestName, Stored, StoredName};
use app_domain::BackupFormat;

use crate::samples::{at, id, owner};

fn name(is_sealed: bool) -> ManifestName {
    ManifestName::new(owner(), at("2026-11-24T10:00:00.123Z"), id(100).parse().unwrap(), is_sealed)
}

#[test]
fn the_name_of_a_manifest_tells_when_and_which_it_is() {
    let path = name(false).path();
    assert_eq!(path, format!("backups/{}/2026-11-24T10-00-00Z_{}.json", id(1), id(100)));
    for name in [name(false), name(true)] {
        assert_eq!(ManifestName::parse(&name.path()), Some(name));
        assert_eq!(name.at, at("2026-11-24T10:00:00.000Z"));
    }
}

#[test]
fn names_sort_as_backups_were_made() {
    let of = |time: &str| ManifestName::new(owner(), at(time), id(1).parse().unwrap(), false).path();
    assert!(of("2026-09-30T23:59:59.000Z") < of("2026-10-01T00:00:00.000Z"));
}

#[test]
fn what_is_called_otherwise_is_no_manifest() {
    let good = name(false).path();
    let bad = [
        good.replace("2026-11-24", "2026-02-30"),
        good.replace("T10-", "T25-"),
        good.replace("Z_", "_"),
        good.replace(".json", ".JSON"),
        good.replace("backups/", "backups//"),
        good.replace("backups/", "backups/x/"),
        good.replace("backups/", "/backups/"),
        good.replace("019a9b2e-4c00", "019A9B2E-4C00"),
        good.replace('-', ""),
        format!("{good}.age.age"),
        format!("{good} (1)"),
        format!("{good}/../x"),
        "backups".to_owned(),
        String::new(),
    ];
    for path in bad {
        assert_eq!(ManifestName::parse(&path), None, "{path}");
    }
}

#[test]
fn the_name_of_what_is_stored_tells_its_bytes() {
    let sha256 = Sum::of(b"x");
    for is_sealed in [false, true] {
        let pack = layout::pack(owner(), sha256, BackupFormat::Json, is_sealed);
        let file = layout::file(owner(), sha256, "Summer in Ó.JPEG", is_sealed);
        let told = |what| Some(StoredName { what, set: owner(), sha256, is_sealed });
        assert_eq!(StoredName::parse(&pack), told(Stored::Pack));
        assert_eq!(StoredName::parse(&file), told(Stored::File));
    }
}

#[test]
fn an_encrypted_file_does_not_tell_what_it_is() {
    let of = |name: &str, is_sealed| layout::file(owner(), Sum::of(b"x"), name, is_sealed).split_off(107);
    assert_eq!(of("a.PDF", false), ".pdf");
    assert_eq!(of("a.PDF", true), ".age");
    for name in ["none", "a.", "a.b/c", "a.日本", "a.tar gz", "x.age", ".", "a.0123456789abcdefg"] {
        assert_eq!(of(name, false), "", "{name}");
    }
}

#[test]
fn what_is_called_otherwise_is_not_stored_by_us() {
    let sum = Sum::of(b"x");
    let set = id(1);
    for path in [
        format!("packs/{set}/{sum}"),
        format!("packs/{set}/{sum}.exe"),
        format!("packs/{set}/../{sum}.zip"),
        format!("packs/{set}/{}.zip", sum.to_string().to_uppercase()),
        format!("packs/{sum}.zip"),
        format!("files/{set}/{sum}.a.b"),
        format!("files/{set}/{sum} (1).jpg"),
        format!("files/{set}/.{sum}"),
        format!("notes/{set}/{sum}.zip"),
    ] {
        assert_eq!(StoredName::parse(&path), None, "{path}");
    }
}
