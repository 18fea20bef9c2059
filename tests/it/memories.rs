//! Memories on the deployed stack.

use std::sync::Arc;

use e2e::{Person, Stack};
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    a_memory_lives_and_dies,
    a_list_is_newest_first_with_an_exact_total,
    somebody_elses_memory_does_not_exist,
    bad_bodies_get_clear_errors,
    many_writers_at_once_are_all_counted,
);

fn path(memory: &Value) -> String {
    format!("/memories/{}", memory["id"].as_str().unwrap())
}

async fn a_memory_lives_and_dies(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let made = ada
        .save(&json!({"title": "Trip ✈", "content": {"text": "Lisbon", "n": 0.1}, "tags": ["travel"]}))
        .await;
    assert_eq!(ada.get(&path(&made)).await.body["memory"], made);
    let changed = ada.patch(&path(&made), &json!({"isFavorite": true})).await;
    assert_eq!(
        (&changed.body["memory"]["isFavorite"], changed.headers["etag"].to_str().unwrap()),
        (&json!(true), "\"2\"")
    );
    let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
    let stale = ada.send(Method::PATCH, &path(&made), &headers, Some(b"{\"title\":\"x\"}".to_vec())).await;
    assert_eq!((stale.status.as_u16(), stale.error_type()), (412, &json!("VersionMismatch")));
    assert_eq!(ada.delete(&path(&made)).await.status, 204);
    assert_eq!(ada.get(&path(&made)).await.status, 404);
    assert_eq!(ada.get("/memories").await.body["pagination"]["total"], 0);
}

async fn a_list_is_newest_first_with_an_exact_total(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for n in 0..5 {
        ada.save(&json!({"title": n.to_string()})).await;
    }
    let page = ada.get("/memories?page=2&limit=2&fields=title").await.body;
    assert_eq!(page["memories"], json!([{"title": "2"}, {"title": "1"}]));
    let pagination = &page["pagination"];
    assert_eq!(
        (&pagination["total"], &pagination["totalPages"], &pagination["page"]),
        (&json!(5), &json!(3), &json!(2))
    );
    assert_eq!(ada.memories().await.len(), 5);
}

async fn somebody_elses_memory_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let made = ada.save(&json!({"title": "private"})).await;
    for reply in [
        eve.get(&path(&made)).await,
        eve.patch(&path(&made), &json!({"title": "stolen"})).await,
        eve.delete(&path(&made)).await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")));
    }
    assert_eq!(ada.get(&path(&made)).await.body["memory"], made);
}

async fn bad_bodies_get_clear_errors(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let json_type = ("content-type", "application/json");
    for (content_type, body, status, kind) in [
        (json_type, "{\"title\": ".to_owned(), 400, "MalformedJson"),
        (json_type, String::new(), 400, "MalformedJson"),
        (("content-type", "text/plain"), "{}".to_owned(), 415, "UnsupportedMediaType"),
        (json_type, json!({"title": 5}).to_string(), 422, "ValidationFailed"),
        (json_type, json!({"title": "x".repeat(256)}).to_string(), 422, "ValidationFailed"),
        (json_type, json!({"content": "x".repeat(300 * 1024)}).to_string(), 413, "PayloadTooLarge"),
    ] {
        let reply = ada.send(Method::POST, "/memories", &[content_type], Some(body.into_bytes())).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (status, &json!(kind)), "{}", reply.body);
        assert!(reply.body["error"]["requestId"].is_string());
    }
    assert_eq!(ada.get("/memories").await.body["pagination"]["total"], 0);
}

async fn many_writers_at_once_are_all_counted(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let titles: Vec<Value> = (0..20).map(|n| json!({"title": format!("{n}")})).collect();
    futures_util::future::join_all(titles.iter().map(|memory| ada.save(memory))).await;
    assert_eq!(ada.get("/memories").await.body["pagination"]["total"], 20);
    let made = ada.save(&json!({"title": "shared"})).await;
    let marks: Vec<Value> = (0..4).map(|n| json!({"metadata": {"writer": n}})).collect();
    let path = path(&made);
    let changes = futures_util::future::join_all(marks.iter().map(|change| ada.patch(&path, change))).await;
    assert!(changes.iter().all(|reply| reply.status == 200));
    assert_eq!(ada.get(&path).await.body["memory"]["version"], 5);
}
