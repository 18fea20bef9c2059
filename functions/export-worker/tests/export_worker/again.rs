//! Messages that come twice, at once, or cannot be read, and files whose parts are lost.

use app_domain::{ExportFormat, ExportJob, ExportStatus, UserId};
use app_store::ArchiveBucket;
use app_testing::clock::{BEGAN, at, set_clock};
use app_testing::noise;
use app_testing::{Death, event};
use aws_lambda_events::sqs::SqsEvent;
use export_worker::{MAX_RECEIVES, WORKS_FOR, handle};

use crate::stage::{GENEROUS, Stage, message, whole};

#[tokio::test]
async fn a_message_about_a_finished_or_absent_job_changes_nothing() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let (job, _) = stage.exported(whole(ExportFormat::Zip)).await;
    stage.bucket.take_calls();
    assert!(stage.delivered(&job, 2).await);
    assert_eq!(stage.finished(&job).await.0, job);

    let absent = ExportJob::request(UserId::new(at(0)), whole(ExportFormat::Zip), GENEROUS, at(0));
    assert!(stage.delivered(&absent, 1).await);
    assert!(stage.left_of(&absent).is_empty());
}

#[tokio::test]
async fn messages_that_cannot_be_read_are_left_to_become_dead_letters_and_the_others_are_done() {
    let stage = Stage::new().await;
    let job = stage.asked(whole(ExportFormat::Jsonl)).await;
    let mut batch = message(&job, 1);
    for (id, body) in [("garbage", Some("{")), ("no-body", None)] {
        let mut poison: SqsEvent = serde_json::from_value(event("export-worker/poison.json")).unwrap();
        poison.records[0].message_id = Some(id.to_owned());
        poison.records[0].body = body.map(str::to_owned);
        batch.records.insert(0, poison.records.remove(0));
    }
    let poison: SqsEvent = serde_json::from_value(event("export-worker/poison.json")).unwrap();
    let unknown_kind = poison.records[0].message_id.clone().unwrap();
    batch.records.extend(poison.records);

    let failed = handle(&stage.worker, batch).await.batch_item_failures;
    let failed: Vec<_> = failed.into_iter().map(|failure| failure.item_identifier).collect();
    assert_eq!(failed, ["no-body", "garbage", &unknown_kind]);
    stage.finished(&job).await;
}

#[tokio::test]
async fn a_failure_is_tried_again_and_the_last_one_told_to_the_owner() {
    let stage = Stage::new().await;
    let job = stage.asked(whole(ExportFormat::Json)).await;
    stage.bucket.set_down(true);
    assert!(!stage.delivered(&job, MAX_RECEIVES - 1).await);
    assert_eq!(stage.stored(&job).await.status, ExportStatus::Running);

    assert!(!stage.delivered(&job, MAX_RECEIVES).await);
    let failed = stage.stored(&job).await;
    assert_eq!((failed.status, failed.attempt), (ExportStatus::Failed, 2));
    let reason = failed.failure.unwrap();
    assert!(reason.contains("Ask for a new one") && !reason.contains("SlowDown"), "{reason}");
}

/// A job whose first worker ended when it had sent two parts.
async fn half_done(stage: &Stage) -> ExportJob {
    stage.furnish().await;
    stage.file("large.mp4", "video/mp4", noise(30 << 20, 1), None, 9_000).await;
    let job = stage.asked(whole(ExportFormat::Zip)).await;
    let part = format!("PUT {} 2", job.object_key());
    for calls in 1.. {
        stage.bucket.die_after(calls, Death::BeforeCalling);
        let ended = stage.delivered(&job, 1).await;
        stage.bucket.revive();
        assert!(!ended, "it never came so far");
        if stage.bucket.take_calls().contains(&part) {
            break;
        }
    }
    job
}

#[tokio::test]
async fn what_is_lost_of_a_file_is_written_anew() {
    let stage = Stage::new().await;
    let job = half_done(&stage).await;
    stage.bucket.forget_uploads();
    assert!(stage.delivered(&job, 2).await);
    let (_, file) = stage.finished(&job).await;
    app_archive::verify(std::io::Cursor::new(file)).unwrap();
}

