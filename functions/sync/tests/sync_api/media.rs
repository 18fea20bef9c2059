//! Media that are tried again.

use app_domain::{
    MediaKind, MediaSource, MediaState, Memory, MemoryDraft, MemoryId, MemoryMedia, MemorySource,
    MemoryTitle, TranscriptState,
};
use serde_json::json;

use crate::stage::{Person, Stage, now, person, refusal, refused};

fn retry(id: MemoryId) -> String {
    format!("/sync/whatsapp/media/{id}/retry")
}

fn media(kind: MediaKind) -> MemoryMedia {
    let source = MediaSource {
        media_id: "8800110022003300".to_owned(),
        phone_number_id: None,
        sha256: None,
        received_at: now(),
    };
    MemoryMedia::pending(kind, Some("image/jpeg".to_owned()), None, source)
}

async fn save(stage: &Stage, person: &Person, media: Option<MemoryMedia>) -> MemoryId {
    let draft = MemoryDraft { title: MemoryTitle::parse("A photo").ok(), ..MemoryDraft::default() };
    let id = MemoryId::new(now());
    let memory = Memory::new(id, person.id, MemorySource::Whatsapp, draft, now()).unwrap();
    stage.memories.create(&Memory { media, ..memory }).await.unwrap();
    id
}

async fn stored(stage: &Stage, person: &Person, id: MemoryId) -> MemoryMedia {
    stage.memories.get(person.id, id).await.unwrap().unwrap().media.unwrap()
}

#[tokio::test]
async fn media_that_could_not_be_fetched_are_fetched_again() {
    let (stage, person) = (Stage::new().await, person());
    let id = save(&stage, &person, Some(media(MediaKind::Image).failed("It is too large."))).await;
    let reply = stage.post(&person, &retry(id), &json!({})).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    assert_eq!(reply.json(), json!({"memoryId": id, "state": "pending"}));
    assert_eq!(stage.media.take(), [json!({"owner": person.id, "memory": id})]);
    let media = stored(&stage, &person, id).await;
    assert_eq!((media.state, media.reason, media.retries), (MediaState::Pending, None, 1));
}

#[tokio::test]
async fn what_was_said_is_written_down_again() {
    let (stage, person) = (Stage::new().await, person());
    let voice = media(MediaKind::Voice).stored(app_domain::FileId::new(now()));
    let voice = MemoryMedia { transcript: Some(TranscriptState::Failed), ..voice };
    let id = save(&stage, &person, Some(voice)).await;
    let reply = stage.post(&person, &retry(id), &json!({})).await;
    assert_eq!(reply.json(), json!({"memoryId": id, "state": "stored", "transcript": "pending"}));
    assert_eq!(stage.media.take().len(), 1);
}

/// Whoever asks again after an error, or twice, has the job sent again, and counts no attempt more.
#[tokio::test]
async fn a_job_that_the_queue_did_not_take_is_sent_when_it_is_asked_for_again() {
    let (stage, person) = (Stage::new().await, person());
    let id = save(&stage, &person, Some(media(MediaKind::Image).failed("Gone."))).await;
    stage.media.refuse(true);
    assert_eq!(refusal(&stage.post(&person, &retry(id), &json!({})).await), refused(503, "Unavailable"));
    stage.media.refuse(false);
    for _ in 0..2 {
        assert_eq!(stage.post(&person, &retry(id), &json!({})).await.status, 202);
    }
    assert_eq!((stage.media.take().len(), stored(&stage, &person, id).await.retries), (2, 1));
}

#[tokio::test]
async fn where_nothing_failed_nothing_is_tried_again() {
    let (stage, person) = (Stage::new().await, person());
    let file = app_domain::FileId::new(now());
    for media in [None, Some(media(MediaKind::Image).stored(file))] {
        let id = save(&stage, &person, media).await;
        assert_eq!(
            refusal(&stage.post(&person, &retry(id), &json!({})).await),
            refused(409, "NothingToRetry")
        );
    }
    assert!(stage.media.take().is_empty());
}

#[tokio::test]
async fn somebody_elses_media_do_not_exist() {
    let (stage, ada, eve) = (Stage::new().await, person(), person());
    let id = save(&stage, &ada, Some(media(MediaKind::Image).failed("Gone."))).await;
    assert_eq!(refusal(&stage.post(&eve, &retry(id), &json!({})).await), refused(404, "NotFound"));
    for path in [retry(MemoryId::new(now())), "/sync/whatsapp/media/none/retry".to_owned()] {
        assert_eq!(stage.post(&ada, &path, &json!({})).await.status, 404, "{path}");
    }
    assert!(stage.media.take().is_empty());
    assert_eq!(stored(&stage, &ada, id).await.state, MediaState::Failed);
}
