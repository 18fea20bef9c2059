//! What is kept, and what is removed.

use std::time::Duration;

use app_domain::{Retention, Timestamp};
use app_testing::clock::{BEGAN, now, pass, set_clock};
use app_testing::drives::PlayedDrive;

use crate::stage::{PROVIDER, Stage};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn let_pass(stage: &Stage, span: Duration) {
    pass(span);
    stage.dropbox.pass(span);
}

#[tokio::test]
async fn after_ten_days_three_backups_are_left_and_each_is_whole() {
    let stage = Stage::new().await;
    let memories = stage.furnish_richly(40, 40_000).await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 3, weekly: 0, monthly: 0 }).await;
    for (day, memory) in (0_i64..10).zip(memories) {
        stage.retitled(memory, &format!("Day {day}"), 1_000 + day).await;
        stage.pushed().await;
        let_pass(&stage, DAY + Duration::from_secs(60));
    }
    let backups = stage.paths("backups/");
    assert_eq!(backups.len(), 3, "{backups:?}");
    let (known, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 100).await.unwrap();
    assert_eq!(known.len(), 3);
    assert_eq!(stage.bucket.keys().len(), 3, "{:?}", stage.bucket.keys());
    let files = stage.dropbox.files();
    let mut named = std::collections::BTreeSet::new();
    for path in &backups {
        let manifest = app_backup::Manifest::read(&files[path]).unwrap();
        assert!(stage.opened_of(&manifest).records.len() > 40, "{path}");
        named.extend(manifest.paths().map(str::to_owned));
    }
    let unnamed: Vec<String> =
        stage.paths("packs/").into_iter().filter(|path| !named.contains(path)).collect();
    assert_eq!(unnamed, Vec::<String>::new(), "nobody refers to them");
}

#[tokio::test]
async fn where_something_unknown_lies_no_pack_is_removed() {
    let stage = Stage::new().await;
    let memories = stage.furnish().await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 1, weekly: 0, monthly: 0 }).await;
    stage.pushed().await;
    stage.dropbox.put_by_hand(&format!("backups/{}/copy of something.json", stage.owner), b"{}");
    let before = stage.paths("packs/");
    for change in 0..3 {
        let_pass(&stage, DAY * 2);
        stage.retitled(memories[0], &format!("Change {change}"), 1_000 + change).await;
        stage.pushed().await;
    }
    assert!(before.iter().all(|path| stage.paths("packs/").contains(path)));
    assert_eq!(stage.paths("backups/").len(), 2, "ours, and what we do not know");
}

#[tokio::test]
async fn a_backup_of_another_account_on_the_same_drive_is_left_alone() {
    let stage = Stage::new().await;
    let memories = stage.furnish().await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 0, weekly: 0, monthly: 0 }).await;
    let other = "0198c0de-0000-7000-8000-000000000001";
    let theirs = [
        format!("backups/{other}/2020-01-01T00-00-00Z_{other}.json"),
        format!("packs/{other}/{}.zip", "ab".repeat(32)),
    ];
    theirs.iter().for_each(|path| stage.dropbox.put_by_hand(path, b"theirs"));
    for change in 0..3 {
        let_pass(&stage, DAY * 2);
        stage.retitled(memories[0], &format!("Change {change}"), 1_000 + change).await;
        stage.pushed().await;
    }
    assert!(theirs.iter().all(|path| stage.paths("").contains(path)));
}

#[tokio::test]
async fn a_clock_that_goes_wrong_removes_nothing_new() {
    let stage = Stage::new().await;
    let memories = stage.furnish().await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 0, weekly: 0, monthly: 0 }).await;
    // A worker whose clock is a year ahead, then one whose clock is right.
    let_pass(&stage, DAY * 365);
    stage.pushed().await;
    let ahead: Timestamp = stage.manifest().at;
    set_clock(BEGAN + 60_000, 0);
    stage.retitled(memories[0], "Changed", 1_000).await;
    stage.pushed().await;
    let manifest = stage.manifest();
    assert!(manifest.at > ahead && manifest.at > now(), "newer than the one before, whatever the clock says");
    assert!(stage.paths("backups/").contains(&manifest.path()));
    assert!(format!("{:?}", stage.opened().records).contains("Changed"));
}
