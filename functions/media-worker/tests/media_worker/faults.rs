//! What WhatsApp does wrong, and what becomes of the media then.

use app_testing::Log;
use std::time::Duration;

use app_domain::{MediaKind, MediaSource, MediaState, MemoryId, MemoryMedia, OutgoingKey};
use app_testing::graph::{FakeGraph, Fault, GraphCall, Media, MediaFault};
use app_testing::openai::FakeOpenAi;
use media_worker::MAX_RECEIVES;
use serde_json::json;

use crate::stage::{PHONE, PNG, Stage, now};

/// A memory of a picture with something wrong.
async fn broken(stage: &Stage, fault: MediaFault) -> MemoryId {
    let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
    let media_id = stage.graph.put_media(Media::new("image/png", PNG).with(fault));
    stage.memory(MemoryMedia { source: MediaSource { media_id, ..said.source }, ..said }).await
}

async fn state(stage: &Stage, memory: MemoryId) -> (MediaState, String) {
    let media = stage.media(memory).await;
    (media.state, media.reason.unwrap_or_default())
}

#[tokio::test]
async fn what_passes_is_tried_again_and_then_stored() {
    let stage = Stage::new().await;
    for (call, fault) in [
        (GraphCall::Media, Fault::Code(2)),
        (GraphCall::Media, Fault::Code(4)),
        (GraphCall::Media, Fault::Page(503)),
        (GraphCall::Media, Fault::CutBefore),
        (GraphCall::Media, Fault::Truncated),
        (GraphCall::Download, Fault::Page(503)),
        (GraphCall::Download, Fault::CutAfter),
        (GraphCall::Download, Fault::Truncated),
    ] {
        let memory = stage.picture().await;
        stage.graph.fail(call, fault.clone());
        assert!(!stage.work(memory, 1).await, "{fault:?}");
        assert_eq!(state(&stage, memory).await, (MediaState::Pending, String::new()));
        assert!(stage.work(memory, 2).await, "{fault:?}");
        assert_eq!(stage.bytes(&stage.file(memory).await), PNG);
    }
    assert!(stage.told().is_empty(), "there is nothing to tell");
}

#[tokio::test]
async fn what_never_passes_is_left_to_the_operator_and_told_to_its_owner() {
    let stage = Stage::new().await;
    let memory = stage.picture().await;
    stage.graph.fail(GraphCall::Media, Fault::Page(503));
    assert!(!stage.work(memory, MAX_RECEIVES).await, "it goes to the dead letters");
    let (failed, reason) = state(&stage, memory).await;
    assert_eq!(failed, MediaState::Failed);
    assert!(reason.contains("did not answer"), "{reason}");
    let key = OutgoingKey::media_failed(memory, 0).to_string();
    assert_eq!(stage.told(), [(key, json!({"name": "mediaFailed", "media": "image"}))]);

    // As when an operator has the dead letters delivered again.
    assert!(stage.work(memory, 1).await);
    assert_eq!(state(&stage, memory).await, (MediaState::Stored, String::new()));
}

#[tokio::test]
async fn an_old_address_is_asked_for_anew_and_one_that_moved_is_followed() {
    let stage = Stage::new().await;
    for (fault, calls) in [(MediaFault::ExpiredOnce, 2), (MediaFault::Moved, 1)] {
        let before = stage.graph.calls(GraphCall::Media);
        let memory = broken(&stage, fault).await;
        assert!(stage.work(memory, 1).await);
        stage.file(memory).await;
        assert_eq!(stage.graph.calls(GraphCall::Media) - before, calls, "{fault:?}");
    }
}

#[tokio::test]
async fn media_that_are_no_more_have_failed_at_once() {
    let stage = Stage::new().await;
    let memory = stage.picture().await;
    stage.graph.pass(Duration::from_secs(7 * 24 * 60 * 60));
    assert!(stage.work(memory, 1).await);
    let (failed, reason) = state(&stage, memory).await;
    assert_eq!(failed, MediaState::Failed);
    assert!(reason.contains("seven days"), "{reason}");
    assert_eq!(stage.told().len(), 1);
    assert!(stage.s3.is_empty());

    // Once for each time that it is asked for, and to nobody who wants silence.
    stage.links.set_muted(stage.owner, true).await.unwrap();
    assert!(stage.work(memory, 1).await);
    assert!(stage.told().is_empty());
}

#[tokio::test]
async fn what_comes_damaged_is_tried_again_and_has_failed_at_last() {
    let stage = Stage::new().await;
    for fault in [MediaFault::WrongHash, MediaFault::Page] {
        let memory = broken(&stage, fault).await;
        assert!(!stage.work(memory, 1).await);
        assert_eq!(state(&stage, memory).await.0, MediaState::Pending);
        // A page may be anything, so that an operator should have a look.
        assert_eq!(stage.work(memory, MAX_RECEIVES).await, fault == MediaFault::WrongHash);
        assert_eq!(state(&stage, memory).await.0, MediaState::Failed);
        assert!(stage.s3.is_empty() && stage.files.usage(stage.owner).await.unwrap().count == 0);
    }
}

