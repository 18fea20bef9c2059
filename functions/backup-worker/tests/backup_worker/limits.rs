//! Providers that refuse, wait, fill up and let nobody in; messages that come twice, too early, or make no sense.

use std::time::Duration;

use app_domain::{Direction, DriveJobStatus, DriveState, DriveWork};
use app_testing::clock::{BEGAN, now, pass, set_clock};
use app_testing::drives::{DriveFault, PlayedDrive};
use app_testing::noise;
use backup_worker::{MAX_RECEIVES, WORKS_FOR, handle};
use serde_json::json;

use crate::stage::{Stage, message};

#[tokio::test]
async fn a_storm_is_survived() {
    let stage = Stage::new().await;
    stage.furnish().await;
    // Longer than an adapter waits.
    stage.dropbox.storm(4, 9);
    let job = stage.asked_to_push().await;
    let done = stage.worked_off(&job).await;
    assert_eq!((done.status, done.failure), (DriveJobStatus::Completed, None));
    stage.dropbox.storm(0, 0);
    assert_eq!(stage.opened().records.len(), 6);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn a_storm_of_long_waits_is_survived_attempt_by_attempt() {
    let stage = Stage::new().await;
    let memories = stage.furnish_richly(60, 40_000).await;
    stage.file("large.bin", noise(2 << 20, 2), None, 201).await;
    for change in 0..3 {
        stage.retitled(memories[0], &format!("Change {change}"), 1_000 + change).await;
        stage.dropbox.storm(3, 600);
        let job = stage.asked_to_push().await;
        let done = stage.worked_off(&job).await;
        assert_eq!((done.status, done.failure), (DriveJobStatus::Completed, None));
        assert!(done.attempt > 1, "{} attempts", done.attempt);
        assert_eq!(stage.verified().await.1["isRight"], json!(true));
        stage.dropbox.storm(0, 0);
        assert_eq!(stage.opened().records.len(), 62 + usize::try_from(change).unwrap() + 1);
        pass(Duration::from_secs(25 * 3600));
        stage.dropbox.pass(Duration::from_secs(25 * 3600));
    }
}

#[tokio::test]
async fn whoever_is_told_to_wait_for_an_hour_does() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.dropbox.fail(DriveFault::Throttled(Some(3600)), 1);
    let job = stage.asked_to_push().await;
    assert!(stage.delivered(&job, 1).await);
    let waiting = stage.stored(&job).await;
    assert_eq!(waiting.status, DriveJobStatus::Waiting);
    assert_eq!(waiting.waits_until.unwrap(), now().plus(Duration::from_secs(3600)));
    assert!(waiting.failure.unwrap().contains("less often"));
    assert_eq!(stage.connection().await.busy, None, "others may have the drive meanwhile");
    assert_eq!(stage.queue.take(), [(job.task(), 900)]);
    // Too early: no call is made.
    let calls = stage.dropbox.traffic().calls;
    pass(Duration::from_secs(900));
    assert!(stage.delivered(&job, 1).await);
    assert_eq!((stage.dropbox.traffic().calls, stage.queue.take()), (calls, vec![(job.task(), 900)]));
    pass(Duration::from_secs(2700));
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed);
}

#[tokio::test]
async fn a_provider_that_fails_for_two_days_fails_the_job() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.dropbox.fail(DriveFault::Throttled(Some(24 * 3600)), 4);
    let job = stage.asked_to_push().await;
    let done = stage.worked_off(&job).await;
    assert_eq!(done.status, DriveJobStatus::Failed);
    assert_eq!(stage.connection().await.fault.unwrap().code, "unreachable");
    assert!(stage.pushed().await["backupId"].is_string());
    assert_eq!(stage.connection().await.fault, None);
}

