//! Media of memories, and how far messages have come: what workers write beside the owner.

use std::sync::Arc;

use app_domain::{
    Attachments, Content, DeliveryState, FileId, MediaKind, MediaSource, MediaState, Memory, MemoryMedia,
    MemoryPatch, MemoryTitle, Message, MessageDelivery, MessageDraft, MessageId, MessagePatch, MessageText,
    MessageType, Metadata, Patch, UserId,
};
use app_store::Creation;
use serde_json::json;

use crate::{Stage, at, memory};

fn media() -> MemoryMedia {
    let source = MediaSource {
        media_id: "8800110022003300".to_owned(),
        phone_number_id: None,
        sha256: None,
        received_at: at(0),
    };
    MemoryMedia::pending(MediaKind::Voice, Some("audio/ogg".to_owned()), None, source)
}

async fn saved(stage: &Stage, owner: UserId) -> Memory {
    let memory = Memory { media: Some(media()), ..memory(owner, "", 1) };
    assert!(matches!(stage.memories.create(&memory).await.unwrap(), Creation::Saved { .. }));
    memory
}

fn title(n: i64) -> MemoryPatch {
    MemoryPatch {
        title: Patch::Set(MemoryTitle::parse(&format!("Title {n}")).unwrap()),
        ..MemoryPatch::default()
    }
}

#[tokio::test]
async fn changes_of_owner_and_worker_at_once_lose_nothing() {
    let stage = Arc::new(Stage::new().await);
    let ada = UserId::new(at(0));
    let id = saved(&stage, ada).await.id;
    let (file, owners, workers) = (FileId::new(at(2)), Arc::clone(&stage), Arc::clone(&stage));
    let patched = tokio::spawn(async move {
        for n in 1..=8 {
            let change = |memory: Memory| memory.patched(title(n), at(10 + n));
            owners.memories.change(ada, id, None, change).await.unwrap();
        }
    });
    let amended = tokio::spawn(async move {
        for n in 1..=8 {
            let words = format!("line {n}");
            let change = |memory: Memory| {
                let content = Content::parse(json!({"text": words})).ok();
                let media =
                    memory.media.clone().map(|media| MemoryMedia { retries: n, ..media.stored(file) });
                Some(Memory { content, media, ..memory })
            };
            assert!(workers.memories.amend(ada, id, change).await.unwrap().is_some());
        }
    });
    patched.await.unwrap();
    amended.await.unwrap();
    let after = stage.memories.get(ada, id).await.unwrap().unwrap();
    let stored = after.media.clone().unwrap();
    assert_eq!((stored.state, stored.file, stored.retries), (MediaState::Stored, Some(file), 8));
    assert_eq!(after.title.as_ref().map(MemoryTitle::as_str), Some("Title 8"));
    assert_eq!((after.content.clone().unwrap().text(), after.version.get()), ("line 8".to_owned(), 17));
    // It is newer by what its owner did alone.
    assert_eq!(after.updated_at, at(18));

    let unchanged = stage.memories.amend(ada, id, Some).await.unwrap();
    assert_eq!(unchanged, None);
    assert_eq!(stage.memories.amend(UserId::new(at(0)), id, Some).await.unwrap(), None);
}

#[tokio::test]
async fn an_earlier_version_brings_no_earlier_media() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let first = saved(&stage, ada).await;
    let id = first.id;
    stage.memories.change(ada, id, None, |memory: Memory| memory.patched(title(1), at(5))).await.unwrap();
    let file = FileId::new(at(2));
    let change = |memory: Memory| {
        let media = memory.media.clone().map(|media| media.stored(file));
        Some(Memory { media, ..memory })
    };
    stage.memories.amend(ada, id, change).await.unwrap();
    let back = |memory: Memory| memory.restored(first.clone(), at(9));
    let restored = stage.memories.change(ada, id, None, back).await.unwrap();
    assert_eq!((restored.title, restored.media.unwrap().file), (None, Some(file)));
}

#[tokio::test]
async fn news_of_a_message_go_forward_beside_its_owners_changes() {
    let stage = Stage::new().await;
    let messages = &stage.messages;
    let ada = UserId::new(at(0));
    let memory = saved(&stage, ada).await.id;
    let post = |delivery| {
        let draft = MessageDraft {
            content: MessageText::parse("hello").unwrap(),
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            parent: None,
            is_ai_generated: false,
            delivery,
        };
        Message::new(MessageId::new(at(2)), ada, memory, draft, at(2))
    };
    let (posted, plain) = (post(Some(MessageDelivery::queued(at(2)))), post(None));
    messages.create(&posted).await.unwrap();
    messages.create(&plain).await.unwrap();
    let news = async |id, state, seconds| {
        messages.delivered(ada, memory, id, state, None, at(seconds)).await.unwrap()
    };
    use DeliveryState::{Delivered, Failed, Read, Sent};
    let mut moved = Vec::new();
    for (state, seconds) in [(Sent, 3), (Read, 5), (Delivered, 4), (Read, 6), (Failed, 7)] {
        moved.push(news(posted.id, state, seconds).await);
    }
    assert_eq!(moved, [true, true, false, false, false]);
    let found = messages.get(ada, memory, posted.id).await.unwrap();
    assert_eq!((found.delivery.clone().unwrap().at, found.version.get()), (at(5), 3));
    let patch = MessagePatch { content: MessageText::parse("hi").ok(), ..MessagePatch::default() };
    let patched = messages.patch(ada, memory, posted.id, None, &patch, at(8)).await.unwrap();
    assert_eq!(patched.delivery, found.delivery);
    // Those that go nowhere, or are nowhere.
    assert!(!news(plain.id, Sent, 3).await);
    assert!(!news(MessageId::new(at(9)), Sent, 3).await);
    let reason = Some("The window is closed.".to_owned());
    let second = post(Some(MessageDelivery::queued(at(2))));
    messages.create(&second).await.unwrap();
    assert!(messages.delivered(ada, memory, second.id, Failed, reason.clone(), at(4)).await.unwrap());
    assert_eq!(messages.get(ada, memory, second.id).await.unwrap().delivery.unwrap().reason, reason);
}
