//! Backups that nobody reads without the passphrase.

use std::time::Duration;

use app_backup::{Passphrase, new_key};
use app_domain::{DriveJob, DriveJobStatus, DriveWork};
use app_testing::Death;
use app_testing::clock::{now, pass};
use app_testing::drives::PlayedDrive;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

const PASSPHRASE: &str = "correct horse battery staple";

async fn encrypting() -> Stage {
    let stage = Stage::new().await;
    stage.furnish().await;
    let key = new_key(&Passphrase::parse(PASSPHRASE).unwrap()).unwrap();
    stage
        .set(|drive| {
            drive.settings.recipient = Some(key.recipient.clone());
            drive.key_file = Some(key.key_file.clone());
        })
        .await;
    stage
}

#[tokio::test]
async fn everything_but_the_explanation_is_encrypted_and_sent_once() {
    let stage = encrypting().await;
    stage.pushed().await;
    let files = stage.dropbox.files();
    for (path, bytes) in &files {
        let is_sealed = bytes.starts_with(b"age-encryption.org/v1\n");
        assert_eq!(is_sealed, path != "README.txt", "{path}");
        assert!(path == "README.txt" || path.ends_with(".age"), "{path}");
    }
    assert!(files.contains_key(&format!("keys/{}.age", stage.owner)));
    pass(Duration::from_secs(3600));
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
    assert_eq!(stage.dropbox.files(), files);
}

#[tokio::test]
async fn it_is_verified_without_the_passphrase_and_opened_with_it() {
    let stage = encrypting().await;
    stage.pushed().await;
    let (status, result) = stage.verified().await;
    let told = (status, &result["isRight"], &result["isOpened"]);
    assert_eq!(told, (DriveJobStatus::Completed, &json!(true), &json!(false)));

    let (backups, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 1).await.unwrap();
    let work = DriveWork::Verify { backup: backups[0].id, path: backups[0].path.clone() };
    for (passphrase, status) in
        [(PASSPHRASE, DriveJobStatus::Completed), ("wrong horse battery staple", DriveJobStatus::Failed)]
    {
        let mut job = DriveJob::request(stage.owner, PROVIDER, work.clone(), now());
        job.passphrase = Some(passphrase.to_owned());
        stage.worker.jobs.create(&job).await.unwrap();
        let done = stage.worked_off(&job).await;
        assert_eq!((done.status, done.passphrase), (status, None), "{:?}", done.failure);
        if status == DriveJobStatus::Completed {
            let result = done.result.unwrap();
            assert_eq!((&result["isRight"], &result["isOpened"]), (&json!(true), &json!(true)));
        }
    }
}

#[tokio::test]
async fn who_waits_too_long_for_the_drive_leaves_no_passphrase() {
    let stage = encrypting().await;
    let backup = stage.backup().await;
    let work = DriveWork::Verify { backup, path: stage.paths("backups/").remove(0) };
    let mut job = DriveJob::request(stage.owner, PROVIDER, work, now());
    job.passphrase = Some(PASSPHRASE.to_owned());
    stage.worker.jobs.create(&job).await.unwrap();
    pass(DriveJob::GIVEN_UP_AFTER + Duration::from_secs(60));
    let other = stage.asked_to_push().await;
    stage.worker.jobs.begin(stage.owner, other.id, now()).await.unwrap();
    assert!(stage.delivered(&job, 1).await);
    let done = stage.stored(&job).await;
    assert_eq!((done.status.is_over(), done.passphrase), (true, None));
}

#[tokio::test]
async fn another_key_sends_everything_again_and_leaves_what_is_there() {
    let stage = encrypting().await;
    stage.pushed().await;
    let before = stage.dropbox.files();
    stage.set(|drive| drive.settings.recipient = None).await;
    pass(Duration::from_secs(25 * 3600));
    stage.pushed().await;
    assert_eq!(stage.opened().records.len(), 6);
    assert!(before.keys().all(|path| stage.dropbox.files().contains_key(path)));
}

#[tokio::test]
async fn what_was_sent_before_the_drive_was_full_is_not_sent_again() {
    let stage = encrypting().await;
    stage.furnish_richly(120, 40_000).await;
    stage.dropbox.set_room(Some(7 << 19));
    let job = stage.asked_to_push().await;
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Failed);
    let sent = [stage.paths("packs/"), stage.paths("files/")].concat();
    assert!(sent.len() > 1, "{sent:?}");
    stage.dropbox.set_room(None);
    let result = stage.pushed().await;
    let (new, total) = (result["newBytes"].as_u64().unwrap(), result["totalBytes"].as_u64().unwrap());
    assert!(new < total, "{new} of {total} were sent again");
    assert!(sent.iter().all(|path| stage.paths("").contains(path)));
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn it_survives_deaths_at_the_drive() {
    let stage = encrypting().await;
    let mut deaths = 0;
    for calls in 1.. {
        stage.memory("One more", "words", 1_000 + calls as i64).await;
        pass(Duration::from_secs(3600));
        let job = stage.asked_to_push().await;
        stage.dropbox.die_after(calls, Death::BeforeHearing);
        stage.delivered_or_dead(&job).await;
        let died = stage.dropbox.revive();
        assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed, "{calls}");
        assert_eq!(stage.verified().await.1["isRight"], json!(true), "{calls}");
        let ids: std::collections::BTreeSet<String> =
            stage.paths("backups/").iter().map(|path| path.split('_').nth(1).unwrap().to_owned()).collect();
        assert_eq!(ids.len(), stage.paths("backups/").len(), "each backup has one manifest");
        if !died {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 5, "{deaths}");
}
