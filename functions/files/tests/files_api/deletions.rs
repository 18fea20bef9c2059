//! How files go, whoever lets them go and whatever fails.

use std::time::Duration;

use app_store::{Due, DueKind};
use serde_json::json;

use crate::{PNG, Stage, failed, failure, id, now, path};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_deleted_file_leaves_nothing() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let ready = stage.ready("a.png").await;
    stage.patch(&path(&ready), &json!({"memoryId": memory})).await;
    let single = stage.begun("b.png", "image/png", PNG).await["file"].clone();
    let large = stage.begun("c.txt", "text/plain", &vec![b'x'; 17 << 20]).await["file"].clone();
    for file in [&ready, &single, &large] {
        assert_eq!(stage.delete(&path(file)).await.status, 204);
        assert_eq!(failure(&stage.get(&path(file)).await), failed(404, "NotFound"));
        assert_eq!(failure(&stage.delete(&path(file)).await), failed(404, "NotFound"));
    }
    assert!(stage.s3.is_empty());
    assert_eq!((stage.left_in_table().await.len(), stage.usage().await), (0, (0, 0)));
}

#[tokio::test]
async fn deleting_at_once_gives_back_once() {
    let stage = Stage::new().await;
    stage.ready("kept.png").await;
    let path = path(&stage.ready("a.png").await);
    let replies = futures_util::future::join_all((0..8).map(|_| stage.delete(&path))).await;
    let done = replies.iter().filter(|reply| reply.status == 204).count();
    assert_eq!((done, stage.usage().await), (1, (PNG.len() as u64, 1)));
}

#[tokio::test]
async fn what_s3_does_not_remove_at_once_is_due_until_it_does() {
    let stage = Stage::new().await;
    let large = stage.begun("c.txt", "text/plain", &vec![b'x'; 17 << 20]).await["file"].clone();
    for (file, call) in [(stage.ready("a.png").await, "DeleteObject"), (large, "AbortMultipartUpload")] {
        stage.s3.break_at(&[call]);
        assert_eq!(stage.delete(&path(&file)).await.status, 204, "it is gone for everybody");
        assert_eq!(stage.get(&path(&file)).await.status, 404);

        let due = Due::new(stage.table.clone());
        let work = due.page(&now().day(), None, 100).await.unwrap().items;
        assert_eq!(work.len(), 1);
        assert_eq!(
            (work[0].kind, work[0].owner, work[0].id),
            (DueKind::File, stage.user, id(&file).as_uuid())
        );
        assert!(stage.removal().erase(stage.user, id(&file)).await.is_err());
        assert!(!stage.s3.is_empty());

        stage.s3.break_at(&[]);
        for _ in 0..2 {
            stage.removal().erase(stage.user, id(&file)).await.unwrap();
            assert_eq!(stage.left_in_table().await.iter().filter(|key| key.contains("FILE#")).count(), 0);
        }
    }
    assert!(stage.s3.is_empty());
    assert_eq!((stage.left_in_table().await.len(), stage.usage().await), (0, (0, 0)));
}

#[tokio::test]
async fn an_upload_that_is_not_completed_in_a_day_is_given_up() {
    let stage = Stage::new().await;
    let single = stage.begun("b.png", "image/png", PNG).await;
    stage.put(&single["upload"], PNG).await;
    let large = stage.begun("c.txt", "text/plain", &vec![b'x'; 17 << 20]).await;
    let tomorrow = now().plus(DAY);
    let due = Due::new(stage.table.clone()).page(&tomorrow.day(), None, 100).await.unwrap();
    assert!(due.items.len() == 2 && due.items.iter().all(|work| work.kind == DueKind::Upload), "{due:?}");

    for begun in [&single, &large] {
        let file = id(&begun["file"]);
        assert!(
            !stage.removal().expire(stage.user, file, now()).await.unwrap(),
            "it is due on a day, not at an hour"
        );
        assert_eq!(stage.get(&path(&begun["file"])).await.status, 200);
        for _ in 0..2 {
            assert!(stage.removal().expire(stage.user, file, tomorrow).await.unwrap());
            assert_eq!(stage.get(&path(&begun["file"])).await.status, 404);
        }
    }
    assert!(stage.s3.is_empty());
    assert_eq!((stage.left_in_table().await.len(), stage.usage().await), (0, (0, 0)));
}

#[tokio::test]
async fn a_file_that_is_ready_is_never_given_up() {
    let stage = Stage::new().await;
    let file = stage.ready("a.png").await;
    assert!(stage.removal().expire(stage.user, id(&file), now().plus(DAY)).await.unwrap());
    stage.removal().erase(stage.user, id(&file)).await.unwrap();
    assert_eq!(stage.get(&path(&file)).await.json()["file"], file);
    assert!(!stage.s3.is_empty());
}

#[tokio::test]
async fn the_files_of_a_memory_go_with_it() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    for name in ["1", "2", "3"] {
        let file = stage.ready(name).await;
        stage.patch(&path(&file), &json!({"memoryId": memory})).await;
    }
    let other = stage.ready("4").await;
    stage.memories.trash(stage.user, memory, None, now()).await.unwrap();
    stage.removal().delete_of(stage.user, memory, now()).await.unwrap();
    let list = stage.get("/files").await.json();
    assert_eq!(list["files"], json!([other]));
    assert_eq!(stage.usage().await, (PNG.len() as u64, 1));
    assert!(stage.removal().delete(stage.user, id(&other), now()).await.unwrap());
    assert!(!stage.removal().delete(stage.user, id(&other), now()).await.unwrap());
    assert!(stage.s3.is_empty());
}

#[tokio::test]
async fn a_file_that_is_moved_away_meanwhile_does_not_go_with_the_memory() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let file = stage.ready("a.png").await;
    stage.patch(&path(&file), &json!({"memoryId": memory})).await;
    // As the removal sees it that has read the links before the file was moved.
    stage.linked_still(&file, memory).await;
    stage.removal().delete_of(stage.user, memory, now()).await.unwrap();
    assert_eq!(stage.get(&path(&file)).await.json()["file"]["memoryId"], json!(null));
    assert_eq!(stage.usage().await, (PNG.len() as u64, 1));
    assert!(!stage.s3.is_empty());
}

/// The deletion looks into S3 before the completion has made the object.
#[tokio::test]
async fn a_file_that_is_deleted_while_it_is_completed_leaves_nothing() {
    for _ in 0..3 {
        let stage = Stage::new().await;
        let bytes = vec![b'x'; 17 << 20];
        let file = stage.begun("c.txt", "text/plain", &bytes).await["file"].clone();
        let parts: Vec<_> = bytes.chunks(8 << 20).collect();
        let asked: Vec<_> = (1..)
            .zip(&parts)
            .map(|(number, part)| json!({"number": number, "sha256": crate::sha256_base64(part)}))
            .collect();
        let links = stage.post(&format!("{}/parts", path(&file)), &json!({"parts": asked})).await.json();
        for (link, part) in links["parts"].as_array().unwrap().iter().zip(&parts) {
            assert_eq!(stage.put(link, part).await.status(), 200);
        }
        let (complete, empty, path) = (format!("{}/complete", path(&file)), json!({}), path(&file));
        let (completed, deleted) = tokio::join!(stage.post(&complete, &empty), stage.delete(&path));
        assert_eq!(deleted.status, 204);
        assert!(matches!(completed.status.as_u16(), 200 | 404 | 409), "{}", completed.text);
        assert!(stage.s3.is_empty(), "{}", completed.text);
        assert_eq!((stage.left_in_table().await.len(), stage.usage().await), (0, (0, 0)));
    }
}
