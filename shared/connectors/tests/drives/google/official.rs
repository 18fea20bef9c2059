//! Google's own client finds what we have put, and puts what we find.

use std::collections::BTreeMap;
use std::process::Command;

use app_connectors::drives::When;
use app_testing::drives::PlayedDrive;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

use super::stage;
use crate::suite::{bytes, listed, put, transferred, whole};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vendors/google.py");

#[tokio::test]
#[ignore = "needs Python and the vendor's client: make test-vendors"]
async fn the_vendors_client_finds_what_is_put_and_puts_what_is_found() {
    let (drive, played) = stage().await;
    let mut manifest = BTreeMap::new();
    let names =
        ["empty", "a", "notes.txt", "folder/b", "folder/inner/c", "日記/ünï (1).json", "it's", "x/y/z/deep"];
    for (number, name) in names.into_iter().enumerate() {
        let content = bytes(number * 1_000, number as u64);
        put(&drive, name, &content, When::Absent).await;
        manifest.insert(name, HEXLOWER.encode(digest(&SHA256, &content).as_ref()));
    }
    for (name, size) in
        [("large", 9_000_000), ("folder/unit", 8 << 20), ("folder/units and one", (16 << 20) + 1)]
    {
        let content = bytes(size, 1);
        transferred(&drive, name, &content, When::Absent).await;
        manifest.insert(name, HEXLOWER.encode(digest(&SHA256, &content).as_ref()));
    }
    put(&drive, "a", b"replaced", When::Any).await;
    manifest.insert("a", HEXLOWER.encode(digest(&SHA256, b"replaced").as_ref()));

    let file = std::env::temp_dir().join(format!("google-manifest-{}.json", std::process::id()));
    std::fs::write(&file, serde_json::to_string(&manifest).unwrap()).unwrap();
    let python = std::env::var("VENDORS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let (token, _) = played.grant();
    let output =
        Command::new(python).arg(SCRIPT).arg(played.origin()).arg(token).arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().count() >= manifest.len(), "{said}");

    let theirs = listed(&drive, "").await;
    assert_eq!(theirs.len(), manifest.len() + 1);
    let content = whole(&drive, &theirs["by the vendor's client"]).await;
    assert_eq!(content.len(), 3 << 20);
}
