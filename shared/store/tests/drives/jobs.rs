//! Jobs, one at a time on a drive.

use app_domain::{DriveJob, DriveJobStatus, DriveProgress};
use app_store::BegunJob;
use serde_json::json;

use crate::stage::{DROPBOX, PUSH, Stage, at};

#[tokio::test]
async fn a_job_is_as_it_was_asked_for_and_its_passphrase_goes_when_it_ends() {
    let stage = Stage::new().await;
    stage.connected().await;
    let mut job = DriveJob::request(stage.owner, DROPBOX, PUSH, at(1));
    job.passphrase = Some("correct horse battery".to_owned());
    assert!(stage.jobs.create(&job).await.unwrap());
    assert!(!stage.jobs.create(&job).await.unwrap());
    assert_eq!(stage.jobs.get(stage.owner, job.id).await.unwrap(), Some(job.clone()));

    let begun = stage.begun(&job, 2).await;
    assert_eq!((begun.status, begun.attempt, begun.started_at), (DriveJobStatus::Running, 1, Some(at(2))));
    let progress = DriveProgress { items_done: 5, items_total: 10, bytes_done: 99, api_calls: 3 };
    assert!(stage.jobs.advance(&begun, progress, at(12)).await.unwrap());
    let now = stage.jobs.get(stage.owner, job.id).await.unwrap().unwrap();
    assert_eq!((now.progress, now.expected_at()), (progress, Some(at(22))));
    let result = json!({"backupId": "x"});
    let done = DriveJobStatus::Completed;
    assert!(stage.jobs.finish(&begun, done, Some(&result), None, at(13)).await.unwrap());
    let over = stage.jobs.get(stage.owner, job.id).await.unwrap().unwrap();
    assert_eq!((over.status, over.result, over.passphrase), (done, Some(result), None));
    assert_eq!(stage.jobs.begin(stage.owner, job.id, at(14)).await.unwrap(), BegunJob::Over);
    assert!(!stage.jobs.advance(&begun, progress, at(14)).await.unwrap());
}

#[tokio::test]
async fn one_job_at_a_time_has_the_drive() {
    let stage = Stage::new().await;
    stage.connected().await;
    let (one, other) = (stage.job(1).await, stage.job(2).await);
    let one = stage.begun(&one, 3).await;
    assert_eq!(stage.drive().await.busy, Some((one.id, at(3))));
    let busy = stage.jobs.begin(stage.owner, other.id, at(4)).await.unwrap();
    assert_eq!(busy, BegunJob::Busy(one.id));
    // Its own next attempt is not in its way, and takes it from the one before.
    let again = stage.begun(&one, 5).await;
    assert_eq!(again.attempt, 2);
    assert!(!stage.jobs.advance(&one, DriveProgress::default(), at(6)).await.unwrap());
    assert!(stage.jobs.finish(&again, DriveJobStatus::Completed, None, None, at(7)).await.unwrap());
    assert_eq!(stage.drive().await.busy, None);
    stage.begun(&other, 8).await;
}

#[tokio::test]
async fn an_attempt_that_is_overtaken_does_not_give_away_the_drive_of_the_next() {
    let stage = Stage::new().await;
    stage.connected().await;
    let (one, other) = (stage.job(1).await, stage.job(2).await);
    let first = stage.begun(&one, 3).await;
    let second = stage.begun(&one, 4).await;
    assert!(!stage.jobs.wait(&first, at(9), "x", at(5)).await.unwrap());
    assert!(!stage.jobs.finish(&first, DriveJobStatus::Failed, None, Some("x"), at(5)).await.unwrap());
    assert_eq!(stage.drive().await.busy, Some((one.id, at(4))));
    assert_eq!(stage.jobs.begin(stage.owner, other.id, at(6)).await.unwrap(), BegunJob::Busy(second.id));
}

#[tokio::test]
async fn of_two_that_begin_at_once_one_waits() {
    let stage = Stage::new().await;
    stage.connected().await;
    let (one, other) = (stage.job(1).await, stage.job(2).await);
    let begin = |job: &DriveJob| stage.jobs.begin(stage.owner, job.id, at(3));
    let (first, second) = tokio::join!(begin(&one), begin(&other));
    let begun = [first.unwrap(), second.unwrap()].iter().filter(|b| matches!(b, BegunJob::Job(_))).count();
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn who_waits_lets_others_have_the_drive_and_who_died_does_not_keep_it() {
    let stage = Stage::new().await;
    stage.connected().await;
    let (one, other) = (stage.job(1).await, stage.job(2).await);
    let one = stage.begun(&one, 3).await;
    assert!(stage.jobs.wait(&one, at(900), "Dropbox asks to wait.", at(4)).await.unwrap());
    let waiting = stage.jobs.get(stage.owner, one.id).await.unwrap().unwrap();
    assert_eq!((waiting.status, waiting.waits_until), (DriveJobStatus::Waiting, Some(at(900))));
    assert_eq!(waiting.failure.as_deref(), Some("Dropbox asks to wait."));
    let other = stage.begun(&other, 5).await;
    assert_eq!(stage.jobs.begin(stage.owner, one.id, at(6)).await.unwrap(), BegunJob::Busy(other.id));
    // The other one is not heard of any more.
    let later = 5 + i64::try_from(DriveJob::BUSY_FOR.as_secs()).unwrap();
    let one = stage.begun(&one, later).await;
    assert_eq!((one.failure, one.waits_until), (None, None));
}

#[tokio::test]
async fn a_job_that_is_not_wanted_any_more_stops_at_its_next_step() {
    let stage = Stage::new().await;
    stage.connected().await;
    let job = stage.job(1).await;
    let begun = stage.begun(&job, 2).await;
    let cancelled = stage.jobs.cancel(stage.owner, job.id, at(3)).await.unwrap().unwrap();
    assert_eq!(cancelled.status, DriveJobStatus::Cancelled);
    assert_eq!(stage.jobs.cancel(stage.owner, job.id, at(4)).await.unwrap(), None);
    assert!(!stage.jobs.advance(&begun, DriveProgress::default(), at(4)).await.unwrap());
    assert!(!stage.jobs.wait(&begun, at(9), "x", at(4)).await.unwrap());
    assert!(!stage.jobs.finish(&begun, DriveJobStatus::Completed, None, None, at(4)).await.unwrap());
    assert_eq!(stage.drive().await.busy, None);
}

#[tokio::test]
async fn jobs_are_listed_the_newest_first() {
    let stage = Stage::new().await;
    let mut jobs = Vec::new();
    for n in 0..5 {
        jobs.insert(0, stage.job(n).await);
    }
    let (first, more) = stage.jobs.list(stage.owner, None, 3).await.unwrap();
    assert_eq!((first.as_slice(), more), (&jobs[..3], true));
    let (rest, more) = stage.jobs.list(stage.owner, Some(first[2].id), 3).await.unwrap();
    assert_eq!((rest.as_slice(), more), (&jobs[3..], false));
    // Drives and backups are not among them.
    stage.connected().await;
    stage.backups.put(&stage.backup(1)).await.unwrap();
    assert_eq!(stage.jobs.list(stage.owner, None, 9).await.unwrap().0, jobs);
    assert_eq!(stage.drives.all(stage.owner).await.unwrap().len(), 1);
}
