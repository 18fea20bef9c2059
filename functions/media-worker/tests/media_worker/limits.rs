//! How much is taken.

use app_domain::{MediaKind, MediaSource, MediaState, MemoryId, MemoryMedia};
use app_testing::graph::{Media, MediaFault};

use crate::stage::{PNG, Stage};

async fn reason(stage: &Stage, memory: MemoryId) -> String {
    assert!(stage.work(memory, 1).await, "it is settled");
    let media = stage.media(memory).await;
    assert_eq!(media.state, MediaState::Failed);
    assert_eq!(stage.told().len(), 1);
    media.reason.unwrap()
}

/// A sticker of so many bytes, of which nobody tells how large it is before it comes.
async fn untold(stage: &Stage, bytes: usize) -> MemoryId {
    let mut large = PNG.to_vec();
    large.resize(bytes, 7);
    let said = stage.at_whatsapp(MediaKind::Sticker, "image/png", PNG);
    let media_id = stage.graph.put_media(Media::new("image/png", large).with(MediaFault::Untold));
    let source = MediaSource { media_id, sha256: None, ..said.source };
    stage.memory(MemoryMedia { source, ..said }).await
}

#[tokio::test]
async fn what_is_too_large_is_refused_whoever_says_so() {
    let stage = Stage::new().await;
    let mut large = PNG.to_vec();
    large.resize((4 << 20) + 1, 7);
    let announced = stage.memory(stage.at_whatsapp(MediaKind::Sticker, "image/png", &large)).await;
    assert!(reason(&stage, announced).await.contains("larger"));
    let unannounced = untold(&stage, (4 << 20) + 1).await;
    assert!(reason(&stage, unannounced).await.contains("larger"));
    let refused = untold(&stage, 10).await;
    let media_id = stage.graph.put_media(Media::new("image/png", PNG).with(MediaFault::TooLarge));
    let source = MediaSource { media_id, ..stage.media(refused).await.source };
    let with_it = |memory: app_domain::Memory| {
        let media = MemoryMedia { source: source.clone(), ..memory.media.clone()? };
        Some(app_domain::Memory { media: Some(media), ..memory })
    };
    stage.memories.amend(stage.owner, refused, with_it).await.unwrap();
    assert!(reason(&stage, refused).await.contains("larger"));
    assert!(stage.s3.is_empty());
}

#[tokio::test]
async fn what_goes_beyond_a_quota_is_told_and_stored_once_there_is_room() {
    let stage = Stage::with("free=100KB/60KB,premium=1GB/1GB", true).await;
    let picture = |bytes: usize| {
        let mut large = PNG.to_vec();
        large.resize(bytes, 7);
        stage.at_whatsapp(MediaKind::Image, "image/png", &large)
    };
    let too_large = stage.memory(picture(60_001)).await;
    assert!(reason(&stage, too_large).await.contains("your plan"));
    let first = stage.memory(picture(60_000)).await;
    assert!(stage.work(first, 1).await);
    let second = stage.memory(picture(60_000)).await;
    assert!(reason(&stage, second).await.contains("storage is full"));
    // The size of this one is known when it is there.
    let third = untold(&stage, 60_000).await;
    assert!(reason(&stage, third).await.contains("storage is full"));
    assert_eq!(stage.s3.counts().0, 1, "nothing of them is left");

    let file = stage.file(first).await;
    let removal = app_store::FileRemoval::new(stage.files.clone(), stage.bucket());
    assert!(removal.delete(stage.owner, file.id, crate::stage::now()).await.unwrap());
    let again = |memory: app_domain::Memory| {
        Some(app_domain::Memory { media: Some(memory.media.clone()?.retried()?), ..memory })
    };
    stage.memories.amend(stage.owner, second, again).await.unwrap();
    assert!(stage.work(second, 1).await);
    stage.file(second).await;
}

/// Another job may have made a file of them a moment ago.
#[tokio::test]
async fn bytes_that_find_no_room_stay_until_the_bucket_removes_what_nobody_keeps() {
    let stage = Stage::with("free=1KB/1KB,premium=1GB/1GB", true).await;
    let picture = async || {
        let mut picture = PNG.to_vec();
        picture.resize(600, 7);
        stage.memory(stage.at_whatsapp(MediaKind::Image, "image/png", &picture)).await
    };
    let late = picture().await;
    stage.s3.break_at(Some("GetObject"));
    assert!(!stage.work(late, 1).await, "its bytes are there, and nobody has looked at them");
    stage.s3.break_at(None);
    assert!(stage.work(picture().await, 1).await);
    assert!(reason(&stage, late).await.contains("storage is full"));
    assert_eq!((stage.s3.counts().0, stage.s3.unseen()), (2, 1));
}
