use std::time::Duration;

use app_backup::{Fault, FileCheck, LastRun, check_listing, estimate, readme};
use app_connectors::drives::{DigestKind, DriveFile};

use crate::samples::{at, manifest, owner};

fn listed() -> Vec<DriveFile> {
    let manifest = manifest();
    let packs = manifest.packs.iter().map(|pack| (pack.path.clone(), pack.size, pack.sha256));
    let files = manifest.files.iter().take(1).map(|file| (file.path.clone(), file.size, file.sha256));
    let file = |(path, size_bytes, sha256): (String, u64, app_backup::Sum)| DriveFile {
        id: path.clone(),
        path,
        size_bytes,
        hash: Some(sha256.to_string()),
        revision: "1".to_owned(),
        modified_at: at("2026-11-24T10:00:00.000Z"),
    };
    packs.chain(files).map(file).collect()
}

fn faults(change: impl Fn(&mut Vec<DriveFile>), kind: DigestKind) -> Vec<Fault> {
    let mut listed = listed();
    change(&mut listed);
    check_listing(&manifest(), &listed, kind).into_iter().map(|(_, fault)| fault).collect()
}

#[test]
fn what_is_missing_cut_or_changed_by_hand_is_seen_in_a_list() {
    let sha256 = DigestKind::Sha256;
    assert_eq!(faults(|_| {}, sha256), []);
    assert_eq!(faults(|files| drop(files.pop()), sha256), [Fault::Missing]);
    let cut = |files: &mut Vec<DriveFile>| files[1].size_bytes = 5;
    assert_eq!(faults(cut, sha256), [Fault::Size { found: 5, expected: 6 }]);
    let changed = |files: &mut Vec<DriveFile>| files[0].hash = Some("0".repeat(64));
    assert_eq!(faults(changed, sha256), [Fault::Changed]);
    assert_eq!(faults(changed, DigestKind::ContentHash), []);
    assert_eq!(faults(|files| files[0].hash = None, sha256), []);
}

#[test]
fn a_file_is_checked_in_pieces_and_in_several_processes() {
    let entry = &manifest().files[0];
    let mut check = FileCheck::default();
    check.update(b"a fi");
    let mut check: FileCheck = serde_json::from_str(&serde_json::to_string(&check).unwrap()).unwrap();
    assert_eq!(check.is_content(entry), Err(Fault::Size { found: 4, expected: 6 }));
    let mut other = check.clone();
    check.update(b"lm");
    other.update(b"xx");
    assert_eq!((check.is_content(entry), check.is_stored(entry)), (Ok(()), Ok(())));
    assert_eq!(other.is_content(entry), Err(Fault::Changed));
}

#[test]
fn what_was_slow_once_is_expected_to_be_slow() {
    let seconds = |items, bytes, last| estimate(items, bytes, last).as_secs();
    assert!((5..=6).contains(&seconds(0, 0, None)));
    let usual = seconds(100_000, 50_000_000, None);
    assert!((30..=200).contains(&usual), "{usual}");
    let last = LastRun { items: 100_000, bytes: 50_000_000, took: Duration::from_secs(2 * usual) };
    assert!(seconds(100_000, 50_000_000, Some(last)).abs_diff(2 * usual) <= 2);
    // One that had nothing to do tells nothing.
    let idle = LastRun { items: 0, bytes: 0, took: Duration::from_secs(600) };
    assert_eq!(seconds(100_000, 50_000_000, Some(idle)), usual);
    assert!(seconds(u64::MAX, u64::MAX, None) <= 7 * 24 * 3600);
}

#[test]
fn the_folder_explains_itself() {
    insta::assert_snapshot!(readme(owner()));
}
