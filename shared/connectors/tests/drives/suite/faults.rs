//! What goes wrong at a provider, or on the way.

use std::time::{Duration, Instant};

use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::{DriveFault, PlayedDrive};
use bytes::Bytes;

use super::{bytes, chunk_and, finish, hash, kept, listed, next, put, transferred, upload, whole};

pub(crate) async fn a_chunk_that_is_interrupted_is_gone_on_with(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let faults = [DriveFault::Unheard, DriveFault::Cut, DriveFault::TakenInPart, DriveFault::Unavailable];
    for fault in faults {
        for at in [0, 1] {
            let path = format!("{fault:?}/{at}");
            let mut upload = drive.begin(&path, content.len() as u64, When::Absent).await.unwrap();
            if at == 1 {
                let first = next(drive, &upload, &content);
                drive.send(&mut upload, first).await.unwrap();
            }
            let mut upload = kept(&upload);
            played.fail(fault, 1);
            let file = finish(drive, &mut upload, &content).await.unwrap();
            played.forget_faults();
            assert_eq!(file.hash, hash(drive, &content), "{path}");
            assert!(played.files() == [(path.clone(), content.to_vec())].into(), "{path} and nothing else");
            drive.remove(&file).await.unwrap();
        }
    }
}

pub(crate) async fn an_upload_that_is_gone_is_begun_anew(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let mut upload = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    let first = next(drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.fail(DriveFault::UploadGone, 1);
    let second = next(drive, &upload, &content);
    let gone = drive.send(&mut upload, second).await.unwrap_err();
    assert_eq!(gone.class, DriveErrorClass::UploadGone);
    let gone = drive.resume(&mut upload).await.unwrap_err();
    assert_eq!(gone.class, DriveErrorClass::UploadGone, "it does not come back");
    played.fail(DriveFault::UploadGone, 1);
    let file = transferred(drive, "a/b", &content, When::Absent).await;
    assert!(whole(drive, &file).await == content);
    assert_eq!(listed(drive, "").await.len(), 1);
}

pub(crate) async fn a_token_that_expires_is_replaced_in_the_middle(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let content = chunk_and(drive, 1_000, 1);
    let mut upload = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    let first = next(drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.expire_tokens();
    let file = finish(drive, &mut upload, &content).await.unwrap();
    played.expire_tokens();
    assert!(whole(drive, &file).await == content);
    played.fail(DriveFault::TokenExpired, 1);
    assert_eq!(listed(drive, "").await.len(), 1);
    played.pass(Duration::from_secs(24 * 60 * 60));
    put(drive, "c", b"text", When::Absent).await;
}

pub(crate) async fn who_withdraws_has_to_connect_again(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let file = put(drive, "file", b"text", When::Absent).await;
    let mut upload = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    let first = next(drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.withdraw();
    let errors = [
        drive.account().await.err(),
        drive.list("", None).await.err(),
        drive.read(&file, 0, 4).await.err(),
        drive.put("c", Bytes::from_static(b"c"), When::Absent).await.err(),
        drive.begin("d", 10, When::Absent).await.err(),
        drive.changes(None).await.err(),
    ];
    for error in errors {
        assert_eq!(error.unwrap().class, DriveErrorClass::NeedsConsent);
    }
    assert!(!played.is_granted());
}

pub(crate) async fn a_full_drive_says_so_and_keeps_nothing(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    played.set_room(Some(10_000));
    let account = drive.account().await.unwrap();
    assert_eq!(account.total_bytes, Some(10_000));
    put(drive, "small", b"fits", When::Absent).await;
    assert!(drive.account().await.unwrap().used_bytes >= 4);
    let full = drive.put("large", bytes(20_000, 1), When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
    let full = upload(drive, "larger", &content, When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
    assert!(listed(drive, "").await.into_keys().eq(["small".to_owned()]));
    played.set_room(None);
    upload(drive, "larger", &content, When::Absent).await.unwrap();
    played.fail(DriveFault::Full, 1);
    let full = drive.put("other", Bytes::from_static(b"other"), When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
}

pub(crate) async fn a_short_wait_is_waited_and_a_long_one_is_told(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    put(drive, "file", b"text", When::Absent).await;
    let started = Instant::now();
    played.fail(DriveFault::Throttled(Some(1)), 1);
    assert_eq!(listed(drive, "").await.len(), 1);
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    played.fail(DriveFault::Throttled(Some(3_600)), 1);
    let started = Instant::now();
    let told = drive.put("b", Bytes::from_static(b"b"), When::Absent).await.unwrap_err();
    assert_eq!(told.class, DriveErrorClass::Throttled);
    assert_eq!(told.retry_after, Some(Duration::from_secs(3_600)));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    put(drive, "b", b"b", When::Absent).await;
}

pub(crate) async fn failures_in_passing_are_not_seen(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let faults = [DriveFault::Throttled(None), DriveFault::Unavailable, DriveFault::Cut, DriveFault::Unheard];
    for (seed, fault) in faults.into_iter().enumerate() {
        let (path, content) = (format!("{seed}/file"), bytes(100, seed as u64));
        played.fail(fault, 1);
        let file = put(drive, &path, &content, When::Absent).await;
        played.fail(fault, 1);
        assert_eq!(drive.find(&path).await.unwrap(), Some(file.clone()));
        played.fail(fault, 1);
        assert_eq!(whole(drive, &file).await, content);
        played.fail(fault, 1);
        drive.remove(&file).await.unwrap();
        played.fail(fault, 1);
        assert!(listed(drive, "").await.is_empty(), "after {fault:?}");
        played.fail(fault, 1);
        drive.account().await.unwrap();
        played.forget_faults();
    }
}

pub(crate) async fn a_storm_is_survived(drive: &dyn Drive, played: &dyn PlayedDrive) {
    played.storm(3, 0);
    for number in 0..15_u64 {
        put(drive, &format!("folder/{number}"), &bytes(100, number), When::Absent).await;
    }
    let content = chunk_and(drive, 1_000, 1);
    transferred(drive, "large", &content, When::Absent).await;
    assert_eq!(listed(drive, "").await.len(), 16);
    played.storm(0, 0);
    assert!(played.files()["large"] == content);
}

pub(crate) async fn what_arrives_otherwise_is_removed(drive: &dyn Drive, played: &dyn PlayedDrive) {
    played.fail(DriveFault::Garbled, 1);
    let error = drive.put("small", bytes(100, 1), When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Mismatch);
    assert!(played.files().is_empty(), "what is garbled stays");
    let content = chunk_and(drive, 1_000, 1);
    played.fail(DriveFault::Garbled, 1);
    let error = upload(drive, "large", &content, When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Mismatch);
    assert!(played.files().is_empty(), "what is garbled stays");
    played.fail(DriveFault::Garbled, 1);
    transferred(drive, "large", &content, When::Absent).await;
    assert!(played.files() == [("large".to_owned(), content.to_vec())].into());
}

pub(crate) async fn a_hash_that_comes_late_is_waited_for(drive: &dyn Drive, played: &dyn PlayedDrive) {
    played.fail(DriveFault::NoHash, 1);
    let content = bytes(100, 1);
    let file = put(drive, "small", &content, When::Absent).await;
    assert_eq!(file.hash, hash(drive, &content));
    played.fail(DriveFault::NoHash, 1);
    let content = chunk_and(drive, 10, 1);
    let file = upload(drive, "large", &content, When::Absent).await.unwrap();
    assert_eq!(file.hash, hash(drive, &content));
}
