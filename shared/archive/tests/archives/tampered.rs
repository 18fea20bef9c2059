//! Archives that are not as they were written, by accident or on purpose.

use std::io::{Cursor, Read, Write};
use std::process::Command;

use app_archive::{Verified, VerifyError, verify};
use app_domain::ExportFormat;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::unzipped::scratch;
use crate::written::{Export, Safe, noise};

fn verified(bytes: &[u8]) -> Result<Verified, VerifyError> {
    verify(Cursor::new(bytes))
}

/// What is wrong with it.
fn fault(bytes: &[u8]) -> String {
    verified(bytes).unwrap_err().to_string()
}

/// No text is right with a bit of it changed.
pub(crate) fn every_flip_is_found(bytes: &[u8]) {
    for place in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= 1;
        assert!(verified(&changed).is_err(), "{place}");
    }
}

/// Nothing is right that was cut off.
pub(crate) fn every_cut_is_found(bytes: &[u8], longest: usize) {
    for length in (0..longest).rev().take(3_000).chain((0..longest).step_by(997)) {
        assert!(verified(&bytes[..length]).is_err(), "{length}");
    }
}

type Entries = Vec<(String, Vec<u8>)>;

fn unpacked(bytes: &[u8]) -> Entries {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let entry = |index| {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    (0..6).map(entry).collect()
}

fn packed(entries: &Entries) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn whole() -> Vec<u8> {
    Export::of(ExportFormat::Zip).with_files().write(Safe::Never)
}

#[test]
fn an_archive_that_was_packed_again_is_right() {
    let bytes = whole();
    assert_eq!(verified(&packed(&unpacked(&bytes))).unwrap(), verified(&bytes).unwrap());
}

#[test]
fn what_is_missing_and_what_is_too_much_is_named() {
    let entries = unpacked(&whole());
    let file = entries[1].0.clone();
    for (removed, said) in [
        (0, "records-00001.jsonl is missing".to_owned()),
        (1, format!("{file} is missing")),
        (4, "SHA256SUMS is missing".to_owned()),
        (5, "manifest.json is missing or no manifest".to_owned()),
    ] {
        let mut entries = entries.clone();
        entries.remove(removed);
        let found = fault(&packed(&entries));
        assert!(found.starts_with(&said) || (removed == 5 && found.contains("last but one")), "{found}");
    }
    for (place, name) in [(0, "evil.exe"), (2, "files/evil"), (4, "evil")] {
        let mut entries = entries.clone();
        entries.insert(place, (name.to_owned(), b"x".to_vec()));
        assert_eq!(
            fault(&packed(&entries)),
            format!("{name} is not in SHA256SUMS, or not in its place there")
        );
    }
    let mut behind = entries.clone();
    behind.push(("evil".to_owned(), Vec::new()));
    assert!(verified(&packed(&behind)).is_err());
}

#[test]
fn what_was_changed_is_named_whoever_computed_sums_again() {
    let entries = unpacked(&whole());
    for (index, (name, bytes)) in entries.iter().enumerate().take(5) {
        let mut changed = entries.clone();
        changed[index].1 = [b"x".as_slice(), bytes].concat();
        let found = fault(&packed(&changed));
        let is_named =
            found.contains(&format!("{name} was changed")) || found.contains(&format!("in {name}"));
        assert!(is_named || index == 4, "{found}");
    }
    // A line of a file that is changed with its line in SHA256SUMS.
    let mut changed = entries.clone();
    let sums = String::from_utf8(entries[4].1.clone()).unwrap();
    changed[1].1 = Vec::new();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let line = sums.lines().nth(1).unwrap();
    changed[4].1 = sums.replace(&line[..64], empty).into_bytes();
    assert_eq!(
        fault(&packed(&changed)),
        "SHA256SUMS was changed: its SHA-256 is not what manifest.json says"
    );
}

#[test]
fn a_manifest_that_counts_wrong_is_found() {
    let entries = unpacked(&whole());
    let with = |change: &dyn Fn(&mut Value)| {
        let mut manifest: Value = serde_json::from_slice(&entries[5].1).unwrap();
        change(&mut manifest);
        let mut entries = entries.clone();
        entries[5].1 = manifest.to_string().into_bytes();
        fault(&packed(&entries))
    };
    assert!(with(&|manifest| manifest["counts"]["memory"] = json!(2)).contains("of kind memory"));
    assert!(with(&|manifest| manifest["counts"]["turn"] = Value::Null).contains("no manifest"));
    assert!(with(&|manifest| manifest["missingFiles"] = json!(1)).contains("files have a path and no bytes"));
    assert!(with(&|manifest| manifest["version"] = json!(3)).contains("not known here"));
    assert!(with(&|manifest| manifest["checksums"]["entries"] = json!(3)).contains("does not fit"));
}

#[test]
fn every_cut_of_an_archive_is_found() {
    let bytes = whole();
    every_cut_is_found(&bytes, bytes.len());
    assert!(fault(&[bytes.as_slice(), b"x"].concat()).contains("cut off, or something was put behind"));
}

/// Some bytes of a ZIP say nothing, such as the times of entries: what is right after a change is the same.
#[test]
fn a_change_of_any_byte_is_found_or_means_nothing() {
    let mut export = Export::of(ExportFormat::Zip).with_files();
    export.files[0].1.truncate(2_000);
    let bytes = export.write(Safe::Never);
    let right = verified(&bytes).unwrap();
    let mut unnoticed = 0;
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        if let Ok(found) = verified(&changed) {
            assert_eq!(found, right, "{place}");
            unnoticed += 1;
        }
    }
    assert!(unnoticed < right.entries * 80, "{unnoticed} of {}", bytes.len());
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../evil", "/etc/passwd", "a/../../b", "c:evil", "a\\..\\b", "a//b"] {
        let bytes = packed(&vec![("SHA256SUMS".to_owned(), Vec::new()), (name.to_owned(), b"x".to_vec())]);
        assert!(fault(&bytes).contains("would lead out"), "{name}: {}", fault(&bytes));
    }
}