#[tokio::test]
async fn parts_that_another_worker_replaced_are_written_anew() {
    let stage = Stage::new().await;
    let job = half_done(&stage).await;
    let for_bucket = stage.bucket.clone();
    let bucket = ArchiveBucket::new("exports", move || for_bucket.client());
    for upload in 1..10 {
        let _ = bucket.send(&job.object_key(), &format!("upload-{upload}"), 1, noise(9 << 20, 7)).await;
    }
    // Those of workers that ended before they could note them stay until the bucket's rules find them.
    let before = stage.bucket.unfinished_uploads();
    assert!(stage.delivered(&job, 2).await);
    let (_, file) = stage.finished(&job).await;
    app_archive::verify(std::io::Cursor::new(file)).unwrap();
    assert!(stage.bucket.unfinished_uploads() < before, "the upload that was replaced is let go of");
}

#[tokio::test]
async fn a_safe_point_of_another_version_of_the_program_is_passed_over() {
    let stage = Stage::new().await;
    let job = half_done(&stage).await;
    stage.bucket.put(&format!("{}work/checkpoint", job.prefix()), b"{\"phase\":\"other\"}\n".to_vec());
    assert!(stage.delivered(&job, 2).await);
    let (_, file) = stage.finished(&job).await;
    app_archive::verify(std::io::Cursor::new(file)).unwrap();
}

#[tokio::test]
async fn of_two_workers_at_once_one_makes_the_file() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.file("large.mp4", "video/mp4", noise(30 << 20, 1), None, 9_000).await;
    let (_, expected) = stage.exported(whole(ExportFormat::Zip)).await;
    let job = stage.asked(whole(ExportFormat::Zip)).await;
    let (first, second) = tokio::join!(stage.delivered(&job, 1), stage.delivered(&job, 2));
    assert!(first || second);
    // The one that was overtaken leaves its message, which comes again.
    assert!(stage.delivered(&job, 3).await);
    let (_, file) = stage.finished(&job).await;
    assert!(file == expected);
}

#[tokio::test]
async fn while_a_file_is_written_progress_shows_and_the_message_is_held() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let job = stage.asked(whole(ExportFormat::Jsonl)).await;
    set_clock(BEGAN, 500);
    // It looks for a safe point, and ends before it can put the file.
    stage.bucket.die_after(1, Death::BeforeCalling);
    assert!(!stage.delivered(&job, 1).await);
    stage.bucket.revive();
    let progress = stage.stored(&job).await.progress;
    assert!(progress.items_done >= 5 && progress.bytes_done > 1_000, "{progress:?}");
    stage.queue.take_holds();
    assert!(stage.delivered(&job, 2).await);
    let holds = stage.queue.take_holds();
    assert!(holds.len() > 2, "at the beginning, every ten seconds, and before the file is made: {holds:?}");
    for hold in holds {
        assert_eq!(hold["ReceiptHandle"], event("export-worker/export.json")["Records"][0]["receiptHandle"]);
        assert_eq!(hold["VisibilityTimeout"], 60);
    }
    stage.finished(&job).await;
}

#[test]
fn the_template_gives_as_many_receives_and_as_much_time_as_the_worker_counts_on() {
    let template = include_str!("../../../../template.yaml");
    let receives =
        format!("deadLetterTargetArn: !GetAtt JobsDeadLetters.Arn, maxReceiveCount: {MAX_RECEIVES}}}");
    assert!(template.contains(&receives), "the jobs queue should have {receives}");

    let function = template.split("\n  ExportWorkerFunction:\n").nth(1).unwrap();
    let timeout = function.split("Timeout: ").nth(1).unwrap().lines().next().unwrap();
    assert!(timeout.parse::<u64>().unwrap() >= WORKS_FOR.as_secs() + 30, "{timeout}");
}