#[tokio::test]
async fn a_drive_that_is_full_says_so_and_the_next_job_goes_on() {
    let stage = Stage::new().await;
    // Room for the first pack, however large it is, and not for all.
    stage.furnish_richly(300, 40_000).await;
    stage.dropbox.set_room(Some(11 << 19));
    let job = stage.asked_to_push().await;
    let done = stage.worked_off(&job).await;
    assert_eq!(done.status, DriveJobStatus::Failed);
    let (failure, result) = (done.failure.unwrap(), done.result.unwrap());
    assert!(failure.starts_with("Dropbox is full: at least "), "{failure}");
    let needed = result["neededBytes"].as_u64().unwrap();
    assert!(result["freeBytes"].as_u64().unwrap() < needed, "{result}");
    assert_eq!(stage.connection().await.fault.unwrap().code, "full");
    assert_eq!(stage.paths("backups/"), Vec::<String>::new());
    let sent = stage.paths("packs/");
    assert!(!sent.is_empty());

    stage.dropbox.set_room(None);
    let before = stage.dropbox.traffic().bytes_in;
    let result = stage.pushed().await;
    let again = stage.dropbox.traffic().bytes_in - before;
    let total = result["totalBytes"].as_u64().unwrap();
    assert!(again < total, "{again} of {total} were sent again");
    assert!(sent.iter().all(|path| stage.manifest().paths().any(|named| named == path)));
    assert_eq!(stage.opened().records.len(), 301);
}

#[tokio::test]
async fn whoever_withdraws_is_told_once() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.dropbox.withdraw();
    let job = stage.asked_to_push().await;
    let again = stage.asked_to_push().await;
    assert!(stage.delivered(&job, 1).await && stage.delivered(&again, 1).await);
    for job in [job, again] {
        let done = stage.stored(&job).await;
        assert_eq!(done.status, DriveJobStatus::Failed);
        assert_eq!(done.failure.unwrap(), "Dropbox does not let us in any more. Connect Dropbox again.");
    }
    let connection = stage.connection().await;
    assert_eq!((connection.state, connection.next_at), (DriveState::NeedsConsent, None));
    let mails = stage.mail.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["kind"], "driveLost");
}

#[tokio::test]
async fn whoever_disconnects_meanwhile_is_not_told_to_connect_again() {
    let stage = Stage::new().await;
    stage.file("film.mp4", noise(20 << 20, 3), None, 2).await;
    let job = stage.asked_to_push().await;
    let disconnect = async {
        while stage.dropbox.traffic().bytes_in < 8 << 20 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stage.set(|connection| connection.state = DriveState::Disconnected).await;
        stage.dropbox.withdraw();
    };
    let (done, ()) = tokio::join!(stage.delivered(&job, 1), disconnect);
    assert!(done);
    assert_eq!(stage.stored(&job).await.status, DriveJobStatus::Failed);
    assert!(stage.mail.take().is_empty());
}

