//! Where requests and tokens go.

use std::sync::Arc;

use app_connectors::drives::{Bearer, Drive, DriveError, DriveErrorClass, OneDrive, OneDriveConfig, When};
use app_testing::drives::PlayedDrive;
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;

use super::stage;
use crate::suite::{chunk_and, put};

/// Gives a token that nobody must be sent.
struct Careless;

#[async_trait]
impl Bearer for Careless {
    async fn token(&self, _: Option<&SecretString>) -> Result<SecretString, DriveError> {
        Ok("EwSecret".into())
    }
}

#[tokio::test]
async fn names_that_onedrive_cannot_have_become_some_that_it_can() {
    let (drive, played) = stage().await;
    let file = put(&drive, "a:b/what? #1 100%./CON", b"x", When::Absent).await;
    assert_eq!(file.path, "a_b/what_ #1 100%_/_CON");
    assert!(played.files().contains_key("a_b/what_ #1 100%_/_CON"));
    let found = drive.find("a:b/what? #1 100%./CON").await.unwrap();
    assert_eq!(found.as_ref(), Some(&file), "by the name that was meant");
    assert_eq!(drive.list("a:b", None).await.unwrap().files, [] as [_; 0], "it is further below");
    for elsewhere in ["", "/a", "a/../../b", "."] {
        let error = drive.put(elsewhere, Bytes::new(), When::Any).await.unwrap_err();
        assert_eq!(error.class, DriveErrorClass::Refused, "{elsewhere}");
    }
}

#[tokio::test]
async fn names_that_differ_in_case_alone_are_one_file() {
    let (drive, played) = stage().await;
    put(&drive, "Notes/A.txt", b"x", When::Absent).await;
    let error = drive.put("notes/a.TXT", Bytes::from_static(b"y"), When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict);
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn no_token_goes_to_an_address_that_is_not_the_apis() {
    let drive = OneDrive::new(OneDriveConfig::at("http://example.com"), Arc::new(Careless));
    assert_eq!(drive.find("a").await.unwrap_err().class, DriveErrorClass::Refused);

    let (drive, played) = stage().await;
    let calls = played.traffic().calls;
    let stranger = "https://example.com/v1.0/me/drive/special/approot/delta";
    let cursor = format!(r#"{{"link":"{stranger}","isFirst":false,"folders":{{"root":"1","below":{{}}}}}}"#);
    assert_eq!(drive.changes(Some(&cursor)).await.unwrap_err().class, DriveErrorClass::Refused);
    let page = format!(r#"{{"folder":"","link":"{stranger}","then":[]}}"#);
    assert_eq!(drive.list("", Some(&page)).await.unwrap_err().class, DriveErrorClass::Refused);
    assert_eq!(played.traffic().calls, calls, "nobody was asked");
}

#[tokio::test]
async fn what_opens_an_upload_is_not_shown() {
    let (drive, _played) = stage().await;
    let bytes = chunk_and(&drive, 1, 1);
    let upload = drive.begin("secret.bin", bytes.len() as u64, When::Any).await.unwrap();
    assert!(upload.session.contains("/up/"));
    let shown = format!("{drive:?} {upload:?}");
    assert!(!shown.contains("/up/") && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn the_account_is_known_by_its_address_and_room() {
    let (drive, played) = stage().await;
    let account = drive.account().await.unwrap();
    assert_eq!(
        (account.label.as_str(), account.used_bytes, account.total_bytes),
        ("ada@example.com", 0, None)
    );
    assert!(!account.id.is_empty());
    put(&drive, "a", &[7; 100], When::Any).await;
    played.set_room(Some(1000));
    let account = drive.account().await.unwrap();
    assert_eq!((account.used_bytes, account.total_bytes), (100, Some(1000)));
}
