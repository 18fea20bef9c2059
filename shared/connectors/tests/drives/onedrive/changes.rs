//! The list of changes: which names no paths, and tells of a folder that is moved nothing but the folder.

use std::collections::BTreeMap;

use app_connectors::drives::{Drive, DriveChange, When};
use app_testing::drives::PlayedDrive;

use super::stage;
use crate::suite::put;

/// What somebody knows of a drive who hears of its changes.
#[derive(Default)]
struct Known {
    /// The paths, by id.
    paths: BTreeMap<String, String>,
    cursor: Option<String>,
    /// How many changes were told.
    told: usize,
}

impl Known {
    async fn hear(&mut self, drive: &dyn Drive) -> Vec<String> {
        loop {
            let heard = drive.changes(self.cursor.as_deref()).await.unwrap();
            self.told += heard.changes.len();
            for change in heard.changes {
                match change {
                    DriveChange::File(file) => {
                        self.paths.insert(file.id, file.path);
                    }
                    DriveChange::Gone { id, path } => {
                        self.paths.retain(|known, at| {
                            let is_below =
                                path.as_deref().is_some_and(|path| at.starts_with(&format!("{path}/")));
                            Some(known) != id.as_ref() && !is_below
                        });
                    }
                }
            }
            self.cursor = Some(heard.cursor);
            if !heard.has_more {
                let mut paths: Vec<String> = self.paths.values().cloned().collect();
                paths.sort();
                return paths;
            }
        }
    }
}

#[tokio::test]
async fn files_of_a_folder_that_is_moved_or_renamed_are_where_it_is() {
    let (drive, played) = stage().await;
    for path in ["a/b/1", "a/b/2", "a/3", "4"] {
        put(&drive, path, path.as_bytes(), When::Absent).await;
    }
    let mut known = Known::default();
    assert_eq!(known.hear(&drive).await, ["4", "a/3", "a/b/1", "a/b/2"]);
    played.rename_by_hand("a/b", "c/new");
    assert_eq!(known.hear(&drive).await, ["4", "a/3", "c/new/1", "c/new/2"]);
    played.rename_by_hand("c", "d");
    played.remove_by_hand("d/new/2");
    assert_eq!(known.hear(&drive).await, ["4", "a/3", "d/new/1"]);
    played.remove_by_hand("d");
    assert_eq!(known.hear(&drive).await, ["4", "a/3"]);
}

#[tokio::test]
async fn a_change_in_a_large_folder_does_not_list_the_folder() {
    let (drive, played) = stage().await;
    for number in 0..450 {
        played.put_by_hand(&format!("large/{number}"), b"x");
    }
    let mut known = Known::default();
    assert_eq!(known.hear(&drive).await.len(), 450);
    played.put_by_hand("large/7", b"y");
    let (told, calls) = (known.told, played.traffic().calls);
    assert_eq!(known.hear(&drive).await.len(), 450);
    assert_eq!((known.told - told, played.traffic().calls - calls), (1, 1));
}

#[tokio::test]
async fn a_folder_that_goes_with_all_below_it_takes_its_files_along() {
    let (drive, played) = stage().await;
    for number in 0..300 {
        played.put_by_hand(&format!("x/{}/{number}", number % 7), b"x");
    }
    let mut known = Known::default();
    assert_eq!(known.hear(&drive).await.len(), 300);
    played.remove_by_hand("x");
    assert!(known.hear(&drive).await.is_empty());
}

#[tokio::test]
async fn what_changes_while_everything_is_told_is_told_too() {
    let (drive, played) = stage().await;
    for number in 0..450 {
        played.put_by_hand(&format!("x/{number:03}"), b"x");
    }
    let first = drive.changes(None).await.unwrap();
    assert!(first.has_more);
    played.rename_by_hand("x", "y");
    played.remove_by_hand("y/000");
    played.put_by_hand("z", b"x");
    let mut known = Known { cursor: Some(first.cursor), ..Known::default() };
    for change in first.changes {
        if let DriveChange::File(file) = change {
            known.paths.insert(file.id, file.path);
        }
    }
    known.hear(&drive).await;
    let paths = known.hear(&drive).await;
    assert_eq!(paths, played.files().into_keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn our_folder_can_be_removed_and_everything_begins_anew() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Absent).await;
    let heard = drive.changes(None).await.unwrap();
    played.remove_by_hand("");
    let error = drive.changes(Some(&heard.cursor)).await.unwrap_err();
    assert_eq!(error.class, app_connectors::drives::DriveErrorClass::Reset);
    put(&drive, "b/c", b"x", When::Absent).await;
    assert_eq!(Known::default().hear(&drive).await, ["b/c"]);
}
