//! Backups as they should be.

use std::time::Duration;

use app_domain::{DriveJobStatus, DriveState};
use app_testing::clock::{BEGAN, pass, set_clock};
use app_testing::drives::PlayedDrive;
use app_testing::noise;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

#[tokio::test]
async fn a_backup_has_everything_and_is_known_here() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let result = stage.pushed().await;
    let opened = stage.opened();
    assert_eq!(opened.records.len() as u64, 5 + 1, "{:?}", result["counts"]);
    let sizes: Vec<usize> = opened.files.values().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 3_000 + (2 << 20));
    let connection = stage.connection().await;
    let (id, at, totals) = connection.last_backup.clone().unwrap();
    assert_eq!((connection.state, connection.fault, connection.busy), (DriveState::Connected, None, None));
    let backup = stage.worker.backups.get(stage.owner, PROVIDER, id).await.unwrap().unwrap();
    assert_eq!((backup.at, &backup.totals), (at, &totals));
    assert_eq!(backup.path, stage.manifest().path());
    assert!(totals.new_bytes >= 2 << 20 && totals.total_bytes >= 2 << 20, "{totals:?}");
    assert!(stage.paths("README.txt") == ["README.txt"]);
    assert_eq!(stage.bucket.keys().len(), 1, "the copy of the manifest alone: {:?}", stage.bucket.keys());
}

#[tokio::test]
async fn where_nothing_has_changed_nothing_is_sent() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.pushed().await;
    let (files, before) = (stage.dropbox.files(), stage.dropbox.traffic());
    pass(Duration::from_secs(3600));
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
    assert_eq!(stage.dropbox.files(), files);
    let calls = stage.dropbox.traffic().calls - before.calls;
    assert!(calls <= 5, "{calls} calls to see that nothing has changed");
    assert!(stage.connection().await.last_sync_at.unwrap() > stage.connection().await.last_backup.unwrap().1);
}

#[tokio::test]
async fn what_changes_while_a_backup_is_made_is_new_to_the_next() {
    let stage = Stage::new().await;
    stage.furnish().await;
    for (begins, is_unchanged) in [(BEGAN, false), (2 * BEGAN, true)] {
        let job = stage.asked_to_push().await;
        // Each look at the clock takes seconds.
        set_clock(begins, 5_000);
        assert!(stage.delivered(&job, 1).await);
        let job = stage.stored(&job).await;
        assert_eq!(job.result.unwrap()["unchanged"].is_boolean(), is_unchanged);
        assert_eq!(stage.connection().await.last_sync_at, job.started_at);
    }
}

#[tokio::test]
async fn what_is_missing_is_told_of_every_time() {
    let stage = Stage::new().await;
    let id = stage.file("small.bin", noise(10, 1), None, 5).await;
    stage.files.remove(&app_domain::File::object_key(stage.owner, id));
    for _ in 0..2 {
        let job = stage.asked_to_push().await;
        assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Partial);
        pass(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn one_change_among_many_sends_one_pack() {
    let stage = Stage::new().await;
    let memories = stage.furnish_richly(120, 40_000).await;
    stage.pushed().await;
    let packs = stage.paths("packs/");
    assert!(packs.len() >= 3, "{packs:?}");
    stage.retitled(memories[60], "Changed", 5_000).await;
    pass(Duration::from_secs(25 * 3600));
    stage.pushed().await;
    let new: Vec<String> = stage.paths("packs/").into_iter().filter(|path| !packs.contains(path)).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    let manifest = stage.manifest();
    assert!(manifest.previous.is_some());
    assert_eq!(stage.paths("backups/").len(), 2);
    assert!(stage.opened().records.iter().any(|record| format!("{record:?}").contains("Changed")));
}

#[tokio::test]
async fn a_large_file_is_sent_once_and_not_read_again() {
    let stage = Stage::new().await;
    let memory = stage.memory("One", "words", 1).await;
    stage.file("film.mp4", noise(17 << 20, 3), Some(memory.id), 2).await;
    stage.pushed().await;
    let files = stage.paths("files/");
    assert!(files.len() == 1 && files[0].ends_with(".mp4"), "{files:?}");
    stage.files.take_reads();
    stage.memory("Two", "words", 3).await;
    pass(Duration::from_secs(3600));
    stage.pushed().await;
    assert_eq!((stage.paths("files/"), stage.files.take_reads()), (files, 0));
    assert_eq!(stage.opened().files.len(), 1);
}

#[tokio::test]
async fn a_file_whose_bytes_are_gone_is_counted_and_told_of() {
    let stage = Stage::new().await;
    for (name, size) in [("small.bin", 10), ("large.bin", 3 << 20)] {
        let id = stage.file(name, noise(size, 1), None, 5).await;
        stage.files.remove(&app_domain::File::object_key(stage.owner, id));
    }
    let job = stage.asked_to_push().await;
    assert!(stage.delivered(&job, 1).await);
    let job = stage.stored(&job).await;
    assert_eq!((job.status, &job.result.unwrap()["missingFiles"]), (DriveJobStatus::Partial, &json!(2)));
    assert_eq!(stage.opened().records.len(), 3, "with the settings");
}

#[tokio::test]
async fn what_is_verified_is_right_until_somebody_changes_it() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let id = stage.backup().await;
    let (status, result) = stage.verified().await;
    assert_eq!(
        (status, &result["isRight"], &result["files"]),
        (DriveJobStatus::Completed, &json!(true), &json!(1))
    );
    assert!(
        stage.worker.backups.get(stage.owner, PROVIDER, id).await.unwrap().unwrap().verified_at.is_some()
    );

    let pack = stage.paths("packs/").remove(0);
    let mut bytes = stage.dropbox.files().remove(&pack).unwrap();
    bytes[100] ^= 1;
    stage.dropbox.put_by_hand(&pack, &bytes);
    stage.dropbox.remove_by_hand(&stage.paths("files/")[0]);
    let (status, result) = stage.verified().await;
    assert_eq!((status, &result["wrongCount"]), (DriveJobStatus::Partial, &json!(2)));
    assert_eq!(result["wrong"][0]["path"], json!(pack));
}
