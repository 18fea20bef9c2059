//! What is Dropbox's own.

use app_connectors::drives::{Drive, DriveChange, DriveErrorClass, When};
use app_testing::drives::{FakeDropbox, PlayedDrive};
use bytes::Bytes;

use super::stage;
use crate::suite::{chunk_and, listed, put, upload, whole};

#[tokio::test]
async fn an_account_is_known_by_its_address_and_has_an_end() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"four", When::Absent).await;
    let account = drive.account().await.unwrap();
    assert_eq!((account.id.as_str(), account.label.as_str()), (FakeDropbox::ACCOUNT_ID, FakeDropbox::EMAIL));
    assert_eq!((account.used_bytes, account.total_bytes), (4, Some(FakeDropbox::ROOM)));
    played.set_room(None);
    assert_eq!(drive.account().await.unwrap().total_bytes, None);
    let team = r#"{"used": 5, "allocation": {".tag": "team", "used": 70, "allocated": 100, "new": {}}}"#;
    played.answer_next("users/get_space_usage", 200, "application/json", team);
    let account = drive.account().await.unwrap();
    assert_eq!((account.used_bytes, account.total_bytes), (70, Some(100)), "a team shares its room");
}

#[tokio::test]
async fn names_that_differ_by_case_alone_are_one_file() {
    let (drive, played) = stage().await;
    let first = put(&drive, "Notes/Day.txt", b"one", When::Absent).await;
    let other = drive.put("notes/day.TXT", Bytes::from_static(b"two"), When::Absent).await.unwrap_err();
    assert_eq!(other.class, DriveErrorClass::Conflict);
    let found = drive.find("NOTES/DAY.txt").await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.path.as_str()), (first.id.as_str(), "Notes/Day.txt"));
    assert_eq!(listed(&drive, "notes").await.len(), 1);
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn characters_that_dropbox_does_not_take_become_others() {
    let (drive, played) = stage().await;
    let file = put(&drive, "a\\b/c\u{1}d /..", b"text", When::Absent).await;
    assert_eq!(file.path, "a_b/c_d_/__");
    assert_eq!(drive.find("a\\b/c\u{1}d /..").await.unwrap(), Some(file));
    assert_eq!(played.files().len(), 1);
    let refused = drive.put("desktop.ini", Bytes::new(), When::Absent).await.unwrap_err();
    assert_eq!(refused.class, DriveErrorClass::Refused);
    assert_eq!(refused.code.as_deref(), Some("path/disallowed_name"));
}

#[tokio::test]
async fn a_folder_or_a_file_in_the_way_is_a_conflict() {
    let (drive, played) = stage().await;
    played.make_folder_by_hand("folder");
    put(&drive, "file", b"text", When::Absent).await;
    for path in ["folder", "file/below"] {
        for when in [When::Absent, When::Any] {
            let error = drive.put(path, Bytes::from_static(b"x"), when.clone()).await.unwrap_err();
            assert_eq!(error.class, DriveErrorClass::Conflict, "{path} {when:?}");
            let error = upload(&drive, path, &Bytes::from_static(b"x"), when).await.unwrap_err();
            assert_eq!(error.class, DriveErrorClass::Conflict, "{path}");
        }
    }
    assert!(listed(&drive, "file").await.is_empty(), "a file is no folder");
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn a_file_that_the_person_moved_is_still_read_and_removed() {
    let (drive, played) = stage().await;
    let file = put(&drive, "a", b"text", When::Absent).await;
    played.rename_by_hand("a", "elsewhere/b");
    played.put_by_hand("a", b"of the person");
    assert_eq!(whole(&drive, &file).await, b"text");
    drive.remove(&file).await.unwrap();
    assert!(played.files().into_keys().eq(["a".to_owned()]));
}

#[tokio::test]
async fn thousands_of_files_are_listed_in_a_few_calls_while_some_of_them_change() {
    let (drive, played) = stage().await;
    for number in 0..5_000 {
        played.put_by_hand(&format!("{}/{number}", number % 7), b"x");
    }
    let before = played.traffic().calls;
    assert_eq!(listed(&drive, "").await.len(), 5_000);
    assert_eq!(played.traffic().calls - before, 3);
    let first = drive.changes(None).await.unwrap();
    played.remove_by_hand("6");
    played.put_by_hand("0/0", b"changed");
    let (mut cursor, mut gone, mut changed) = (first.cursor, 0, None);
    loop {
        let changes = drive.changes(Some(&cursor)).await.unwrap();
        for change in changes.changes {
            match change {
                DriveChange::Gone { path, .. } => gone += usize::from(path.as_deref() == Some("6")),
                DriveChange::File(file) if file.path == "0/0" => changed = Some(file.size_bytes),
                DriveChange::File(_) => {}
            }
        }
        cursor = changes.cursor;
        if !changes.has_more {
            break;
        }
    }
    assert_eq!((gone, changed), (1, Some(7)), "what happened meanwhile is told in the end");
}

#[tokio::test]
async fn a_file_made_again_is_told_after_it_is_gone() {
    let (drive, played) = stage().await;
    let cursor = drive.changes(None).await.unwrap().cursor;
    played.put_by_hand("a", b"one");
    played.remove_by_hand("a");
    played.put_by_hand("a", b"three");
    played.put_by_hand("b", b"b");
    played.remove_by_hand("b");
    let changes = drive.changes(Some(&cursor)).await.unwrap().changes;
    let last = |wanted: &str| {
        changes.iter().rev().find(|change| match change {
            DriveChange::File(file) => file.path == wanted,
            DriveChange::Gone { path, .. } => path.as_deref() == Some(wanted),
        })
    };
    assert!(matches!(last("a"), Some(DriveChange::File(file)) if file.size_bytes == 5));
    assert!(matches!(last("b"), Some(DriveChange::Gone { .. })));
    assert!(changes.len() > 2, "entries are repeated: {changes:?}");
}

#[tokio::test]
async fn answers_with_more_in_them_than_is_known_are_understood() {
    let (drive, played) = stage().await;
    let page = r#"{"entries": [
        {".tag": "symlink", "name": "new", "path_display": "/new"},
        {".tag": "folder", "id": "id:folder", "name": "f", "path_display": "/f"},
        {".tag": "file", "id": "id:1", "name": "a", "path_lower": "/a", "size": 1, "rev": "012345678",
         "server_modified": "2026-11-20T10:00:03Z", "export_info": {"as": "pdf"}, "is_downloadable": true}
    ], "cursor": "c", "has_more": false, "more": {".tag": "more"}}"#;
    played.answer_next("files/list_folder", 200, "application/json", page);
    let files = listed(&drive, "").await;
    assert!(files.keys().eq(["a"]));
    assert_eq!(files["a"].modified_at.to_string(), "2026-11-20T10:00:03.000Z");
    assert_eq!(files["a"].hash, None);
}

#[tokio::test]
async fn an_upload_whose_file_was_put_by_somebody_else_meanwhile_is_a_conflict() {
    let (drive, played) = stage().await;
    let content = chunk_and(&drive, 10, 1);
    let mut upload = drive.begin("a", content.len() as u64, When::Absent).await.unwrap();
    let first = crate::suite::next(&drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    played.put_by_hand("a", b"by hand");
    let last = crate::suite::next(&drive, &upload, &content);
    let error = drive.send(&mut upload, last).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict);
    assert_eq!(played.files()["a"], b"by hand");
}