#[tokio::test]
async fn tokens_that_expire_in_the_middle_are_renewed() {
    let stage = Stage::new().await;
    stage.file("film.mp4", noise(20 << 20, 3), None, 2).await;
    stage.dropbox.expire_tokens();
    let expire = async {
        while stage.dropbox.traffic().bytes_in < 8 << 20 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stage.dropbox.expire_tokens();
    };
    tokio::join!(stage.pushed(), expire);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn what_arrives_otherwise_time_and_again_fails_the_job() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.dropbox.fail(DriveFault::Garbled, 1);
    stage.pushed().await;
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
    stage.memory("More", "words", 900).await;
    stage.dropbox.fail(DriveFault::Garbled, 50);
    let job = stage.asked_to_push().await;
    let done = stage.worked_off(&job).await;
    assert_eq!(done.status, DriveJobStatus::Failed);
    assert!(done.failure.unwrap().contains("was not what was sent"));
    stage.dropbox.forget_faults();
    stage.pushed().await;
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn what_takes_longer_than_an_invocation_goes_on_in_the_next() {
    let stage = Stage::new().await;
    stage.furnish_richly(600, 40_000).await;
    stage.file("film.mp4", noise(40 << 20, 3), None, 2).await;
    let job = stage.asked_to_push().await;
    let step = i64::try_from(WORKS_FOR.as_millis()).unwrap() / 400;
    // Each look at the clock takes so long: fine enough for every invocation to come to a safe point, wherever packs end.
    let mut invocations = 0;
    while !stage.stored(&job).await.status.is_over() {
        set_clock(BEGAN + i64::from(invocations) * 1_000_000, step);
        assert!(stage.delivered(&job, 1).await);
        invocations += 1;
        assert!(invocations < 60, "it does not come to an end");
    }
    set_clock(BEGAN + 100_000_000, 0);
    assert!(invocations > 1, "{invocations} invocations");
    assert_eq!(stage.stored(&job).await.status, DriveJobStatus::Completed);
    assert_eq!(stage.opened().records.len(), 602);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn two_jobs_on_a_drive_are_done_one_after_the_other() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let (first, second) = (stage.asked_to_push().await, stage.asked_to_push().await);
    stage.worker.jobs.begin(stage.owner, first.id, now()).await.unwrap();
    assert!(stage.delivered(&second, 1).await);
    assert_eq!(stage.stored(&second).await.status, DriveJobStatus::Queued);
    assert_eq!(stage.queue.take(), [(second.task(), 60)]);
    assert_eq!(stage.worked_off(&first).await.status, DriveJobStatus::Completed);
    assert_eq!(stage.worked_off(&second).await.result, Some(json!({"unchanged": true})));
}

#[tokio::test]
async fn a_message_that_comes_twice_at_once_makes_one_backup() {
    let stage = Stage::new().await;
    stage.furnish_richly(60, 40_000).await;
    let job = stage.asked_to_push().await;
    set_clock(BEGAN, 100);
    let both = tokio::join!(stage.delivered(&job, 1), stage.delivered(&job, 1));
    set_clock(BEGAN + 1_000_000, 0);
    assert!(both.0 || both.1, "somebody has done it");
    assert!(stage.delivered(&job, 2).await);
    assert_eq!(stage.stored(&job).await.status, DriveJobStatus::Completed);
    assert_eq!(stage.paths("backups/").len(), 1);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}

#[tokio::test]
async fn a_job_that_is_called_off_stops() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let job = stage.asked_to_push().await;
    stage.worker.jobs.cancel(stage.owner, job.id, now()).await.unwrap().unwrap();
    assert!(stage.delivered(&job, 1).await);
    assert_eq!(stage.dropbox.traffic().calls, 0);
    // In the middle of it: found out at the next step.
    let job = stage.asked_to_push().await;
    set_clock(BEGAN, 5_000);
    let cancel = async {
        while stage.dropbox.traffic().calls < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stage.worker.jobs.cancel(stage.owner, job.id, now()).await.unwrap()
    };
    let (done, _) = tokio::join!(stage.delivered(&job, 1), cancel);
    assert!(done);
    assert_eq!(stage.stored(&job).await.status, DriveJobStatus::Cancelled);
    assert_eq!(stage.paths("backups/"), Vec::<String>::new());
    stage.is_clean(&job);
}

#[tokio::test]
async fn what_makes_no_sense_goes_to_the_dead_letters() {
    let stage = Stage::new().await;
    for body in ["", "{}", "{\"kind\":\"job\"}", "[1]"] {
        assert_eq!(handle(&stage.worker, message(body, 1)).await.batch_item_failures.len(), 1, "{body}");
    }
    let unknown = app_domain::DriveJob::request(
        stage.owner,
        crate::stage::PROVIDER,
        DriveWork::Sync { direction: Direction::Push },
        now(),
    );
    assert!(stage.delivered(&unknown, 1).await, "a job that is gone is done with");
}

#[tokio::test]
async fn a_store_that_fails_fails_the_job_at_the_last_delivery() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let job = stage.asked_to_push().await;
    stage.bucket.set_down(true);
    assert!(!stage.delivered(&job, 1).await);
    assert_eq!(stage.stored(&job).await.status, DriveJobStatus::Running);
    assert!(!stage.delivered(&job, MAX_RECEIVES).await);
    let done = stage.stored(&job).await;
    assert_eq!(done.status, DriveJobStatus::Failed);
    stage.bucket.set_down(false);
    assert!(stage.pushed().await["backupId"].is_string());
}
