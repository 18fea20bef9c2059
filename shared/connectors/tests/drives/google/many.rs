//! More than there is on one page.

use std::collections::BTreeSet;
use std::sync::Arc;

use app_connectors::drives::{Drive, DriveChange, When};
use app_testing::drives::PlayedDrive;

use super::{another, stage};
use crate::suite::{bytes, listed, put};

#[tokio::test]
async fn lists_and_changes_go_on_over_pages() {
    const COUNT: usize = 1_050;
    let (_, played) = stage().await;
    let drive = Arc::new(another(&played));
    put(&*drive, "many/first", b"first", When::Absent).await;
    let cursor = drive.changes(None).await.unwrap().cursor;
    let work = (0..10_usize).map(|part| {
        let drive = Arc::clone(&drive);
        tokio::spawn(async move {
            for number in (part..COUNT).step_by(10) {
                put(&*drive, &format!("many/{number}"), &bytes(10, number as u64), When::Absent).await;
            }
        })
    });
    for done in work.collect::<Vec<_>>() {
        done.await.unwrap();
    }
    assert_eq!(listed(&*drive, "many").await.len(), COUNT + 1);
    assert_eq!(listed(&*drive, "").await.len(), COUNT + 1);
    assert_eq!(played.files().len(), COUNT + 1);

    let first = drive.changes(Some(&cursor)).await.unwrap();
    assert!(first.has_more);
    // A file of the first page changes and is told once more on the next.
    let again = first.changes.iter().find_map(|change| match change {
        DriveChange::File(file) => Some(file.path.clone()),
        DriveChange::Gone { .. } => None,
    });
    let again = again.unwrap();
    put(&*drive, &again, b"changed", When::Any).await;
    let second = drive.changes(Some(&first.cursor)).await.unwrap();
    assert!(!second.has_more);
    let paths = |changes: &[DriveChange]| -> BTreeSet<String> {
        let files = changes.iter().filter_map(|change| match change {
            DriveChange::File(file) => Some(file.path.clone()),
            DriveChange::Gone { .. } => None,
        });
        files.collect()
    };
    assert!(paths(&second.changes).contains(&again));
    let all: BTreeSet<String> = paths(&first.changes).union(&paths(&second.changes)).cloned().collect();
    assert_eq!(all.len(), COUNT);

    let mut cursor = None;
    let mut known = BTreeSet::new();
    loop {
        let page = drive.changes(cursor.as_deref()).await.unwrap();
        known.extend(paths(&page.changes));
        cursor = Some(page.cursor);
        if !page.has_more {
            break;
        }
    }
    assert_eq!(known.len(), COUNT + 1);
}
