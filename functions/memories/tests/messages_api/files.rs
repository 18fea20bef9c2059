//! Files that come with messages.

use app_domain::{
    Checksum, ContentType, File, FileDraft, FileId, FileName, FileQuota, Sha256, Timestamp, Upload, UserId,
};
use app_store::{FileChange, FileCreation, Files};
use app_testing::Call;
use serde_json::{Value, json};
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

/// What the table knows of a file: its memory, its message and its version.
async fn place(stage: &Stage, file: FileId) -> (Option<String>, Option<String>, u64) {
    let file = stage.files.get(stage.me, file).await.unwrap().unwrap();
    (
        file.attached.map(|attached| attached.memory.to_string()),
        file.attached.and_then(|attached| attached.message).map(|message| message.to_string()),
        file.version.get(),
    )
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[tokio::test]
async fn files_that_come_with_a_message_are_with_its_memory_and_name_it() {
    let stage = Stage::new().await;
    let mut files = [ready(&stage.files, stage.me).await, ready(&stage.files, stage.me).await];
    files.sort();
    let attached = json!({"content": "the map", "messageType": "image", "attachments": files});
    let sent = stage.say(&attached).await;
    assert_eq!((&sent["attachments"], &sent["messageType"]), (&json!(files), &json!("image")));
    assert_eq!(stage.get(&stage.one(&sent)).await.json()["message"], sent);
    let memory = sent["memoryId"].as_str().unwrap().parse().unwrap();
    for file in files {
        assert_eq!(place(&stage, file).await, (text(&sent["memoryId"]), text(&sent["id"]), 3));
    }
    assert_eq!(stage.files.ids_of(stage.me, memory, None, 9).await.unwrap(), [files[1], files[0]]);
}

#[tokio::test]
async fn only_files_that_are_ready_and_ones_own_come_with_a_message() {
    let stage = Stage::new().await;
    let mine = ready(&stage.files, stage.me).await;
    let theirs = ready(&stage.files, UserId::new(now())).await;
    let (awaited, nowhere) = (awaited(&stage.files, stage.me).await.id, Uuid::now_v7());
    let (elsewhere, taken) =
        (stage.memory(&json!({"title": "another"})).await, ready(&stage.files, stage.me).await);
    let reply = stage.send(Call::post(&elsewhere, &json!({"content": "x", "attachments": [taken]}))).await;
    assert_eq!(reply.status, 201, "{}", reply.text);

    let wrong = [theirs.as_uuid(), awaited.as_uuid(), nowhere, taken.as_uuid()];
    let attachments: Vec<Uuid> = wrong.into_iter().chain([mine.as_uuid()]).collect();
    let refused = stage.post(&json!({"content": "x", "attachments": attachments})).await;
    assert_eq!((refused.status.as_u16(), refused.wrong_fields()), (422, vec!["attachments".to_owned()]));
    assert!(wrong.iter().all(|id| refused.text.contains(&id.to_string())), "{}", refused.text);
    assert!(!refused.text.contains(&mine.to_string()));
    assert_eq!((stage.list("").await.1, place(&stage, mine).await), (0, (None, None, 2)));
}

#[tokio::test]
async fn files_stay_with_the_memory_when_their_message_goes() {
    let stage = Stage::new().await;
    for has_replies in [false, true] {
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(ready(&stage.files, stage.me).await);
        }
        let [kept, gone, moved, again] = ids[..] else { panic!("{ids:?}") };
        let sent = stage.say(&json!({"content": "the maps", "attachments": ids})).await;
        let memory = text(&sent["memoryId"]);
        stage.files.remove(stage.me, gone, None, now()).await.unwrap();
        let before = stage.files.get(stage.me, moved).await.unwrap().unwrap();
        stage.files.replace(&before, &before.clone().changed(None, Some(None), now())).await.unwrap();
        let other = stage.say(&json!({"content": "once more", "attachments": [again]})).await;
        if has_replies {
            stage.say(&json!({"content": "thanks", "parentMessageId": sent["id"]})).await;
        }

        assert_eq!(stage.delete(&sent).await.status, 204);
        assert_eq!(place(&stage, kept).await, (memory.clone(), None, 4));
        assert_eq!(place(&stage, moved).await, (None, None, 4));
        assert_eq!(place(&stage, again).await, (memory, text(&other["id"]), 4));
    }
}
