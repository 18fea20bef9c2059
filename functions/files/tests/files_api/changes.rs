//! Other names, other memories.

use app_testing::Call;
use http::Method;
use serde_json::json;

use crate::{Stage, failed, failure, now, path};

#[tokio::test]
async fn a_file_is_renamed_moved_and_detached() {
    let stage = Stage::new().await;
    let (one, two) = (stage.memory().await, stage.memory().await);
    let file = stage.ready("a.png").await;
    let path = path(&file);
    for (change, links) in [
        (json!({"filename": "b.png", "memoryId": one}), vec![one]),
        (json!({"filename": "c.png"}), vec![one]),
        (json!({"memoryId": two}), vec![two]),
        (json!({"memoryId": null}), vec![]),
    ] {
        let reply = stage.patch(&path, &change).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let left = stage.left_in_table().await;
        let linked: Vec<_> = left.iter().filter(|key| key.contains(" FILE#")).collect();
        assert_eq!(linked.len(), links.len(), "{change}");
        assert!(linked.iter().zip(&links).all(|(key, memory)| key.contains(&format!("#M#{memory} "))));
        assert_eq!(reply.json()["file"]["memoryId"], json!(links.first()));
    }
    let last = stage.get(&path).await.json()["file"].clone();
    assert_eq!((&last["filename"], &last["version"]), (&json!("c.png"), &json!(6)));
    let same = stage.patch(&path, &json!({"filename": "c.png", "memoryId": null})).await;
    assert_eq!(same.json()["file"], last, "nothing changed");
}

#[tokio::test]
async fn a_stale_if_match_changes_nothing() {
    let stage = Stage::new().await;
    let path = path(&stage.ready("a.png").await);
    let change = |version: &str| {
        Call::new(Method::PATCH, &path).json(&json!({"filename": "b"})).header("if-match", version)
    };
    assert_eq!(failure(&stage.send(change("\"1\"")).await), failed(412, "VersionMismatch"));
    let delete = Call::new(Method::DELETE, &path).header("if-match", "\"1\"");
    assert_eq!(failure(&stage.send(delete).await), failed(412, "VersionMismatch"));
    let reply = stage.send(change("\"2\"")).await;
    assert_eq!((reply.status.as_u16(), &reply.headers["etag"]), (200, &"\"3\"".parse().unwrap()));
    let delete = Call::new(Method::DELETE, &path).header("if-match", "\"3\"");
    assert_eq!(stage.send(delete).await.status, 204);
}

#[tokio::test]
async fn a_file_goes_to_no_memory_that_is_absent_or_in_the_trash() {
    let stage = Stage::new().await;
    let file = stage.ready("a.png").await;
    let trashed = stage.memory().await;
    stage.memories.trash(stage.user, trashed, None, now()).await.unwrap();
    for memory in [trashed, app_domain::MemoryId::new(now())] {
        let reply = stage.patch(&path(&file), &json!({"memoryId": memory})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["memoryId".to_owned()]));
    }
    assert_eq!(stage.get(&path(&file)).await.json()["file"], file);
}

#[tokio::test]
async fn changes_at_the_same_time_are_both_kept() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let path = path(&stage.ready("a.png").await);
    let (name, with) = (json!({"filename": "b.png"}), json!({"memoryId": memory}));
    let (one, two) = tokio::join!(stage.patch(&path, &name), stage.patch(&path, &with));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    let file = stage.get(&path).await.json()["file"].clone();
    assert_eq!(
        (&file["filename"], &file["memoryId"], &file["version"]),
        (&json!("b.png"), &json!(memory), &json!(4))
    );
}
