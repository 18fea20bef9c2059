//! Each way in which Dropbox fails, and what becomes of it.

use std::time::{Duration, Instant};

use app_connectors::drives::{Bearer, Drive, DriveError, DriveErrorClass, When};
use app_testing::drives::{DriveFault, FakeDropbox, PlayedDrive};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;

use super::{drive, stage};
use crate::suite::{chunk_and, finish, hash, next, put, upload};

/// A token that cannot be renewed.
struct Fixed(SecretString);

#[async_trait]
impl Bearer for Fixed {
    async fn token(&self, _: Option<&SecretString>) -> Result<SecretString, DriveError> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn too_many_writes_are_waited_for_however_that_is_said() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 10, 1);
    let wanted = hash(&drive, &content);
    let refused = r#"{"error_summary": "too_many_write_operations/..", "error": {".tag": "too_many_write_operations"}}"#;
    played.answer_next("files/upload_session/finish", 409, "application/json", refused);
    let file = upload(&drive, "one", &content, When::Absent).await.unwrap();
    assert_eq!(file.hash, wanted);
    let refused = r#"{"error_summary": "path/too_many_write_operations/..", "error": {".tag": "path",
        "path": {".tag": "too_many_write_operations"}}}"#;
    played.answer_next("files/upload_session/finish", 409, "application/json", refused);
    played.answer_next("files/upload_session/finish", 429, "text/plain", "Too many requests");
    upload(&drive, "two", &content, When::Absent).await.unwrap();
    let mut last = drive.begin("three", 3, When::Absent).await.unwrap();
    played.fail(DriveFault::Throttled(Some(1)), 1);
    let started = Instant::now();
    drive.send(&mut last, Bytes::from_static(b"abc")).await.unwrap().unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(played.files().len(), 3);
}

#[tokio::test]
async fn a_wait_that_is_in_the_body_alone_is_told() {
    let (drive, played) = stage().await;
    let body = r#"{"error_summary": "too_many_requests/..", "error": {"reason": {".tag": "too_many_requests"},
        "retry_after": 300}}"#;
    played.answer_next("files/get_metadata", 429, "application/json", body);
    let error = drive.find("a").await.unwrap_err();
    assert_eq!(
        (error.class, error.retry_after),
        (DriveErrorClass::Throttled, Some(Duration::from_secs(300)))
    );
    assert_eq!(error.code.as_deref(), Some("too_many_requests"));
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let (drive, played) = stage().await;
    let tagged = |tag: &str| format!(r#"{{"error_summary": "{tag}/..", "error": {{".tag": "{tag}"}}}}"#);
    let json = "application/json";
    for (status, content_type, body, class) in [
        (400, "text/plain", "Error in call to API function".to_owned(), DriveErrorClass::Refused),
        (401, json, tagged("invalid_access_token"), DriveErrorClass::NeedsConsent),
        (401, json, tagged("user_suspended"), DriveErrorClass::NeedsConsent),
        (401, json, tagged("missing_scope"), DriveErrorClass::NeedsConsent),
        (403, json, tagged("invalid_account_type"), DriveErrorClass::Refused),
        (404, "text/html", "<html>".to_owned(), DriveErrorClass::Refused),
        (409, json, tagged("something_new"), DriveErrorClass::Refused),
        (409, "text/html", "<html>".to_owned(), DriveErrorClass::Refused),
        (422, json, tagged("no_permission"), DriveErrorClass::Refused),
        (302, "text/html", String::new(), DriveErrorClass::Refused),
    ] {
        played.answer_next("files/get_metadata", status, content_type, &body);
        let error = drive.find("a").await.unwrap_err();
        assert_eq!((error.class, error.status), (class, Some(status)), "{status} {body}");
    }
    for (status, body) in [(500, "<html>"), (502, ""), (200, "{\"half\": "), (200, "")] {
        played.answer_next("files/get_metadata", status, json, body);
        let found = drive.find("a").await;
        match status {
            200 => assert_eq!(found.unwrap_err().class, DriveErrorClass::Transient, "{body}"),
            _ => assert_eq!(found.unwrap(), None, "it is asked again after {status}"),
        }
    }
}

