//! Other people, strangers, and the gateway's own events.

use app_domain::Role;
use app_testing::{Call, caller, event};
use http::Method;
use serde_json::json;

use crate::{PNG, Stage, failed, failure, path};

#[tokio::test]
async fn somebody_elses_file_does_not_exist() {
    let stage = Stage::new().await;
    let ready = stage.ready("a.png").await;
    let begun = stage.begun("b.txt", "text/plain", &vec![b'x'; 17 << 20]).await["file"].clone();
    let (_, theirs) = caller(Role::Premium);
    let parts = json!({"parts": [{"number": 1, "sha256": "0".repeat(64)}]});
    for file in [&ready, &begun, &json!({"id": "no-id"})] {
        let path = path(file);
        for call in [
            Call::get(&path),
            Call::new(Method::PATCH, &path).json(&json!({"filename": "stolen"})),
            Call::new(Method::DELETE, &path),
            Call::get(&format!("{path}/download")),
            Call::get(&format!("{path}/parts")),
            Call::post(&format!("{path}/parts"), &parts),
            Call::post(&format!("{path}/complete"), &json!({})),
        ] {
            let reply = call.as_caller(&theirs).send(&stage.router).await;
            assert_eq!(failure(&reply), failed(404, "NotFound"), "{path}");
        }
    }
    assert_eq!(stage.get(&path(&ready)).await.json()["file"], ready);
    let list = Call::get("/files").as_caller(&theirs).send(&stage.router).await.json();
    assert_eq!((&list["files"], &list["usage"]["bytes"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn somebody_elses_memory_gets_no_file() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let (_, theirs) = caller(Role::Premium);
    let request = json!({
        "filename": "a", "contentType": "image/png", "sizeBytes": PNG.len(), "sha256": "0".repeat(64), "memoryId": memory,
    });
    let reply = Call::post("/files", &request).as_caller(&theirs).send(&stage.router).await;
    assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["memoryId".to_owned()]));
    assert_eq!(stage.post("/files", &request).await.status, 201);
    let list = stage.get(&format!("/files?memoryId={memory}")).await.json();
    assert_eq!(list["files"][0]["memoryId"], json!(memory));
}

#[tokio::test]
async fn names_are_stored_sealed() {
    let stage = Stage::new().await;
    let file = stage.ready("Diagnosis of Ada.png").await;
    let keys = stage.meter.keys().await;
    assert!(keys.iter().all(|key| !key.contains("Diagnosis")), "{keys:?}");
    let moved = app_store::Files::new(stage.table.clone(), app_testing::vault(&stage.table));
    let read = moved.get(stage.user, crate::id(&file)).await;
    assert!(read.is_err(), "another vault has other keys: {read:?}");
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let stage = Stage::new().await;
    for (name, status) in [
        ("create", 201),
        ("list", 200),
        ("read", 404),
        ("patch", 404),
        ("delete", 404),
        ("sign-parts", 404),
        ("list-parts", 404),
        ("complete", 404),
        ("download", 404),
    ] {
        let mut event = event(&format!("files/{name}.json"));
        let refused = Call::of_event(&event).send(&stage.router).await;
        assert_eq!(refused.error_type(), "InvalidToken", "{name}");
        event["headers"]["Authorization"] = json!(format!("Bearer {}", stage.token));
        let reply = Call::of_event(&event).send(&stage.router).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.text);
    }
}
