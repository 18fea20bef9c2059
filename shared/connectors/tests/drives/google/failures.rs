//! What goes wrong at Google in ways of its own.

use std::time::Duration;

use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::{DriveFault, PlayedDrive};
use bytes::Bytes;

use super::{OneToken, another, drive, stage};
use crate::suite::{bytes, chunk_and, finish, kept, next, put};

#[tokio::test]
async fn three_refusals_as_too_many_are_waited_for() {
    let (drive, played) = stage().await;
    played.fail(DriveFault::Throttled(None), 3);
    put(&drive, "a/b", b"text", When::Absent).await;
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn a_file_whose_making_nobody_heard_of_is_made_once() {
    let (drive, played) = stage().await;
    put(&drive, "other", b"text", When::Absent).await;
    // Between them no call of a put fails unheard but one.
    for good in 0..3_u64 {
        let path = format!("file-{good}");
        played.fail(DriveFault::Unheard, usize::try_from(good).unwrap() + 1);
        put(&drive, &path, b"text", When::Absent).await;
        played.forget_faults();
    }
    assert_eq!(played.files().len(), 4);
    assert_eq!(another(&played).list("", None).await.unwrap().files.len(), 4);
}

#[tokio::test]
async fn a_chunk_that_arrived_unheard_is_not_sent_again() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 1_000, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let before = played.traffic().bytes_in;
    played.fail(DriveFault::Unheard, 1);
    finish(&drive, &mut upload, &content).await.unwrap();
    let sent = played.traffic().bytes_in - before;
    assert_eq!(sent, content.len() as u64);
}

#[tokio::test]
async fn an_upload_of_which_nothing_is_kept_begins_at_its_beginning() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 1_000, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    assert!(drive.resume(&mut upload).await.unwrap().is_none());
    assert_eq!(upload.offset, 0);
    played.fail(DriveFault::Cut, 1);
    finish(&drive, &mut upload, &content).await.unwrap();
    assert!(played.files()["a"] == content);
}

#[tokio::test]
async fn an_upload_is_gone_after_a_week() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 1_000, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let first = next(&drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.pass(Duration::from_secs(6 * 24 * 60 * 60));
    let mut upload = kept(&upload);
    assert!(drive.resume(&mut upload).await.unwrap().is_none());
    assert_eq!(upload.offset, drive.chunk_bytes());
    played.pass(Duration::from_secs(2 * 24 * 60 * 60));
    assert_eq!(drive.resume(&mut upload).await.unwrap_err().class, DriveErrorClass::UploadGone);
}

#[tokio::test]
async fn an_upload_that_ended_unheard_is_found_to_be_done() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 1_000, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let first = next(&drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    let mut earlier = kept(&upload);
    let last = next(&drive, &upload, &content);
    let file = drive.send(&mut upload, last).await.unwrap().unwrap();
    let found = drive.resume(&mut earlier).await.unwrap().unwrap();
    assert_eq!(found, file);
    assert_eq!(earlier.missed(), drive.chunk_bytes()..content.len() as u64);
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn a_dead_grant_needs_consent() {
    let (drive, played) = stage().await;
    played.expire_tokens();
    played.fail(DriveFault::DeadGrant, 1);
    assert_eq!(drive.account().await.unwrap_err().class, DriveErrorClass::NeedsConsent);
    assert!(!played.is_granted());
}

#[tokio::test]
async fn a_token_that_is_not_for_files_needs_consent() {
    let (_, played) = stage().await;
    let (token, _) = played.grant_scope("openid");
    let error = drive(&played, OneToken(token)).account().await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::NeedsConsent);
    assert_eq!(error.code.as_deref(), Some("insufficientPermissions"));
}

#[tokio::test]
async fn a_hash_that_never_comes_is_done_without() {
    let (drive, played) = stage().await;
    played.fail(DriveFault::NoHash, 10);
    let file = drive.put("a", Bytes::from_static(b"text"), When::Absent).await.unwrap();
    assert_eq!(file.hash, None);
    assert_eq!(played.files()["a"], b"text");
}

#[tokio::test]
async fn a_file_that_is_replaced_and_garbled_is_removed() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"one", When::Absent).await;
    played.fail(DriveFault::Garbled, 1);
    let error = drive.put("a", Bytes::from_static(b"two"), When::Any).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Mismatch);
    assert!(played.files().is_empty());
    put(&drive, "a", b"two", When::Any).await;
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let (drive, played) = stage().await;
    let upload = drive.begin("private/path", 10, When::Absent).await.unwrap();
    played.fail(DriveFault::UploadGone, 1);
    let error = drive.send(&mut kept(&upload), bytes(10, 1)).await.unwrap_err();
    let shown = format!("{drive:?} {upload:?} {error:?} {error}");
    for secret in ["private", "upload_id", "ya29", "AFake"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
