//! Memories on the deployed stack.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::{Person, Stack, eventually};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    a_memory_lives_and_dies,
    a_list_is_newest_first_with_an_exact_total,
    somebody_elses_memory_does_not_exist,
    bad_bodies_get_clear_errors,
    many_writers_at_once_are_all_counted,
    no_change_of_many_at_once_is_lost,
    a_deleted_memory_comes_back_or_leaves_nothing,
    an_earlier_version_is_restored,
    lists_are_filtered_and_sorted_through_the_gateway,
    a_batch_does_what_it_can,
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
    let drafts: Vec<Value> =
        (0..50).map(|n| json!({"title": format!("{n}"), "tags": ["crowd", format!("tag {n}")]})).collect();
    join_all(drafts.iter().map(|memory| ada.save(memory))).await;
    for path in ["/memories?limit=1", "/memories?limit=1&tags=crowd", "/memories?limit=1&categoryId=none"] {
        assert_eq!(ada.get(path).await.body["pagination"]["total"], 50, "{path}");
    }
}

async fn no_change_of_many_at_once_is_lost(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = path(&ada.save(&json!({"title": "shared"})).await);
    let marks: Vec<Value> = (0..50).map(|n| json!({"metadata": {format!("writer{n}"): n}})).collect();
    let changes = join_all(marks.iter().map(|change| ada.patch(&path, change))).await;
    for reply in changes {
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let memory = ada.get(&path).await.body["memory"].clone();
    assert_eq!((&memory["version"], memory["metadata"].as_object().unwrap().len()), (&json!(51), 50));
}

/// The keys in the table that name something.
async fn keys_that_name(stack: &Stack, id: &str) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&stack.aws());
    let pages = client.scan().table_name(stack.output("TableName")).into_paginator().items().send();
    let items = pages.try_collect().await.unwrap();
    let key = |item: &HashMap<String, AttributeValue>| {
        format!("{} {}", item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap())
    };
    items.iter().map(key).filter(|key| key.contains(id)).collect()
}

async fn a_deleted_memory_comes_back_or_leaves_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let draft = json!({"title": "Trip", "content": {"text": "to Lisbon in May"}, "tags": ["sea", "2027"]});
    let made = ada.save(&draft).await;
    let (id, path) = (made["id"].as_str().unwrap(), path(&made));
    assert_eq!(ada.patch(&path, &json!({"isFavorite": true})).await.status, 200);
    assert_eq!(
        ada.post(&format!("{path}/messages"), &json!({"content": "Who comes along?"})).await.status,
        201
    );
    let file = crate::files::ready(&ada, "map.txt", "text/plain", b"the way to Lisbon").await;
    assert_eq!(
        ada.patch(&format!("/files/{}", file["id"].as_str().unwrap()), &json!({"memoryId": id})).await.status,
        200
    );
    assert!(keys_that_name(&stack, id).await.len() > 9);
    assert_eq!(crate::files::objects(&stack, &ada).await.len(), 1);

    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.get("/trash").await.body["trash"][0]["memory"]["id"], id);
    let restored = ada.post(&format!("/trash/{id}/restore"), &json!({})).await;
    assert_eq!((restored.status.as_u16(), &restored.body["memory"]["messageCount"]), (200, &json!(1)));
    assert_eq!(ada.get(&format!("{path}/messages")).await.body["messages"][0]["content"], "Who comes along?");

    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.delete("/trash").await.status, 202);
    assert_eq!(ada.get("/trash").await.body["pagination"]["total"], 0);
    eventually("the worker to remove the memory", || async {
        keys_that_name(&stack, id).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(crate::files::objects(&stack, &ada).await, [""; 0]);
    assert_eq!(ada.get("/tags").await.body["tags"], json!([]));
}

async fn an_earlier_version_is_restored(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = path(&ada.save(&json!({"title": "first", "content": {"text": "the first words"}})).await);
    ada.patch(&path, &json!({"title": "second", "content": {"text": "other words"}})).await;
    let versions = ada.get(&format!("{path}/versions")).await.body["versions"].clone();
    assert_eq!((versions.as_array().unwrap().len(), &versions[0]["title"]), (1, &json!("first")));
    assert_eq!(ada.get(&format!("{path}/versions/1")).await.body["memory"]["title"], "first");
    let restored = ada.post(&format!("{path}/versions/1/restore"), &json!({})).await;
    assert_eq!(restored.body["memory"]["content"], json!({"text": "the first words"}));
    assert_eq!(ada.get(&path).await.body["memory"]["version"], 3);
}

async fn lists_are_filtered_and_sorted_through_the_gateway(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let categories = ada.get("/categories").await.body["categories"].clone();
    let travel = categories.as_array().unwrap().iter().find(|category| category["name"] == "Travel").unwrap();
    let travel = travel["id"].as_str().unwrap();
    ada.save(&json!({"title": "Note 10", "categoryId": travel, "tags": ["sea", "a, b"]})).await;
    ada.save(&json!({"title": "note 2", "tags": ["Sea"], "isFavorite": true})).await;
    ada.save(&json!({"title": "éclair", "isArchived": true, "description": "from Café Ode"})).await;
    for (query, titles) in [
        (String::new(), vec!["éclair", "note 2", "Note 10"]),
        ("sortBy=title".to_owned(), vec!["éclair", "note 2", "Note 10"]),
        ("sortBy=title&sortOrder=desc&limit=2".to_owned(), vec!["Note 10", "note 2"]),
        ("sortBy=updated_at&sortOrder=asc&isArchived=false".to_owned(), vec!["Note 10", "note 2"]),
        ("tags=SEA".to_owned(), vec!["note 2", "Note 10"]),
        ("tags=sea&tags=a%2C%20b".to_owned(), vec!["Note 10"]),
        (format!("categoryId={travel}&sortBy=updated_at"), vec!["Note 10"]),
        ("search=CAF%C3%89".to_owned(), vec!["éclair"]),
    ] {
        let reply = ada.get(&format!("/memories?{query}")).await;
        let found: Vec<&Value> =
            reply.body["memories"].as_array().unwrap().iter().map(|memory| &memory["title"]).collect();
        assert_eq!(found, titles, "{query}");
    }
    let similar = ada.post("/memories", &json!({"title": "ECLAIR: from café ode!"})).await.body;
    assert_eq!(similar.get("similarTo"), None, "other words");
    let again = json!({"title": "Éclair", "content": {"text": "From café ode"}});
    assert_eq!(ada.post("/memories", &again).await.body["similarTo"].as_array().unwrap().len(), 1);
}

async fn a_batch_does_what_it_can(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let id = ada.save(&json!({"title": "there"})).await["id"].clone();
    let mut operations: Vec<Value> = (0..30)
        .map(|n| json!({"op": "create", "memory": {"title": format!("{n}"), "tags": ["batch"]}}))
        .collect();
    operations.push(json!({"op": "patch", "id": id, "memory": {"title": "changed"}}));
    operations.push(json!({"op": "delete", "id": id}));
    operations.push(json!({"op": "create", "memory": {"title": ""}}));
    let reply = ada.post("/memories/batch", &json!({"operations": operations})).await;
    let results = reply.body["results"].as_array().unwrap();
    let statuses: Vec<u64> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses[..30], [201; 30]);
    assert_eq!(statuses[30..], [200, 204, 422]);
    assert_eq!(ada.get("/memories?limit=1").await.body["pagination"]["total"], 30);
}
