//! Google's own client finds what we have put, and puts what we find.

use std::collections::BTreeMap;

use app_connectors::drives::{Digest, DigestKind, When};

use super::stage;
use crate::suite::vendors::checked;
use crate::suite::{bytes, listed, put, transferred, whole};

#[tokio::test]
#[ignore = "needs Python and the vendor's client: make vendors"]
async fn the_vendors_client_finds_what_is_put_and_puts_what_is_found() {
    let (drive, played) = stage().await;
    let mut manifest = BTreeMap::new();
    let names =
        ["empty", "a", "notes.txt", "folder/b", "folder/inner/c", "日記/ünï (1).json", "it's", "x/y/z/deep"];
    for (number, name) in names.into_iter().enumerate() {
        let content = bytes(number * 1_000, number as u64);
        put(&drive, name, &content, When::Absent).await;
        manifest.insert(name, Digest::of(DigestKind::Sha256, &content));
    }
    for (name, size) in
        [("large", 9_000_000), ("folder/unit", 8 << 20), ("folder/units and one", (16 << 20) + 1)]
    {
        let content = bytes(size, 1);
        transferred(&drive, name, &content, When::Absent).await;
        manifest.insert(name, Digest::of(DigestKind::Sha256, &content));
    }
    put(&drive, "a", b"replaced", When::Any).await;
    manifest.insert("a", Digest::of(DigestKind::Sha256, b"replaced"));

    let (succeeded, said) = checked("google", &played, &played.grant().0, &manifest).await;
    assert!(succeeded, "{said}");
    assert!(said.lines().count() >= manifest.len(), "{said}");

    let theirs = listed(&drive, "").await;
    assert_eq!(theirs.len(), manifest.len() + 1);
    let content = whole(&drive, &theirs["by the vendor's client"]).await;
    assert_eq!(content.len(), 3 << 20);
}