#[tokio::test]
async fn a_grant_that_is_too_small_names_what_it_lacks() {
    let played = FakeDropbox::start();
    let (token, _) = played.grant("files.metadata.read account_info.read");
    let drive = drive(&played, Fixed(token.into()));
    drive.list("", None).await.unwrap();
    let error = drive.put("a", Bytes::new(), When::Absent).await.unwrap_err();
    assert_eq!((error.class, error.status), (DriveErrorClass::NeedsConsent, Some(401)));
    assert_eq!(error.code.as_deref(), Some("missing_scope"));
}

#[tokio::test]
async fn a_token_that_is_renewed_in_vain_needs_consent() {
    let played = FakeDropbox::start();
    let (token, _) = played.grant(FakeDropbox::SCOPES);
    let drive = drive(&played, Fixed(token.into()));
    played.pass(Duration::from_secs(14_400));
    let error = drive.find("a").await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::NeedsConsent);
    assert_eq!(played.traffic().calls, 2, "once more, and no oftener");
}

#[tokio::test]
async fn a_grant_that_dies_in_the_middle_of_an_upload_needs_consent() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 10, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let first = next(&drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.expire_tokens();
    played.fail(DriveFault::DeadGrant, 1);
    let last = next(&drive, &upload, &content);
    let error = drive.send(&mut upload, last.clone()).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::NeedsConsent);
    played.fail(DriveFault::RefreshFails, 1);
    let failed = drive.send(&mut upload, last).await;
    assert!(failed.is_ok() || failed.unwrap_err().class == DriveErrorClass::Transient);
    finish(&drive, &mut upload, &content).await.unwrap();
    assert!(played.files()["a"] == content);
}

#[tokio::test]
async fn an_upload_is_gone_after_a_week() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 10, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let first = next(&drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.pass(Duration::from_secs(6 * 24 * 60 * 60));
    assert_eq!(drive.resume(&mut upload).await.unwrap(), None);
    played.pass(Duration::from_secs(24 * 60 * 60));
    assert_eq!(drive.resume(&mut upload).await.unwrap_err().class, DriveErrorClass::UploadGone);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_never_taken_for_an_upload_that_is_gone() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 10, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Any).await.unwrap();
    let mut other = content.to_vec();
    other[5] ^= 1;
    played.put_by_hand("a", &other);
    played.fail(DriveFault::UploadGone, 1);
    let first = next(&drive, &upload, &content);
    assert_eq!(drive.send(&mut upload, first).await.unwrap_err().class, DriveErrorClass::UploadGone);
    assert!(played.files()["a"] == other, "it is left alone");
}

#[tokio::test]
async fn what_is_damaged_on_its_way_is_sent_again() {
    let (drive, played) = stage().await;
    let body = r#"{"error_summary": "content_hash_mismatch/..", "error": {".tag": "content_hash_mismatch"}}"#;
    played.answer_next("files/upload", 409, "application/json", body);
    put(&drive, "a", b"text", When::Absent).await;
    played.answer_next("files/upload_session/finish", 409, "application/json", body);
    upload(&drive, "b", &Bytes::from_static(b"text"), When::Absent).await.unwrap();
    assert_eq!(played.files().len(), 2);
}

#[tokio::test]
async fn a_bad_file_that_was_replaced_meanwhile_is_left_alone() {
    let (drive, played) = stage().await;
    let told = r#"{"id": "id:fake000000000000000001", "name": "a", "path_display": "/a", "path_lower": "/a", "size": 4,
        "rev": "123456789", "content_hash": "00", "server_modified": "2026-11-20T10:00:03Z"}"#;
    played.put_by_hand("a", b"by hand");
    played.answer_next("files/upload", 200, "application/json", told);
    let error = drive.put("a", Bytes::from_static(b"text"), When::Any).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Mismatch);
    assert_eq!(played.files()["a"], b"by hand");
}

#[tokio::test]
async fn errors_and_uploads_show_nothing_of_what_is_sent() {
    let (drive, played) = stage().await;
    let mut upload = drive.begin("secret/path", 10, When::Absent).await.unwrap();
    let session = upload.session.clone();
    played.fail(DriveFault::UploadGone, 1);
    let gone = drive.send(&mut upload, Bytes::from_static(b"0123456789")).await.unwrap_err();
    played.answer_next("files/get_metadata", 400, "text/plain", "secret/path is wrong");
    let wrong = drive.find("secret/path").await.unwrap_err();
    for shown in [format!("{gone} {gone:?}"), format!("{wrong} {wrong:?}"), format!("{upload:?}")] {
        assert!(!shown.contains("secret") && !shown.contains(&session) && !shown.contains("sl."), "{shown}");
    }
}
