//! People who tidy up on their drive: the next backup is whole again.

use std::time::Duration;

use app_testing::clock::pass;
use app_testing::drives::PlayedDrive;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

/// A backup, then what a person does, then another one, from which everything can be had.
async fn survives(by_hand: impl Fn(&Stage)) -> Stage {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.pushed().await;
    let expected = stage.opened();
    by_hand(&stage);
    pass(Duration::from_secs(25 * 3600));
    stage.pushed().await;
    assert_eq!(stage.opened(), expected);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
    pass(Duration::from_secs(3600));
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
    stage
}

#[tokio::test]
async fn a_pack_that_was_removed_is_sent_again() {
    survives(|stage| stage.dropbox.remove_by_hand(&stage.paths("packs/")[0])).await;
}

#[tokio::test]
async fn a_pack_that_was_edited_is_sent_again() {
    survives(|stage| {
        let pack = stage.paths("packs/").remove(0);
        let mut bytes = stage.dropbox.files().remove(&pack).unwrap();
        bytes[100] ^= 1;
        stage.dropbox.put_by_hand(&pack, &bytes);
    })
    .await;
}

#[tokio::test]
async fn a_large_file_that_was_cut_off_is_sent_again() {
    survives(|stage| {
        let file = stage.paths("files/").remove(0);
        stage.dropbox.put_by_hand(&file, b"short");
    })
    .await;
}

#[tokio::test]
async fn a_large_file_that_was_edited_and_is_as_long_as_before_is_sent_again() {
    survives(|stage| {
        let file = stage.paths("files/").remove(0);
        let mut bytes = stage.dropbox.files().remove(&file).unwrap();
        bytes[100] ^= 1;
        stage.dropbox.put_by_hand(&file, &bytes);
    })
    .await;
}

#[tokio::test]
async fn without_its_manifest_a_backup_is_forgotten_and_made_again() {
    let stage = survives(|stage| stage.dropbox.remove_by_hand(&stage.paths("backups/")[0])).await;
    let (known, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 10).await.unwrap();
    assert_eq!(known.iter().map(|backup| backup.path.clone()).collect::<Vec<_>>(), stage.paths("backups/"));
    assert_eq!(known[0].previous, None);
}

#[tokio::test]
async fn a_manifest_that_was_edited_is_followed_by_a_new_one() {
    let stage = survives(|stage| {
        let manifest = stage.paths("backups/").remove(0);
        stage.dropbox.put_by_hand(&manifest, b"{}");
    })
    .await;
    assert_eq!(stage.paths("backups/").len(), 2);
}

#[tokio::test]
async fn without_the_folder_everything_is_sent_again() {
    survives(|stage| {
        for folder in ["backups", "packs", "files", "README.txt"] {
            stage.dropbox.remove_by_hand(folder);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_here_can_be_lost() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.pushed().await;
    stage.bucket.keys().iter().for_each(|key| stage.bucket.remove(key));
    pass(Duration::from_secs(3600));
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
    // Nor can it be opened any more.
    stage.memory("New", "words", 900).await;
    stage.pushed().await;
    stage.bucket.keys().iter().for_each(|key| stage.bucket.put(key, b"garbage".to_vec()));
    pass(Duration::from_secs(3600));
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
}