/// A page without being called so, where nothing tells the hash.
#[tokio::test]
async fn a_page_is_no_picture() {
    let stage = Stage::new().await;
    let page = Media::new("image/png", b"<!DOCTYPE html><p>Sorry").with(MediaFault::Untold);
    let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
    let source = MediaSource { media_id: stage.graph.put_media(page), sha256: None, ..said.source };
    let memory = stage.memory(MemoryMedia { source, ..said }).await;
    assert!(!stage.work(memory, 1).await);
    assert!(stage.s3.is_empty());
}

/// With a hash in hexadecimal, as histories have it.
#[tokio::test]
async fn a_hash_is_read_in_both_forms() {
    let stage = Stage::new().await;
    for (sha256, is_right) in [("0".repeat(64), false), (hex(PNG), true)] {
        let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
        let source = MediaSource { sha256: Some(sha256), ..said.source };
        let memory = stage.memory(MemoryMedia { source, ..said }).await;
        assert_eq!(stage.work(memory, 1).await, is_right);
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

#[tokio::test]
async fn a_dead_token_is_read_anew_and_a_backlog_waits_until_there_is_a_good_one() {
    let stage = Stage::new().await;
    // Replaced since it was remembered.
    *stage.tokens[0].lock().unwrap() = "EAAG-replaced".to_owned();
    let memory = stage.picture().await;
    assert!(stage.work(memory, 1).await);
    stage.file(memory).await;

    stage.graph.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = false);
    let memory = stage.picture().await;
    let log = Log::start();
    assert!(stage.work(memory, MAX_RECEIVES).await, "it waits as a message of its own");
    assert!(
        log.text().contains(r#""alarm":"whatsappToken""#) && !log.text().contains("EAAG"),
        "{}",
        log.text()
    );
    assert_eq!(state(&stage, memory).await, (MediaState::Pending, String::new()));
    let waiting = stage.queue.take();
    assert_eq!(waiting, [json!({"owner": stage.owner, "memory": memory})]);

    stage.graph.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = true);
    assert!(stage.handle(&waiting[0].to_string(), 1).await);
    stage.file(memory).await;
    assert!(stage.told().is_empty() && stage.links.of(stage.owner).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn the_owner_of_a_number_is_shown_that_its_token_is_dead() {
    let stage = Stage::new().await;
    let own = |stage: &Stage| {
        let media = Media { number: Some(FakeGraph::OWN_NUMBER.to_owned()), ..Media::new("image/png", PNG) };
        let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
        let phone_number_id = Some(FakeGraph::OWN_NUMBER.to_owned());
        let source = MediaSource { media_id: stage.graph.put_media(media), phone_number_id, ..said.source };
        MemoryMedia { source, ..said }
    };
    stage.connect_own("EAAG-dead").await;
    let memory = stage.memory(own(&stage)).await;
    assert!(stage.work(memory, 1).await);
    let fault = stage.links.of(stage.owner).await.unwrap().fault.unwrap();
    assert_eq!((fault.code, fault.at), (190, now()));
    assert_eq!(stage.queue.take().len(), 1);

    stage.connect_own(FakeGraph::OWN_TOKEN).await;
    assert!(stage.work(memory, 1).await);
    stage.file(memory).await;

    // A contact of theirs is told nothing, whatever happens.
    let gone = stage.memory(own(&stage)).await;
    stage.numbers.disconnect(stage.owner, &app_domain::Origin::default(), now()).await.unwrap();
    assert!(stage.work(gone, 1).await);
    let (failed, reason) = state(&stage, gone).await;
    assert!(failed == MediaState::Failed && reason.contains("not connected"), "{reason}");
    assert!(stage.told().is_empty());
}

#[tokio::test]
async fn a_token_that_is_dead_for_too_long_is_waited_for_no_more() {
    let stage = Stage::new().await;
    stage.graph.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = false);
    let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
    let received_at =
        app_domain::Timestamp::from_millis(now().as_millis() - 8 * 24 * 60 * 60 * 1000).unwrap();
    let source = MediaSource { received_at, ..said.source };
    let memory = stage.memory(MemoryMedia { source, ..said }).await;
    assert!(stage.work(memory, 1).await);
    assert_eq!(state(&stage, memory).await.0, MediaState::Failed);
    assert!(stage.queue.take().is_empty());
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let stage = Stage::new().await;
    let log = Log::start();
    let memory = stage.recording().await;
    stage.openai.hear("buy milk");
    assert!(stage.work(memory, 1).await);
    for fault in [Fault::Code(190), Fault::Code(131_052), Fault::Page(500)] {
        let said = stage.at_whatsapp(MediaKind::Image, "image/png", PNG);
        let memory = stage.memory(MemoryMedia { file_name: Some("Affair.png".to_owned()), ..said }).await;
        stage.graph.fail(GraphCall::Media, fault);
        stage.work(memory, MAX_RECEIVES).await;
    }
    let owner = stage.owner.to_string();
    for secret in ["EAAG", PHONE, "milk", "Affair", "http://", FakeOpenAi::KEY, &owner] {
        assert!(!log.text().contains(secret), "{secret}: {}", log.text());
    }
}
