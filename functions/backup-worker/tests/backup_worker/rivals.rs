//! Jobs that come between each other's attempts: what one has made, no other takes away.

use std::time::Duration;

use app_archive::Counts;
use app_backup::{PackEntry, Sum, layout};
use app_domain::{BackupFormat, DriveJob, DriveJobStatus, DriveWork, Retention};
use app_testing::Death;
use app_testing::clock::pass;
use app_testing::drives::PlayedDrive;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn let_pass(stage: &Stage, span: Duration) {
    pass(span);
    stage.dropbox.pass(span);
}

/// Somebody whose packs are older than what is removed at once, and a job that has looked at the drive and died soon after.
async fn looked() -> (Stage, DriveJob) {
    let stage = Stage::new().await;
    let memories = stage.furnish_richly(120, 40_000).await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 1, weekly: 0, monthly: 0 }).await;
    stage.pushed().await;
    let_pass(&stage, 48 * HOUR);
    stage.retitled(memories[60], "Changed", 5_000).await;
    let job = stage.asked_to_push().await;
    let look = format!("{}look", job.prefix());
    for calls in 1.. {
        stage.dropbox.die_after(calls, Death::BeforeHearing);
        stage.delivered_or_dead(&job).await;
        assert!(stage.dropbox.revive(), "it was done with before it died");
        if stage.bucket.keys().contains(&look) {
            break;
        }
    }
    let_pass(&stage, HOUR);
    (stage, job)
}

/// Every backup that is known is on the drive, and right.
async fn all_are_right(stage: &Stage) {
    let (known, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 100).await.unwrap();
    let mut paths: Vec<String> = known.iter().map(|backup| backup.path.clone()).collect();
    paths.sort();
    assert_eq!(paths, stage.paths("backups/"));
    for backup in known {
        let job = stage.asked(DriveWork::Verify { backup: backup.id, path: backup.path }).await;
        let result = stage.worked_off(&job).await.result.unwrap();
        assert_eq!(result["isRight"], json!(true), "{result}");
    }
}

#[tokio::test]
async fn what_another_job_has_removed_meanwhile_is_sent_again() {
    let (stage, job) = looked().await;
    stage.set(|drive| drive.settings.format = BackupFormat::Json).await;
    stage.pushed().await;
    stage.set(|drive| drive.settings.format = BackupFormat::Archive).await;
    let_pass(&stage, HOUR);
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed);
    all_are_right(&stage).await;
}

#[tokio::test]
async fn a_backup_that_another_job_has_made_meanwhile_stays_known() {
    let (stage, job) = looked().await;
    stage.set(|drive| drive.settings.retention = Retention { daily: 7, weekly: 0, monthly: 0 }).await;
    stage.pushed().await;
    let_pass(&stage, 26 * HOUR / 2);
    stage.memory("New", "words", 6_000).await;
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed);
    all_are_right(&stage).await;
}

#[tokio::test]
async fn what_its_owner_has_removed_while_a_job_waited_is_sent_again() {
    let stage = Stage::new().await;
    stage.furnish_richly(120, 40_000).await;
    let job = stage.asked_to_push().await;
    stage.dropbox.die_after(8, Death::BeforeCalling);
    stage.delivered_or_dead(&job).await;
    assert!(stage.dropbox.revive());
    assert!(stage.paths("packs/").len() > 1);
    stage.dropbox.remove_by_hand("packs");
    let_pass(&stage, 25 * HOUR);
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed);
    all_are_right(&stage).await;
}

#[tokio::test]
async fn what_a_manifest_names_on_the_drive_stays_though_it_is_known_otherwise_here() {
    let stage = Stage::new().await;
    let memories = stage.furnish().await;
    stage.pushed().await;
    // As another attempt has put it, which did not live to note it.
    let (mut manifest, sha256) = (stage.manifest(), Sum::of(b"a pack"));
    let path = layout::pack(stage.owner, sha256, BackupFormat::Archive, false);
    stage.dropbox.put_by_hand(&path, b"a pack");
    let pack = PackEntry { path, size: 6, sha256, content: sha256, counts: Counts::new() };
    manifest.packs.push(pack.clone());
    stage.dropbox.put_by_hand(&manifest.path(), &manifest.to_bytes().unwrap());
    let_pass(&stage, 25 * HOUR);
    stage.retitled(memories[0], "Changed", 5_000).await;
    stage.pushed().await;
    assert!(stage.paths("packs/").contains(&pack.path));
}