#[test]
fn a_bomb_goes_off_nowhere() {
    // 64 MiB of nothing that say they are one byte.
    let mut bytes = packed(&vec![("SHA256SUMS".to_owned(), vec![0; 64 << 20])]);
    let size = (64_u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|place| bytes[*place..*place + 4] == size).collect();
    for place in places {
        bytes[place..place + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert!(fault(&bytes).contains("larger than the archive says"), "{}", fault(&bytes));
    // A line that does not end, where lines are read.
    let entries = vec![("records-00001.jsonl".to_owned(), vec![b'{'; 64 << 20])];
    let sums = vec![("SHA256SUMS".to_owned(), b"0  records-00001.jsonl\n".to_vec())];
    assert!(fault(&packed(&[entries, sums].concat())).contains("longer than any"));
    // A directory that says it has more entries than there can be.
    let mut bytes = whole();
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    assert!(verified(&bytes).is_err());
}

#[test]
fn what_is_no_archive_is_refused_with_words() {
    for bytes in [b"".to_vec(), b"PK".to_vec(), b"\n".to_vec(), b"hello\nworld\n".to_vec(), noise(100_000)] {
        assert!(!fault(&bytes).is_empty());
    }
    assert!(fault(b"PK\x05\x06").contains("cut off"));
}

#[test]
fn the_program_says_what_it_checked_and_fails_if_something_is_wrong() {
    let program = env!("CARGO_BIN_EXE_verify-archive");
    let (right, wrong) = (scratch("right.zip"), scratch("wrong.zip"));
    let bytes = whole();
    std::fs::write(&right, &bytes).unwrap();
    std::fs::write(&wrong, &bytes[..bytes.len() - 1]).unwrap();
    let run = |paths: &[&std::path::Path]| Command::new(program).args(paths).output().unwrap();
    let output = run(&[&right]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("records   13, as the manifest has them"), "{said}");
    assert!(said.contains("entries   6, each as SHA256SUMS has it"), "{said}");
    let output = run(&[&right, &wrong]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("WRONG: it has no end"), "{said}");
    assert!(!run(&[]).status.success() && !run(&[&scratch("nowhere")]).status.success());
}
