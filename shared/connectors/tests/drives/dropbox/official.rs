//! Dropbox's own client finds what our adapter has put.

use std::collections::BTreeMap;

use app_connectors::drives::{Digest, DigestKind, Drive, When};
use app_testing::drives::FakeDropbox;
use bytes::Bytes;

use super::stage;
use crate::suite::vendors::checked;
use crate::suite::{bytes, put, upload};

#[tokio::test]
#[ignore = "needs Python and the vendor's client: make vendors"]
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
    let token = played.grant(FakeDropbox::SCOPES).0;
    let (succeeded, said) = checked("dropbox", &played, &token, &manifest).await;
    assert!(succeeded, "{said}");
    assert!(said.lines().count() >= 10 && said.lines().all(|line| line.starts_with("ok ")), "{said}");
    // A check that cannot fail would be none.
    manifest.insert("tiny", Digest::of(DigestKind::Sha256, b"another"));
    let (succeeded, said) = checked("dropbox", &played, &token, &manifest).await;
    assert!(!succeeded && said.contains("FAIL downloads"), "{said}");
}
