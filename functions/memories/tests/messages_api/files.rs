//! Files that come with messages.

use app_domain::{
    Checksum, ContentType, File, FileDraft, FileId, FileName, FileQuota, Sha256, Timestamp, Upload, UserId,
};
use app_store::{FileChange, FileCreation, Files};
use serde_json::json;
use uuid::Uuid;

use crate::stage::Stage;

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap()
}

/// A file whose bytes are still on their way.
async fn awaited(files: &Files, owner: UserId) -> File {
    let draft = FileDraft {
        name: FileName::parse("map.png").unwrap(),
        content_type: ContentType::parse("image/png").unwrap(),
        size_bytes: 5,
        memory: None,
    };
    let upload = Upload::Single { sha256: Sha256::parse(&"0".repeat(64)).unwrap() };
    let file = File::new(FileId::new(now()), owner, draft, upload, now());
    let quota = FileQuota { total_bytes: 1_000, file_bytes: 1_000 };
    let made = files.create(&file, quota).await;
    assert_eq!(made.unwrap(), FileCreation::Done);
    file
}

async fn ready(files: &Files, owner: UserId) -> FileId {
    let before = awaited(files, owner).await;
    let sha256 = Sha256::parse(&"0".repeat(64)).unwrap();
    let checksum = Checksum::parse(&sha256.base64()).unwrap();
    let after = before.clone().completed(before.content_type.clone(), checksum, now());
    let changed = files.replace(&before, &after).await;
    assert_eq!(changed.unwrap(), FileChange::Done);
    after.id
}

#[tokio::test]
async fn only_files_that_are_ready_and_ones_own_come_with_a_message() {
    let stage = Stage::new().await;
    let mine = [ready(&stage.files, stage.me).await, ready(&stage.files, stage.me).await];
    let theirs = ready(&stage.files, UserId::new(now())).await;
    let (awaited, nowhere) = (awaited(&stage.files, stage.me).await.id, Uuid::now_v7());

    let attached = json!({"content": "the map", "messageType": "image", "attachments": mine});
    let sent = stage.say(&attached).await;
    assert_eq!((&sent["attachments"], &sent["messageType"]), (&json!(mine), &json!("image")));
    assert_eq!(stage.get(&stage.one(&sent)).await.json()["message"], sent);

    let refused = stage
        .post(&json!({"content": "x", "attachments": [mine[0].as_uuid(), theirs.as_uuid(), awaited.as_uuid(), nowhere]}))
        .await;
    assert_eq!((refused.status.as_u16(), refused.wrong_fields()), (422, vec!["attachments".to_owned()]));
    for id in [theirs.as_uuid(), awaited.as_uuid(), nowhere] {
        assert!(refused.text.contains(&id.to_string()), "{}", refused.text);
    }
    assert!(!refused.text.contains(&mine[0].to_string()));
    assert_eq!(stage.list("").await.1, 1);
}
