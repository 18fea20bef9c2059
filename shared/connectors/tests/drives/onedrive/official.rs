//! What we upload is found by the vendor's own client, and what that uploads is as the vendor says.

use std::collections::BTreeMap;

use app_connectors::drives::{Bearer, Digest, DigestKind, Drive, OneDrive, OneDriveConfig, When};
use app_testing::drives::{FakeOneDrive, PlayedDrive};
use secrecy::ExposeSecret;

use super::tokens;
use crate::suite::vendors::checked;
use crate::suite::{bytes, transferred};

#[tokio::test]
#[ignore = "needs Python and the vendor's client: make vendors"]
async fn the_vendors_client_finds_what_we_have_uploaded() {
    let played = FakeOneDrive::start();
    let tokens = std::sync::Arc::new(tokens(&played).await);
    let drive = OneDrive::new(OneDriveConfig::at(&played.origin()), tokens.clone());
    let mut manifest = BTreeMap::new();
    for (seed, (path, size)) in [
        ("empty", 0),
        ("one byte", 1),
        ("tiny.txt", 12),
        ("Größe/Übersicht.json", 4000),
        ("日本語/メモ.txt", 300),
        ("#1 100% (a) & b.txt", 77),
        ("backups/2026/11/22.age", 100_000),
        ("backups/2026/11/21.age", 327_680),
        ("backups/2026/10/01.age", 4 << 20),
        ("backups/large.age", 9_000_001),
        ("backups/larger.age", 21_000_000),
        ("index.json", 5000),
    ]
    .into_iter()
    .enumerate()
    {
        let all = bytes(size, seed as u64);
        transferred(&drive, path, &all, When::Absent).await;
        manifest.insert(path, Digest::of(DigestKind::Sha256, &all));
    }
    let token = tokens.token(None).await.unwrap();
    let (succeeded, said) = checked("onedrive", &played, token.expose_secret(), &manifest).await;
    assert!(succeeded, "{said}");
    let theirs = drive.find("from the vendor/large.bin").await.unwrap().unwrap();
    let held = &played.files()["from the vendor/large.bin"];
    assert_eq!(theirs.hash, Some(Digest::of(DigestKind::QuickXor, held)));
}
