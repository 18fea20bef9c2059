//! Messages that bring media.

use app_domain::{MediaKind, MediaState};

use super::*;

#[tokio::test]
async fn media_are_fetched_for_the_memory_that_they_came_with() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[image("wamid.1", PHONE, 1, "The lake"), text("wamid.2", PHONE, 2, "no media")]).await;
    let memory = fixture.memories_of(user).await.remove(1);
    let media = memory.media.unwrap();
    assert_eq!((media.kind, media.state), (MediaKind::Image, MediaState::Pending));
    assert_eq!(media.source.phone_number_id.as_deref(), Some(SHARED));
    let job = json!({"owner": user, "memory": memory.id});
    assert_eq!(fixture.media.take(), std::slice::from_ref(&job));
    // Delivered again by Meta, later: the job is of the memory that is there.
    assert!(fixture.handle(queued_at(&[image("wamid.1", PHONE, 1, "The lake")], 90)).await.is_empty());
    assert_eq!(fixture.media.take(), [job]);
}

#[tokio::test]
async fn media_that_are_stored_are_not_fetched_again() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let message = [image("wamid.1", PHONE, 1, "The lake")];
    fixture.deliver(&message).await;
    fixture.media.take();
    let id = fixture.memories_of(user).await[0].id;
    let failed = |memory: Memory| {
        let media = memory.media.clone().map(|media| media.failed("gone"));
        Some(Memory { media, ..memory })
    };
    fixture.memories.amend(user, id, failed).await.unwrap().unwrap();
    fixture.deliver(&message).await;
    assert!(fixture.media.take().is_empty());
}

#[tokio::test]
async fn what_could_not_be_handed_on_is_handed_on_when_the_message_comes_again() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let batch = queued(&[image("wamid.1", PHONE, 1, "The lake"), text("wamid.2", PHONE, 2, "after")]);
    fixture.media.refuse(true);
    assert_eq!(fixture.handle(batch.clone()).await, ["m0", "m1"]);
    assert_eq!(fixture.words_of(user).await, ["The lake"]);
    fixture.media.refuse(false);
    assert!(fixture.handle(batch).await.is_empty());
    assert_eq!(fixture.words_of(user).await, ["after", "The lake"]);
    assert_eq!(fixture.media.take().len(), 1);
    assert_eq!(fixture.said(), [OutgoingTask::Seen, OutgoingTask::Seen]);
}
