//! Sessions, and how they go wrong.

use app_connectors::drives::{Drive, DriveError, DriveErrorClass, DriveFile, DriveUpload, When};
use app_testing::drives::{DriveFault, PlayedDrive};
use bytes::Bytes;

use super::stage;
use crate::suite::{bytes, chunk_and, finish, next, put, upload};

/// Sends the next chunk.
async fn step(
    drive: &dyn Drive,
    sent: &mut DriveUpload,
    all: &Bytes,
) -> Result<Option<DriveFile>, DriveError> {
    let chunk = next(drive, sent, all);
    drive.send(sent, chunk).await
}

#[tokio::test]
async fn a_gap_in_what_was_taken_is_filled() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 700_000, 1);
    let mut sent = drive.begin("a", all.len() as u64, When::Absent).await.unwrap();
    played.fail(DriveFault::TakenInPart, 1);
    assert_eq!(step(&drive, &mut sent, &all).await.unwrap(), None);
    assert_eq!(sent.offset, 327_680, "the second of the fragment's units is missing");
    assert_eq!(step(&drive, &mut sent, &all).await.unwrap(), None);
    assert_eq!(sent.offset, drive.chunk_bytes(), "and no more than that was sent again");
    let file = finish(&drive, &mut sent, &all).await.unwrap();
    assert_eq!((file.size_bytes, played.files()["a"] == all), (all.len() as u64, true));
}

#[tokio::test]
async fn a_session_lives_for_a_day_behind_its_last_fragment() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 10, 1);
    let day = std::time::Duration::from_secs(24 * 60 * 60 - 60);
    let mut sent = drive.begin("a", all.len() as u64, When::Absent).await.unwrap();
    played.pass(day);
    step(&drive, &mut sent, &all).await.unwrap();
    played.pass(day);
    assert_eq!(drive.resume(&mut sent).await.unwrap(), None);
    played.pass(day);
    let error = step(&drive, &mut sent, &all).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::UploadGone);
    assert_eq!(drive.resume(&mut sent).await.unwrap_err().class, DriveErrorClass::UploadGone);
}

#[tokio::test]
async fn a_file_that_appears_while_another_is_on_its_way_is_not_replaced() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 10, 1);
    let mut sent = drive.begin("a", all.len() as u64, When::Absent).await.unwrap();
    step(&drive, &mut sent, &all).await.unwrap();
    played.put_by_hand("a", b"by hand");
    let error = step(&drive, &mut sent, &all).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict);
    assert_eq!(played.files()["a"], b"by hand");
    assert_eq!(drive.resume(&mut sent).await.unwrap_err().class, DriveErrorClass::UploadGone, "it was ended");
}

#[tokio::test]
async fn the_same_large_file_again_is_no_conflict() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 10, 1);
    let first = upload(&drive, "a", &all, When::Absent).await.unwrap();
    let again = upload(&drive, "a", &all, When::Absent).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(upload(&drive, "a", &all, When::Revision("of old".to_owned())).await.unwrap(), first);
    let other = bytes(all.len(), 2);
    let error = upload(&drive, "a", &other, When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict);
    assert_eq!(played.files()["a"], all);
}

#[tokio::test]
async fn a_file_that_is_changed_by_hand_is_not_replaced_as_the_one_it_was() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 10, 1);
    let old = put(&drive, "a", b"old", When::Absent).await;
    let mut sent = drive.begin("a", all.len() as u64, When::Revision(old.revision.clone())).await.unwrap();
    step(&drive, &mut sent, &all).await.unwrap();
    played.put_by_hand("a", b"by hand");
    let error = step(&drive, &mut sent, &all).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict);
    let small = drive.put("a", Bytes::from_static(b"new"), When::Revision(old.revision)).await.unwrap_err();
    assert_eq!(small.class, DriveErrorClass::Conflict);
    assert_eq!(played.files()["a"], b"by hand");
}

#[tokio::test]
async fn a_session_that_could_not_end_is_begun_anew() {
    let (drive, played) = stage().await;
    let all = chunk_and(&drive, 10, 1);
    let mut sent = drive.begin("a", all.len() as u64, When::Any).await.unwrap();
    step(&drive, &mut sent, &all).await.unwrap();
    played.set_room(Some(5));
    let error = step(&drive, &mut sent, &all).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Full);
    played.set_room(None);
    assert_eq!(drive.resume(&mut sent).await.unwrap_err().class, DriveErrorClass::UploadGone);
    upload(&drive, "a", &all, When::Any).await.unwrap();
    assert_eq!(played.files()["a"], all);
}

#[tokio::test]
async fn a_drive_that_is_too_small_says_so_before_anything_is_sent() {
    let (drive, played) = stage().await;
    played.set_room(Some(1_000_000));
    drive.account().await.unwrap();
    let before = played.traffic().bytes_in;
    let error = drive.begin("a", 5_000_000, When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Full);
    assert!(played.traffic().bytes_in - before < 1000);
}

#[tokio::test]
async fn no_session_is_begun_for_nothing() {
    let (drive, played) = stage().await;
    let calls = played.traffic().calls;
    assert_eq!(drive.begin("a", 0, When::Any).await.unwrap_err().class, DriveErrorClass::Refused);
    assert_eq!(played.traffic().calls, calls);
    assert_eq!(put(&drive, "a", b"", When::Absent).await.size_bytes, 0);
    assert_eq!(played.files()["a"], b"");
}
