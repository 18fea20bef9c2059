//! The real events of the gateway.

use app_testing::{Call, Reply, event};
use serde_json::{Value, json};

use crate::stage::{Stage, path};

/// An event as the caller's, on this path if it is on one of a saved search.
async fn send(stage: &Stage, name: &str, path: Option<&str>) -> Reply {
    let mut event = event(&format!("search/{name}.json"));
    event["headers"]["Authorization"] = json!(format!("Bearer {}", stage.token));
    if let Some(path) = path {
        event["path"] = json!(path);
    }
    Call::of_event(&event).send(&stage.router).await
}

#[tokio::test]
async fn searches_are_understood() {
    let stage = Stage::new().await;
    stage.save("By the river", "a table outside", &["travel"]).await;
    stage.save("By the river", "at home", &[]).await;
    for name in ["search", "search-by-body"] {
        let reply = send(&stage, name, None).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.text);
        assert_eq!(reply.json()["results"].as_array().unwrap().len(), 1, "{name}: {}", reply.text);
    }
}

#[tokio::test]
async fn saved_searches_are_understood() {
    let stage = Stage::new().await;
    let saved = send(&stage, "save-search", None).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    let saved = saved.json()["savedSearch"].clone();
    let all = send(&stage, "list-saved-searches", None).await.json();
    assert_eq!(all["savedSearches"], Value::Array(vec![saved.clone()]));
    let path = path(&saved);
    assert_eq!(send(&stage, "read-saved-search", Some(&path)).await.json()["savedSearch"], saved);
    let changed = send(&stage, "patch-saved-search", Some(&path)).await.json();
    assert_eq!(changed["savedSearch"]["search"], json!({"q": "sea"}));
    assert_eq!(send(&stage, "delete-saved-search", Some(&path)).await.status, 204);
}
