//! The worker on a table and a bucket in memory.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app_domain::{
    Content, ExportJob, ExportStatus, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Timestamp,
    UserId,
};
use app_store::{Exports, Memories};
use app_testing::{event, table};
use aws_lambda_events::sqs::SqsEvent;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::fake_queue::FakeQueue;
use crate::fake_s3::FakeS3;
use crate::{MAX_RECEIVES, WORKS_FOR, Worker, handle};

const START: i64 = 1_795_000_000_000;

fn start() -> Timestamp {
    Timestamp::from_millis(START).unwrap()
}

/// A clock that is two seconds further every time it is read.
fn ticking() -> Timestamp {
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    Timestamp::from_millis(START + 2000 * LOOKS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

async fn worker(s3: &FakeS3) -> Worker {
    let table = table().await;
    let memories = Memories::new(table.clone(), app_testing::vault(&table));
    let exports = Exports::new(table);
    Worker { memories, exports, files: s3.files(), queue: FakeQueue::default().queue(), now: start }
}

/// Saves memories and returns them as the API shows them, newest first.
async fn saved(worker: &Worker, owner: UserId, contents: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut bodies = Vec::new();
    for (number, content) in contents.enumerate() {
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse(&format!("Number {number} – 日本")).unwrap()),
            content: Some(Content::parse(content.clone()).unwrap()),
            ..MemoryDraft::default()
        };
        let made = start().plus(Duration::from_millis(number as u64));
        let memory = Memory::new(MemoryId::new(made), owner, MemorySource::Web, draft, made).unwrap();
        worker.memories.create(&memory).await.unwrap();
        bodies.push(json!({
            "id": memory.id, "title": format!("Number {number} – 日本"), "description": null, "content": content,
            "categoryId": null, "tags": [], "metadata": {}, "isFavorite": false, "isArchived": false,
            "privacyLevel": "private", "source": "web", "provenance": {}, "messageCount": 0, "version": 1,
            "createdAt": made, "updatedAt": made,
        }));
    }
    bodies.reverse();
    bodies
}

async fn queued(worker: &Worker, owner: UserId) -> ExportJob {
    let job = ExportJob::request(owner, start());
    worker.exports.create(&job, &app_domain::Origin::default()).await.unwrap();
    job
}

/// A message about the job, received for the nth time.
fn message(job: &ExportJob, receives: u32) -> SqsEvent {
    let mut event = event("export-worker/export.json");
    event["Records"][0]["body"] = serde_json::to_string(&job.task()).unwrap().into();
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
    serde_json::from_value(event).unwrap()
}

async fn failures(worker: &Worker, event: SqsEvent) -> usize {
    handle(worker, event).await.batch_item_failures.len()
}

