//! What is said in recordings, and when it is not written down.

use app_domain::{MediaKind, MediaState, Memory, TranscriptState};
use app_testing::openai::Fault;
use media_worker::MAX_RECEIVES;

use crate::stage::{OGG, Stage};

async fn transcript(
    stage: &Stage,
    memory: app_domain::MemoryId,
) -> (MediaState, Option<TranscriptState>, String) {
    let media = stage.media(memory).await;
    (media.state, media.transcript, media.reason.unwrap_or_default())
}

#[tokio::test]
async fn nobody_is_asked_if_nobody_hears_or_nobody_may() {
    let stage = Stage::with("free=1GB/1GB,premium=1GB/1GB", false).await;
    let memory = stage.recording().await;
    assert!(stage.work(memory, 1).await);
    assert_eq!(transcript(&stage, memory).await, (MediaState::Stored, None, String::new()));

    let stage = Stage::new().await;
    let none = |settings: &mut app_domain::MemoSettings| -> Result<(), ()> {
        settings.external_models = false;
        Ok(())
    };
    stage.settings.change(stage.owner, none).await.unwrap();
    let memory = stage.recording().await;
    assert!(stage.work(memory, 1).await);
    let (state, written, reason) = transcript(&stage, memory).await;
    assert_eq!((state, written), (MediaState::Stored, None));
    assert!(reason.contains("settings"), "{reason}");
    assert!(stage.openai.take_seen().is_empty());
}

#[tokio::test]
async fn a_model_that_does_not_answer_is_asked_again_and_at_last_left() {
    let stage = Stage::new().await;
    let memory = stage.recording().await;
    stage.openai.fail(Fault::Status(503));
    assert!(!stage.work(memory, 1).await);
    assert_eq!(
        transcript(&stage, memory).await,
        (MediaState::Stored, Some(TranscriptState::Pending), String::new())
    );
    stage.openai.fail(Fault::Status(503));
    assert!(stage.work(memory, MAX_RECEIVES).await, "the recording is there: nothing for an operator to do");
    let (_, written, reason) = transcript(&stage, memory).await;
    assert_eq!(written, Some(TranscriptState::Failed));
    assert!(reason.contains("Try again"), "{reason}");

    // As its owner does.
    let again = |memory: Memory| Some(Memory { media: Some(memory.media.clone()?.retried()?), ..memory });
    stage.memories.amend(stage.owner, memory, again).await.unwrap();
    stage.openai.hear("buy milk");
    assert!(stage.work(memory, 1).await);
    assert_eq!(stage.read(memory).await.body_text(), "buy milk");
    assert_eq!(stage.s3.counts(), (1, 1), "it was fetched once");
}

#[tokio::test]
async fn what_cannot_be_heard_or_paid_is_said_so() {
    let stage = Stage::new().await;
    let media = stage.at_whatsapp(MediaKind::Voice, "audio/amr", b"#!AMR\nand somebody speaks");
    let strange = stage.memory(media).await;
    assert!(stage.work(strange, 1).await);
    let (state, written, reason) = transcript(&stage, strange).await;
    assert_eq!((state, written), (MediaState::Stored, Some(TranscriptState::Failed)));
    assert!(reason.contains("cannot be read"), "{reason}");

    let mut long = OGG.to_vec();
    long.resize(3_000_000, 1);
    let long = stage.memory(stage.at_whatsapp(MediaKind::Audio, "audio/ogg", &long)).await;
    assert!(stage.work(long, 1).await);
    let (state, written, reason) = transcript(&stage, long).await;
    assert_eq!((state, written), (MediaState::Stored, Some(TranscriptState::Failed)));
    assert!(reason.contains("budget"), "{reason}");
    assert!(stage.openai.take_seen().is_empty());
}

#[tokio::test]
async fn silence_is_written_down_as_nothing() {
    let stage = Stage::new().await;
    let memory = stage.recording().await;
    stage.openai.hear("");
    assert!(stage.work(memory, 1).await);
    assert_eq!(transcript(&stage, memory).await.1, Some(TranscriptState::Done));
    let content = stage.read(memory).await.content.unwrap();
    assert_eq!(content.value()["transcript"], serde_json::Value::Null);
}
