//! Dropbox's own client finds what our adapter has put.

use std::collections::BTreeMap;
use std::process::Command;

use app_connectors::drives::{Digest, DigestKind, Drive, When};
use app_testing::drives::{FakeDropbox, PlayedDrive};
use bytes::Bytes;

use super::stage;
use crate::suite::{bytes, put, upload};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vendors/dropbox.py");

#[tokio::test]
#[ignore = "needs Python and the vendor's client: make test-vendors"]
async fn the_vendors_client_finds_what_was_put_and_is_refused_as_it_expects() {
    let (drive, played) = stage().await;
    let small = [
        ("empty", 0),
        ("tiny", 1),
        ("text.md", 300),
        ("Zoë (1).txt", 40),
        ("日本語/日記 🙂.md", 70),
        ("backups/2026-11-22/manifest.json", 2_000),
        ("backups/2026-11-22/packs/0001.age", 100_000),
        ("backups/2026-11-22/packs/0002.age", 4 << 20),
        ("backups/2026-11-23/manifest.json", 2_001),
        ("a b/c  d_e-f.g.h", 11),
        ("عربي", 12),
    ];
    let mut contents: BTreeMap<&str, Bytes> =
        small.iter().enumerate().map(|(seed, (path, count))| (*path, bytes(*count, seed as u64))).collect();
    for (path, content) in &contents {
        put(&drive, path, content, When::Absent).await;
    }
    let large = bytes(9_000_001, 99);
    upload(&drive, "backups/2026-11-22/packs/large.age", &large, When::Absent).await.unwrap();
    contents.insert("backups/2026-11-22/packs/large.age", large);
    assert_eq!(drive.list("", None).await.unwrap().files.len(), contents.len());

    let mut manifest: BTreeMap<&str, String> =
        contents.iter().map(|(path, bytes)| (*path, Digest::of(DigestKind::Sha256, bytes))).collect();
    let (succeeded, said) = checked(&played, &manifest).await;
    assert!(succeeded, "{said}");
    assert!(said.lines().count() >= 10 && said.lines().all(|line| line.starts_with("ok ")), "{said}");
    // A check that cannot fail would be none.
    manifest.insert("tiny", Digest::of(DigestKind::Sha256, b"another"));
    let (succeeded, said) = checked(&played, &manifest).await;
    assert!(!succeeded && said.contains("FAIL downloads"), "{said}");
}

/// Whether the vendor's client finds what it should, and what it says.
async fn checked(played: &FakeDropbox, manifest: &BTreeMap<&str, String>) -> (bool, String) {
    let path = std::env::temp_dir().join(format!("dropbox-{}.json", std::process::id()));
    std::fs::write(&path, serde_json::to_vec(manifest).unwrap()).unwrap();
    let python = std::env::var("VENDORS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(SCRIPT).arg(played.origin()).arg(played.grant(FakeDropbox::SCOPES).0).arg(&path);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    std::fs::remove_file(&path).unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), said.concat())
}
