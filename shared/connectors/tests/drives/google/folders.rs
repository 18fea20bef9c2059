//! Our folder and those in it, whatever the person does with them.

use app_connectors::drives::{Drive, DriveChange, DriveErrorClass, When};
use app_testing::drives::PlayedDrive;
use bytes::Bytes;

use super::{another, stage};
use crate::suite::{bytes, chunk_and, listed, put, upload, whole};

#[tokio::test]
async fn what_the_person_adds_is_not_seen_and_what_they_edit_is() {
    let (drive, played) = stage().await;
    put(&drive, "folder/ours", b"ours", When::Absent).await;
    played.put_by_hand("folder/theirs", b"theirs");
    played.put_by_hand("folder/ours", b"edited");
    let listed = listed(&drive, "").await;
    assert!(listed.keys().eq(["folder/ours"]));
    assert_eq!(whole(&drive, &listed["folder/ours"]).await, b"edited");
    assert!(drive.find("folder/theirs").await.unwrap().is_none());
    assert_eq!(played.files().len(), 2);
}

#[tokio::test]
async fn names_with_signs_of_searches_are_names() {
    let (drive, played) = stage().await;
    for name in ["it's", r"back\slash", "a' or name != '", "100 % (done) & more?", "日記 ünï"] {
        let path = format!("{name}/{name}");
        let file = put(&drive, &path, name.as_bytes(), When::Absent).await;
        assert_eq!(drive.find(&path).await.unwrap(), Some(file));
    }
    assert_eq!(listed(&drive, "it's").await.len(), 1);
    assert_eq!(played.files().len(), 5);
}

#[tokio::test]
async fn paths_that_are_none_are_refused() {
    let (drive, played) = stage().await;
    for path in ["", "/", "a//b", "/a", "a/", "../a", "a/./b"] {
        let error = drive.put(path, Bytes::from_static(b"x"), When::Any).await.unwrap_err();
        assert_eq!(error.class, DriveErrorClass::Refused, "{path}");
    }
    let file = put(&drive, "a\nb", b"x", When::Absent).await;
    assert_eq!(file.path, "a_b");
    assert_eq!(played.files().len(), 1);
}

#[tokio::test]
async fn our_folder_is_known_whatever_it_is_called() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"a", When::Absent).await;
    played.rename_our_folder("Sauvegardes");
    assert!(drive.find("a").await.unwrap().is_some());
    let other = another(&played);
    put(&other, "b", b"b", When::Absent).await;
    assert_eq!(listed(&other, "").await.len(), 2);
    assert_eq!(played.folders(), 1);
}

#[tokio::test]
async fn a_folder_in_the_trash_is_made_again() {
    let (drive, played) = stage().await;
    put(&drive, "folder/a", b"a", When::Absent).await;
    played.remove_by_hand("folder");
    put(&drive, "folder/a", b"again", When::Absent).await;
    let content = chunk_and(&drive, 10, 1);
    played.remove_by_hand("folder");
    // What is in the trash by the end has to be sent again.
    let error = upload(&drive, "folder/b", &content, When::Absent).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::UploadGone);
    upload(&drive, "folder/b", &content, When::Absent).await.unwrap();
    played.trash_our_folder();
    assert!(played.files().is_empty());
    put(&drive, "folder/a", b"once more", When::Absent).await;
    assert_eq!(played.files()["folder/a"], b"once more");
    played.trash_our_folder();
    played.empty_trash();
    put(&drive, "folder/a", b"for good", When::Absent).await;
    assert_eq!(listed(&drive, "").await.len(), 1);
}

#[tokio::test]
async fn files_follow_a_folder_that_is_renamed() {
    let (drive, played) = stage().await;
    put(&drive, "folder/inner/a", b"a", When::Absent).await;
    put(&drive, "other", b"other", When::Absent).await;
    let cursor = drive.changes(None).await.unwrap().cursor;
    played.rename_by_hand("folder", "renamed");
    let changes = drive.changes(Some(&cursor)).await.unwrap();
    let mut gone: Vec<_> = changes
        .changes
        .iter()
        .filter_map(|change| match change {
            DriveChange::Gone { path, .. } => path.as_deref(),
            DriveChange::File(_) => None,
        })
        .collect();
    gone.sort_unstable();
    assert_eq!(gone, ["folder", "folder/inner"]);
    let come: Vec<_> = changes
        .changes
        .iter()
        .filter_map(|change| match change {
            DriveChange::File(file) => Some(file.path.as_str()),
            DriveChange::Gone { .. } => None,
        })
        .collect();
    assert_eq!(come, ["renamed/inner/a"]);
    assert!(drive.find("folder/inner/a").await.unwrap().is_none());
    assert!(drive.find("renamed/inner/a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_file_that_leaves_our_folder_is_gone() {
    let (drive, played) = stage().await;
    let file = put(&drive, "a", b"a", When::Absent).await;
    let cursor = drive.changes(None).await.unwrap().cursor;
    played.rename_by_hand("a", "../a");
    let changes = drive.changes(Some(&cursor)).await.unwrap().changes;
    assert_eq!(changes, [DriveChange::Gone { id: Some(file.id), path: None }]);
    assert!(listed(&drive, "").await.is_empty());
}

#[tokio::test]
async fn many_who_begin_at_once_make_one_folder_and_one_file() {
    for round in 0..5_u64 {
        let (_, played) = stage().await;
        let work = (0..4).map(|_| {
            let drive = another(&played);
            tokio::spawn(async move { drive.put("folder/a", bytes(100, round), When::Absent).await })
        });
        let work: Vec<_> = work.collect();
        let mut ids = Vec::new();
        for done in work {
            ids.push(done.await.unwrap().unwrap().id);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        let fresh = another(&played);
        assert_eq!(listed(&fresh, "").await.len(), 1);
        assert_eq!(played.folders(), 2, "our folder, and one in it");
    }
}

#[tokio::test]
async fn of_many_different_files_at_once_one_stays() {
    let (_, played) = stage().await;
    put(&another(&played), "folder/other", b"text", When::Absent).await;
    let work = (0..4_u64).map(|seed| {
        let drive = another(&played);
        tokio::spawn(async move { drive.put("folder/a", bytes(100, seed), When::Absent).await })
    });
    let work: Vec<_> = work.collect();
    let mut good = 0;
    for done in work {
        match done.await.unwrap() {
            Ok(_) => good += 1,
            Err(error) => assert_eq!(error.class, DriveErrorClass::Conflict),
        }
    }
    assert_eq!(good, 1);
    assert_eq!(listed(&another(&played), "folder").await.len(), 2);
}