async fn stored(worker: &Worker, job: &ExportJob) -> ExportJob {
    worker.exports.get(job.user_id, job.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_file_holds_every_memory_of_its_owner_and_of_nobody_else() {
    let s3 = FakeS3::default();
    let worker = worker(&s3).await;
    let (owner, other) = (UserId::new(start()), UserId::new(start()));
    let expected =
        saved(&worker, owner, (0..250).map(|number| json!({"text": "こんにちは", "n": number}))).await;
    saved(&worker, other, [json!("a stranger's")].into_iter()).await;
    let job = queued(&worker, owner).await;
    assert_eq!(failures(&worker, message(&job, 1)).await, 0);

    let job = stored(&worker, &job).await;
    assert_eq!((job.status, job.attempt, job.progress.items_done), (ExportStatus::Completed, 1, 250));
    let file = s3.file(&job.object_key()).unwrap();
    assert_eq!(job.size_bytes, Some(file.len() as u64));
    assert_eq!(job.sha256, Some(data_encoding::HEXLOWER.encode(digest(&SHA256, &file).as_ref())));
    let document: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(document["account"], json!({"userId": owner}));
    assert_eq!(document["counts"], json!({"memories": 250}));
    assert!(document["memories"] == Value::Array(expected), "the memories differ");
}

#[tokio::test]
async fn an_empty_account_gets_a_file_without_memories() {
    let s3 = FakeS3::default();
    let worker = worker(&s3).await;
    let job = queued(&worker, UserId::new(start())).await;
    assert_eq!(failures(&worker, message(&job, 1)).await, 0);
    let job = stored(&worker, &job).await;
    assert_eq!((job.status, job.progress.items_done), (ExportStatus::Completed, 0));
    let document: Value = serde_json::from_slice(&s3.file(&job.object_key()).unwrap()).unwrap();
    assert_eq!(document["memories"], json!([]));
}

#[tokio::test]
async fn a_file_larger_than_a_part_comes_out_whole() {
    let s3 = FakeS3::default();
    let worker = worker(&s3).await;
    let owner = UserId::new(start());
    let big = |number: usize| json!({"text": format!("{number} ").repeat(10_000)});
    let expected = saved(&worker, owner, (100..320).map(big)).await;
    let job = queued(&worker, owner).await;
    assert_eq!(failures(&worker, message(&job, 1)).await, 0);
    assert!(s3.calls().contains(&"PUT 1".to_owned()), "{:?}", s3.calls());
    let file = s3.file(&stored(&worker, &job).await.object_key()).unwrap();
    let document: Value = serde_json::from_slice(&file).unwrap();
    assert!(document["memories"] == Value::Array(expected), "the memories differ");
}

#[tokio::test]
async fn a_message_about_a_finished_or_absent_job_changes_nothing() {
    let s3 = FakeS3::default();
    let worker = worker(&s3).await;
    let job = queued(&worker, UserId::new(start())).await;
    assert_eq!(failures(&worker, message(&job, 1)).await, 0);
    let completed = stored(&worker, &job).await;
    assert_eq!(failures(&worker, message(&job, 2)).await, 0);
    assert_eq!((stored(&worker, &job).await, s3.file_count()), (completed, 1));

    let absent = ExportJob::request(UserId::new(start()), start());
    assert_eq!(failures(&worker, message(&absent, 1)).await, 0);
    assert_eq!(s3.file_count(), 1);
}

#[tokio::test]
async fn messages_that_cannot_be_read_are_left_to_become_dead_letters_and_the_others_are_done() {
    let s3 = FakeS3::default();
    let worker = worker(&s3).await;
    let job = queued(&worker, UserId::new(start())).await;
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

    let failed = handle(&worker, batch).await.batch_item_failures;
    let failed: Vec<_> = failed.into_iter().map(|failure| failure.item_identifier).collect();
    assert_eq!(failed, ["no-body", "garbage", &unknown_kind]);
    assert_eq!(stored(&worker, &job).await.status, ExportStatus::Completed);
}

#[tokio::test]
async fn a_failure_is_tried_again_and_the_last_one_told_to_the_owner() {
    let s3 = FakeS3::broken_at("PUT");
    let worker = worker(&s3).await;
    let job = queued(&worker, UserId::new(start())).await;
    assert_eq!(failures(&worker, message(&job, MAX_RECEIVES - 1)).await, 1);
    assert_eq!(stored(&worker, &job).await.status, ExportStatus::Running);

    assert_eq!(failures(&worker, message(&job, MAX_RECEIVES)).await, 1);
    let failed = stored(&worker, &job).await;
    assert_eq!((failed.status, failed.attempt), (ExportStatus::Failed, 2));
    let reason = failed.failure.unwrap();
    assert!(reason.contains("Ask for a new one") && !reason.contains("AccessDenied"), "{reason}");
}

#[tokio::test]
async fn a_failed_attempt_does_not_stand_in_the_way_of_the_next() {
    let broken = worker(&FakeS3::broken_at("PUT")).await;
    let s3 = FakeS3::default();
    let mended = Worker { files: s3.files(), ..broken.clone() };
    let job = queued(&broken, UserId::new(start())).await;
    assert_eq!(failures(&broken, message(&job, 1)).await, 1);
    assert_eq!(failures(&mended, message(&job, 2)).await, 0);
    let job = stored(&mended, &job).await;
    assert_eq!((job.status, job.attempt), (ExportStatus::Completed, 2));
    assert!(s3.file(&job.object_key()).is_some());
}

/// Two seconds pass with every look at the clock, and one read gives about 25 of these memories.
#[tokio::test]
async fn while_a_file_is_written_progress_shows_and_the_message_is_held() {
    let queue = FakeQueue::default();
    let worker = Worker { now: ticking, queue: queue.queue(), ..worker(&FakeS3::broken_at("PUT")).await };
    let owner = UserId::new(start());
    saved(&worker, owner, (0..150).map(|_| json!("x".repeat(40_000)))).await;
    let job = queued(&worker, owner).await;
    assert_eq!(failures(&worker, message(&job, 1)).await, 1);

    let progress = stored(&worker, &job).await.progress;
    assert!((100..150).contains(&progress.items_done) && progress.items_total == 150, "{progress:?}");
    let holds = queue.calls();
    assert_eq!(holds.len(), 3, "at the beginning, once after ten seconds, and before the file is completed");
    for hold in holds {
        assert_eq!(hold["ReceiptHandle"], event("export-worker/export.json")["Records"][0]["receiptHandle"]);
        assert_eq!(hold["VisibilityTimeout"], 60);
    }
}

#[test]
fn the_template_gives_as_many_receives_and_as_much_time_as_the_worker_counts_on() {
    let template = include_str!("../../../template.yaml");
    let receives =
        format!("deadLetterTargetArn: !GetAtt JobsDeadLetters.Arn, maxReceiveCount: {MAX_RECEIVES}}}");
    assert!(template.contains(&receives), "the jobs queue should have {receives}");

    let function = template.split("\n  ExportWorkerFunction:\n").nth(1).unwrap();
    let timeout = function.split("Timeout: ").nth(1).unwrap().lines().next().unwrap();
    assert!(timeout.parse::<u64>().unwrap() >= WORKS_FOR.as_secs() + 30, "{timeout}");
}

#[test]
fn the_last_receive_is_known_from_the_real_event() {
    let last: SqsEvent = serde_json::from_value(event("export-worker/last-receive.json")).unwrap();
    assert_eq!(crate::receives(&last.records[0]), MAX_RECEIVES);
}
