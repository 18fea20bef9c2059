//! Jobs that come again, twice at once, too late, or after the death of whoever did them.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use app_domain::{File, MediaKind, MediaState, MemoryId, TranscriptState};
use app_store::FileRemoval;
use app_testing::graph::GraphCall;
use app_testing::{Log, event};
use media_worker::{FETCHES_FOR, MAX_RECEIVES, handle};

use crate::stage::{OGG, PNG, Stage, now};

/// Does something until it has waited so often, and dies there. Whether it came to its end.
async fn dying(waits: usize, work: impl Future<Output = bool>) -> bool {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if left == 0 => Poll::Ready(false),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn settled(stage: &Stage, memory: MemoryId, bytes: &[u8]) {
    assert_eq!(stage.bytes(&stage.file(memory).await), bytes);
    assert_eq!(stage.media(memory).await.state, MediaState::Stored);
}

/// At every place where it waits for somebody.
#[tokio::test]
async fn whoever_dies_anywhere_is_followed_by_somebody_who_ends_it() {
    let stage = Stage::with("free=1GB/1GB,premium=1GB/1GB", true).await;
    let mut made = 0;
    for waits in 0.. {
        let memory = stage.recording().await;
        let is_ended = dying(waits, stage.work(memory, 1)).await;
        assert!(stage.work(memory, 2).await, "after {waits}");
        settled(&stage, memory, OGG).await;
        assert_eq!(stage.media(memory).await.transcript, Some(TranscriptState::Done), "after {waits}");
        made += 1;
        let usage = stage.files.usage(stage.owner).await.unwrap();
        assert_eq!((usage.count, usage.bytes), (made, made * OGG.len() as u64), "after {waits}");
        if is_ended {
            assert!(waits > 15, "{waits}");
            break;
        }
    }
    assert_eq!(stage.s3.counts().0 as u64, made);
}

/// Each call of S3 fails, and the next time it does not.
#[tokio::test]
async fn every_call_of_the_bucket_may_fail() {
    let stage = Stage::new().await;
    let mut large = PNG.to_vec();
    large.resize(9 << 20, 7);
    for (call, bytes) in [
        ("HeadObject", PNG),
        ("PutObject", PNG),
        ("GetObject", PNG),
        ("DeleteObjectTagging", PNG),
        ("CreateMultipartUpload", &large),
        ("UploadPart", &large),
        ("CompleteMultipartUpload", &large),
    ] {
        let memory = stage.memory(stage.at_whatsapp(MediaKind::Document, "image/png", bytes)).await;
        stage.s3.break_at(Some(call));
        assert!(!stage.work(memory, 1).await, "{call}");
        stage.s3.break_at(None);
        assert!(stage.work(memory, 2).await, "{call}");
        settled(&stage, memory, bytes).await;
    }
}

#[tokio::test]
async fn a_job_that_comes_again_changes_nothing() {
    let stage = Stage::new().await;
    let memory = stage.recording().await;
    assert!(stage.work(memory, 1).await);
    let (before, calls) = (stage.read(memory).await, stage.graph.calls(GraphCall::Media));
    assert!(stage.work(memory, 1).await);
    assert_eq!((stage.read(memory).await, stage.graph.calls(GraphCall::Media)), (before, calls));
    assert_eq!(stage.s3.counts(), (1, 1));
}

#[tokio::test]
async fn jobs_that_come_at_once_make_one_file() {
    let stage = Stage::new().await;
    let mut large = PNG.to_vec();
    large.resize(9 << 20, 7);
    for bytes in [PNG, &large] {
        let memory = stage.memory(stage.at_whatsapp(MediaKind::Image, "image/png", bytes)).await;
        let done = futures_util::future::join_all((0..4).map(|_| stage.work(memory, 1))).await;
        // Who came too late may have to look once more.
        assert!(done.contains(&true));
        assert!(stage.work(memory, 2).await);
        settled(&stage, memory, bytes).await;
    }
    let usage = stage.files.usage(stage.owner).await.unwrap();
    assert_eq!((usage.count, stage.s3.counts()), (2, (2, 2)));
}

#[tokio::test]
async fn nothing_is_left_of_media_whose_memory_goes_meanwhile() {
    let stage = Stage::new().await;
    for waits in (0..60).step_by(3) {
        let memory = stage.picture().await;
        dying(waits, stage.work(memory, 1)).await;
        stage.memories.trash(stage.owner, memory, None, now()).await.unwrap();
        assert!(stage.work(memory, 2).await);
        // As the chore does when its time in the trash is over, and once more for what came late.
        let removal = FileRemoval::new(stage.files.clone(), stage.bucket());
        removal.delete_of(stage.owner, memory, now()).await.unwrap();
        stage.memories.purge(stage.owner, memory, now()).await.unwrap();
        assert!(stage.work(memory, 3).await);
        assert_eq!(stage.files.usage(stage.owner).await.unwrap().count, 0, "after {waits}");
        let left = stage.s3.unseen();
        assert_eq!(stage.s3.counts().0, left, "but for what the bucket removes by itself");
    }
}

/// It may be restored.
#[tokio::test]
async fn a_job_for_a_memory_in_the_trash_waits() {
    let stage = Stage::new().await;
    let memory = stage.picture().await;
    stage.memories.trash(stage.owner, memory, None, now()).await.unwrap();
    assert!(stage.work(memory, 1).await);
    let waiting = stage.queue.take();
    assert_eq!(waiting.len(), 1);
    stage.memories.restore(stage.owner, memory).await.unwrap();
    assert!(stage.handle(&waiting[0].to_string(), 1).await);
    settled(&stage, memory, PNG).await;
}

/// Deleted by its owner before the memory knew of it: it is fetched again, and whole.
#[tokio::test]
async fn what_an_earlier_file_has_left_does_not_take_the_next_one_along() {
    let stage = Stage::new().await;
    let memory = stage.picture().await;
    assert!(stage.work(memory, 1).await);
    let file = stage.file(memory).await;
    stage.files.remove(stage.owner, file.id, None, now()).await.unwrap();
    let pending = |memory: app_domain::Memory| {
        let media =
            app_domain::MemoryMedia { state: MediaState::Pending, file: None, ..memory.media.clone()? };
        Some(app_domain::Memory { media: Some(media), ..memory })
    };
    stage.memories.amend(stage.owner, memory, pending).await.unwrap();
    assert!(stage.work(memory, 1).await);
    let removal = FileRemoval::new(stage.files.clone(), stage.bucket());
    removal.erase(stage.owner, file.id).await.unwrap();
    settled(&stage, memory, PNG).await;
    assert!(stage.s3.object(&File::object_key(stage.owner, file.id)).is_some());
}

#[tokio::test]
async fn what_cannot_be_read_is_left_for_the_dead_letters() {
    let stage = Stage::new().await;
    let log = Log::start();
    for name in ["poison", "job"] {
        let event = serde_json::from_value(event(&format!("media-worker/{name}.json"))).unwrap();
        let failures = handle(&stage.worker, event).await.batch_item_failures.len();
        assert_eq!(failures, usize::from(name == "poison"), "{name}");
    }
    assert!(!log.text().contains("SECRET"), "{}", log.text());
    assert!(!stage.handle("", 1).await && !stage.handle("{}", 1).await);
}

#[test]
fn the_template_gives_as_many_receives_and_as_much_time_as_the_worker_counts_on() {
    let template = include_str!("../../../../template.yaml");
    let receives =
        format!("deadLetterTargetArn: !GetAtt MediaDeadLetters.Arn, maxReceiveCount: {MAX_RECEIVES}}}");
    assert!(template.contains(&receives), "the media queue should have {receives}");

    let function = template.split("\n  MediaWorkerFunction:\n").nth(1).unwrap();
    let timeout = function.split("Timeout: ").nth(1).unwrap().lines().next().unwrap();
    assert!(timeout.parse::<u64>().unwrap() >= FETCHES_FOR.as_secs() + 15, "{timeout}");
}
