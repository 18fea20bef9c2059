//! Archives that break, jobs that are called off, messages that come twice, too late, or cannot be read.

use app_domain::{ImportSpec, ImportStatus};
use app_testing::event;
use import_worker::{MAX_RECEIVES, WORKS_FOR, handle};

use crate::archives::{chat, memory_record, own, records, zip};
use crate::stage::{Stage, at};

#[tokio::test]
async fn what_cannot_be_read_at_all_says_why() {
    let stage = Stage::new().await;
    for archive in [b"\0\x01\x02\x03 nothing".to_vec(), Vec::new(), own(&records())[..300].to_vec()] {
        let job = stage.import(&archive).await;
        assert_eq!(job.status, ImportStatus::Failed);
        assert!(job.failure.unwrap().len() > 20);
    }
    let job = stage.queued(b"x", ImportSpec::default()).await;
    stage.archives.remove(&job.object_key());
    stage.finish(&job).await;
    assert_eq!(stage.job(&job).await.failure.unwrap(), "The file is not there any more. Upload it again.");
}

#[tokio::test]
async fn what_was_brought_in_before_a_break_stays() {
    let stage = Stage::new().await;
    let lines: String = (1..400).map(|n| format!("{}\n", memory_record(n, None))).collect();
    let mut archive = zip(&[("records-00001.jsonl", lines.as_bytes())]);
    let middle = archive.len() / 2;
    archive[middle..middle + 200].fill(0x55);
    let job = stage.import(&archive).await;
    let report = stage.report(&job);
    assert_eq!(job.status, ImportStatus::Partial, "{:#?}", report.last());
    assert!((1..399).contains(&job.counts.imported), "{:?}", job.counts);
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), job.counts.imported);
    assert!(report.iter().any(|line| line["reason"].is_string()));
}

#[tokio::test]
async fn a_cancelled_job_stops_at_the_next_batch_and_can_be_told_of() {
    let stage = Stage::with(crate::stage::QUOTAS, crate::stage::hasty).await;
    let job = stage.queued(&chat(900), ImportSpec::default()).await;
    assert!(stage.deliver(&job, 1).await);
    let waiting = stage.queue.take();
    assert_eq!(waiting.len(), 1);
    let running = stage.job(&job).await;
    assert_eq!(running.status, ImportStatus::Running);
    stage.imports.turn(&running, ImportStatus::Cancelled, at(0)).await.unwrap().unwrap();
    let there = stage.meter.keys().await.len();
    assert!(stage.handle(&waiting[0], 1).await);
    let told = stage.job(&job).await;
    assert_eq!(told.status, ImportStatus::Cancelled);
    // The last batch counts too.
    assert_eq!(told.counts.imported as usize, stage.kinds(&told, "imported").len());
    assert!(told.counts.imported >= running.counts.imported);
    assert_eq!(stage.meter.keys().await.len(), there);
    assert!(stage.queue.take().is_empty());
    let undone = stage.undo(&job).await;
    assert_eq!(undone.status, ImportStatus::Undone);
    assert!(stage.all_memories().await.is_empty());
}

#[tokio::test]
async fn an_upload_that_goes_while_it_is_read_ends_the_import_in_words() {
    let stage = Stage::with(crate::stage::QUOTAS, crate::stage::hasty).await;
    let chat: String = (0..60_000)
        .map(|n| {
            format!(
                "[13.03.24, {:02}:{:02}:{:02}] Ada: SECRET words {n}\n",
                10 + n / 3600 % 10,
                n / 60 % 60,
                n % 60
            )
        })
        .collect();
    let job = stage.queued(chat.as_bytes(), ImportSpec::default()).await;
    assert!(stage.deliver(&job, 1).await);
    let waiting = stage.queue.take();
    // It is there when the next attempt begins, and gone when that reads it.
    let reading = stage.handle(&waiting[0], 1);
    let going = async {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        stage.archives.remove(&job.object_key());
    };
    let (done, ()) = tokio::join!(reading, going);
    assert!(done);
    for body in stage.queue.take() {
        assert!(stage.handle(&body, 1).await);
    }
    let there = stage.job(&job).await;
    assert!(matches!(there.status, ImportStatus::Failed | ImportStatus::Partial), "{:?}", there.status);
    assert_eq!(there.failure.as_deref(), Some("The file is not there any more. Upload it again."));
}

