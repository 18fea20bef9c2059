//! Media that come as they were announced.

use app_domain::{File, MediaKind, MediaState, MemoryMedia, TranscriptState};

use crate::stage::{OGG, PNG, Stage, now};

#[tokio::test]
async fn a_picture_becomes_a_file_of_its_memory() {
    let stage = Stage::new().await;
    let memory = stage.picture().await;
    assert!(stage.work(memory, 1).await);
    let file = stage.file(memory).await;
    assert_eq!(
        (file.name.as_str(), file.content_type.to_string()),
        ("image-2026-11-18.png", "image/png".into())
    );
    assert_eq!((file.size_bytes, stage.bytes(&file)), (PNG.len() as u64, PNG.to_vec()));
    assert_eq!(file.attached.unwrap().memory, memory);
    assert_eq!(stage.s3.object(&File::object_key(file.owner, file.id)).unwrap().content_type, "image/png");
    let media = stage.media(memory).await;
    assert_eq!((media.state, media.reason, media.transcript), (MediaState::Stored, None, None));
    assert_eq!(stage.files.usage(stage.owner).await.unwrap().count, 1);
    assert!(stage.told().is_empty() && stage.queue.take().is_empty());
}

#[tokio::test]
async fn a_file_is_called_what_its_sender_calls_it_and_is_what_it_is() {
    let stage = Stage::new().await;
    let said = stage.at_whatsapp(MediaKind::Document, "application/pdf", PNG);
    let memory =
        stage.memory(MemoryMedia { file_name: Some("Plan\n\u{202e}B.pdf".to_owned()), ..said }).await;
    assert!(stage.work(memory, 1).await);
    let file = stage.file(memory).await;
    assert_eq!((file.name.as_str(), file.content_type.to_string()), ("PlanB.pdf", "image/png".into()));
}

/// Its parameters are not for files: `codecs=opus` is not understood, and the rest of the type is.
#[tokio::test]
async fn a_recording_is_stored_and_written_down() {
    let stage = Stage::new().await;
    let memory = stage.recording().await;
    stage.openai.hear("buy milk");
    assert!(stage.work(memory, 1).await);
    let file = stage.file(memory).await;
    assert_eq!(
        (file.name.as_str(), file.content_type.to_string()),
        ("voice-2026-11-18.ogg", "audio/ogg".into())
    );
    assert_eq!(stage.bytes(&file), OGG);
    let memory = stage.read(memory).await;
    assert_eq!(memory.body_text(), "buy milk");
    assert_eq!(memory.content.as_ref().unwrap().value()["transcript"], "buy milk");
    assert_eq!(memory.media.unwrap().transcript, Some(TranscriptState::Done));
}

/// People send pages, too: what has the announced hash is what was sent.
#[tokio::test]
async fn a_document_that_is_a_page_is_stored() {
    let stage = Stage::new().await;
    let memory =
        stage.memory(stage.at_whatsapp(MediaKind::Document, "text/html", b"<!DOCTYPE html><p>Hi")).await;
    assert!(stage.work(memory, 1).await);
    assert_eq!(stage.file(memory).await.content_type.to_string(), "text/html");
}

#[tokio::test]
async fn a_large_file_goes_through_in_parts() {
    let stage = Stage::new().await;
    let mut bytes = PNG.to_vec();
    bytes.extend((0..40_u32 << 20).map(|place| (place / 7 + (place >> 16)) as u8));
    let memory = stage.memory(stage.at_whatsapp(MediaKind::Document, "image/png", &bytes)).await;
    assert!(stage.work(memory, 1).await);
    let file = stage.file(memory).await;
    assert!(stage.bytes(&file) == bytes, "the bytes differ");
    assert_eq!(file.checksum.unwrap().parts(), Some(6));
    assert!(stage.s3.largest_body() <= 8 << 20, "no more than a part is in memory");
    assert_eq!(file.created_at, now());
}
