//! Backups, as they are noted.

use app_domain::DriveProvider;

use crate::stage::{DROPBOX, Stage, at};

#[tokio::test]
async fn backups_of_a_drive_are_listed_the_newest_first() {
    let stage = Stage::new().await;
    let mut backups = Vec::new();
    for n in 0..5 {
        let backup = stage.backup(n);
        stage.backups.put(&backup).await.unwrap();
        stage.backups.put(&backup).await.unwrap();
        backups.insert(0, backup);
    }
    let (page, more) = stage.backups.list(stage.owner, DROPBOX, None, 2).await.unwrap();
    assert_eq!((page.as_slice(), more), (&backups[..2], true));
    let (page, more) = stage.backups.list(stage.owner, DROPBOX, Some(backups[1].id), 9).await.unwrap();
    assert_eq!((page.as_slice(), more), (&backups[2..], false));
    assert_eq!(stage.backups.list(stage.owner, DriveProvider::S3, None, 9).await.unwrap().0, []);
}

#[tokio::test]
async fn one_that_was_verified_says_when_and_one_that_is_gone_is_not_noted_again() {
    let stage = Stage::new().await;
    let backup = stage.backup(1);
    stage.backups.put(&backup).await.unwrap();
    assert!(stage.backups.verified(stage.owner, DROPBOX, backup.id, at(9)).await.unwrap());
    let known = stage.backups.get(stage.owner, DROPBOX, backup.id).await.unwrap().unwrap();
    assert_eq!(known.verified_at, Some(at(9)));
    stage.backups.remove(stage.owner, DROPBOX, backup.id).await.unwrap();
    stage.backups.remove(stage.owner, DROPBOX, backup.id).await.unwrap();
    assert!(!stage.backups.verified(stage.owner, DROPBOX, backup.id, at(10)).await.unwrap());
    assert_eq!(stage.backups.get(stage.owner, DROPBOX, backup.id).await.unwrap(), None);
}