/// Both of a message that is sent on and not taken away come: one goes on, the other finds nothing to do.
#[tokio::test]
async fn whoever_dies_around_sending_on_leaves_a_job_that_comes_to_its_end() {
    for is_sent in [false, true] {
        let stage = Stage::with(crate::stage::QUOTAS, crate::stage::hasty).await;
        let job = stage.queued(&chat(900), ImportSpec::default()).await;
        stage.queue.refuse(!is_sent);
        assert_eq!(stage.deliver(&job, 1).await, is_sent);
        stage.queue.refuse(false);
        // The message comes again in either case: nobody took it away.
        stage.finish(&job).await;
        let done = stage.job(&job).await;
        assert_eq!((done.status, done.counts.imported), (ImportStatus::Completed, 901), "{is_sent}");
        assert_eq!(stage.report(&done).len(), 901);
    }
}

#[tokio::test]
async fn a_job_that_can_never_be_sent_on_has_failed() {
    let stage = Stage::with(crate::stage::QUOTAS, crate::stage::hasty).await;
    let job = stage.queued(&chat(5000), ImportSpec::default()).await;
    stage.queue.refuse(true);
    for receives in 1..=MAX_RECEIVES {
        assert!(!stage.deliver(&job, receives).await);
    }
    assert_eq!(stage.job(&job).await.status, ImportStatus::Failed);
}

#[tokio::test]
async fn a_message_that_comes_again_changes_nothing() {
    let stage = Stage::new().await;
    let job = stage.import(&own(&records())).await;
    let before = stage.everything(&job).await;
    assert!(stage.deliver(&job, 1).await);
    assert_eq!(stage.everything(&job).await, before);
    assert_eq!(stage.job(&job).await, job);
}

#[tokio::test]
async fn what_cannot_be_read_is_left_for_the_dead_letters() {
    let stage = Stage::new().await;
    for (name, failures) in [("import", 0), ("undo", 0), ("poison", 1)] {
        let event = serde_json::from_value(event(&format!("import-worker/{name}.json"))).unwrap();
        assert_eq!(handle(&stage.worker, event).await.batch_item_failures.len(), failures, "{name}");
    }
}

#[tokio::test]
async fn a_job_that_fails_every_time_has_failed() {
    let stage = Stage::new().await;
    let job = stage.queued(&own(&records()), ImportSpec::default()).await;
    stage.archives.set_down(true);
    for receives in 1..=MAX_RECEIVES {
        assert_eq!(stage.job(&job).await.failure, None);
        assert!(!stage.deliver(&job, receives).await);
    }
    assert_eq!(stage.job(&job).await.status, ImportStatus::Failed);
    stage.archives.set_down(false);
    let started = stage.imports.start(&stage.job(&job).await, at(0)).await.unwrap().unwrap();
    stage.finish(&started).await;
    assert_eq!(stage.job(&job).await.status, ImportStatus::Completed);
}

#[tokio::test]
async fn whoever_has_no_account_any_more_imports_nothing() {
    let stage = Stage::new().await;
    let stranger = Stage { owner: app_domain::UserId::new(at(1)), ..stage };
    let job = stranger.import(&own(&records())).await;
    assert_eq!(job.status, ImportStatus::Failed);
}

#[test]
fn the_template_gives_as_many_receives_and_as_much_time_as_the_worker_counts_on() {
    let template = include_str!("../../../../template.yaml");
    let receives =
        format!("deadLetterTargetArn: !GetAtt ImportsDeadLetters.Arn, maxReceiveCount: {MAX_RECEIVES}}}");
    assert!(template.contains(&receives), "the imports queue should have {receives}");
    let function = template.split("\n  ImportWorkerFunction:\n").nth(1).unwrap();
    let timeout = function.split("Timeout: ").nth(1).unwrap().lines().next().unwrap();
    assert!(timeout.parse::<u64>().unwrap() >= WORKS_FOR.as_secs() + 45, "{timeout}");
}
