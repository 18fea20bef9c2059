//! Exports that end early: out of time, too large, not wanted.

use app_domain::{ExportFormat, ExportJob, ExportLimit, ExportStatus};
use app_testing::clock::{BEGAN, at, set_clock};
use app_testing::noise;
use serde_json::json;

use crate::opened::records;
use crate::stage::{Stage, whole};

/// Does a job with a clock on which an invocation is over after few steps, as often as it takes. How often that was.
async fn in_invocations(stage: &Stage, job: &ExportJob) -> usize {
    for invocation in 1.. {
        assert!(stage.delivered(job, 1).await);
        match stage.queue.take_sent().as_slice() {
            [] => return invocation,
            [sent] => assert_eq!(*sent, serde_json::to_value(job.task()).unwrap()),
            more => panic!("{more:?}"),
        }
    }
    0
}

#[tokio::test]
async fn what_an_invocation_has_no_time_for_is_done_by_the_next_ones() {
    let stage = Stage::new().await;
    stage.furnish().await;
    for format in ExportFormat::ALL {
        set_clock(BEGAN, 0);
        let (_, at_once) = stage.exported(whole(format)).await;
        let job = stage.asked(whole(format)).await;
        stage.worker.exports.begin(job.user_id, job.id, 0, at(BEGAN)).await.unwrap();
        set_clock(BEGAN, 11_000);
        let invocations = in_invocations(&stage, &job).await;
        assert!(invocations > 1, "{format:?}: {invocations}");
        let (_, file) = stage.finished(&job).await;
        app_archive::verify(std::io::Cursor::new(&file)).unwrap();
        if matches!(format, ExportFormat::Json | ExportFormat::Jsonl | ExportFormat::Zip) {
            assert!(records(format, &file) == records(format, &at_once), "{format:?}");
        }
        if !job.spec.is_archive() {
            assert!(file == at_once, "{format:?}");
        }
    }
}

#[tokio::test]
async fn a_walk_goes_on_in_the_middle_of_a_memory_with_many_messages() {
    let stage = Stage::new().await;
    stage.register().await;
    let memory = stage.memory("Long", json!("x"), 1).await;
    for number in 0..1_050 {
        stage.message(memory.id, &format!("Message {number}"), 10 + number).await;
    }
    let job = stage.asked(whole(ExportFormat::Jsonl)).await;
    stage.worker.exports.begin(job.user_id, job.id, 0, at(BEGAN)).await.unwrap();
    set_clock(BEGAN, 1_000);
    stage.meter.take();
    let invocations = in_invocations(&stage, &job).await;
    assert!((4..=8).contains(&invocations), "{invocations}");
    let queries = stage.meter.take().of("Query");
    assert!(queries < 30 + invocations * 12, "{queries} reads: what was read is read again");
    let (_, file) = stage.finished(&job).await;
    let found = records(ExportFormat::Jsonl, &file);
    let said: Vec<&str> = crate::opened::each(&found, "message", "content");
    assert!(said.len() == 1_050 && said[1_049] == "Message 1049");
}

#[tokio::test]
async fn a_job_that_cannot_be_handed_on_stays_in_the_queue() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let job = stage.asked(whole(ExportFormat::Zip)).await;
    set_clock(BEGAN, 30_000);
    stage.queue.refuse(true);
    assert!(!stage.delivered(&job, 1).await);
    stage.queue.refuse(false);
    in_invocations(&stage, &job).await;
    stage.finished(&job).await;
}

#[tokio::test]
async fn a_job_that_was_handed_on_unheard_comes_twice_and_is_done_once() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let (_, expected) = stage.exported(whole(ExportFormat::Jsonl)).await;
    let job = stage.asked(whole(ExportFormat::Jsonl)).await;
    stage.worker.exports.begin(job.user_id, job.id, 0, at(BEGAN)).await.unwrap();
    set_clock(BEGAN, 11_000);
    for handed_on in 1.. {
        stage.queue.set_unheard(true);
        let ended = stage.delivered(&job, 1).await;
        stage.queue.set_unheard(false);
        if ended {
            assert!(handed_on > 1, "{handed_on}");
            break;
        }
        // The message that was sent, before the old one comes again.
        assert_eq!(stage.queue.take_sent().len(), 1);
        assert!(stage.delivered(&job, 1).await);
        stage.queue.take_sent();
    }
    assert!(stage.delivered(&job, 1).await, "the other message comes when all is done");
    let (_, file) = stage.finished(&job).await;
    assert!(file == expected && stage.queue.take_sent().is_empty());
}

#[tokio::test]
async fn a_file_that_is_larger_than_it_may_be_fails_with_the_limit_and_leaves_nothing() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.file("large.mp4", "video/mp4", noise(20 << 20, 1), None, 9_000).await;
    let limit = ExportLimit { size_bytes: 10 << 20, kept_days: 7 };
    let job = stage.asked_within(whole(ExportFormat::Zip), limit).await;
    assert!(stage.delivered(&job, 1).await, "trying again would not help");
    let job = stage.stored(&job).await;
    assert_eq!(job.status, ExportStatus::Failed);
    let reason = job.failure.clone().unwrap();
    assert!(reason.contains("10 MB") && reason.contains("Leave out the files"), "{reason}");
    assert!(stage.left_of(&job).is_empty() && stage.bucket.unfinished_uploads() == 0);
}

#[tokio::test]
async fn a_job_that_is_cancelled_while_it_is_written_stops_and_leaves_nothing() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.file("large.mp4", "video/mp4", noise(20 << 20, 1), None, 9_000).await;
    let job = stage.asked(whole(ExportFormat::Zip)).await;
    set_clock(BEGAN, 6_000);
    assert!(stage.delivered(&job, 1).await);
    assert_eq!(stage.queue.take_sent().len(), 1);
    assert!(!stage.left_of(&job).is_empty());
    stage.worker.exports.cancel(stage.owner, job.id, at(BEGAN)).await.unwrap().unwrap();
    assert!(stage.delivered(&job, 1).await);
    assert_eq!(stage.stored(&job).await.status, ExportStatus::Cancelled);
    assert!(stage.left_of(&job).is_empty() && stage.bucket.unfinished_uploads() == 0);
    assert!(stage.queue.take_sent().is_empty());
}
