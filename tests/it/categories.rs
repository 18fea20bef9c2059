//! Categories, tags and chores on the deployed stack.

use std::sync::Arc;

use aws_sdk_sqs::Client;
use e2e::meta::{Meta, phone};
use e2e::{Person, Stack, eventually};
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    everybody_begins_with_the_same_categories,
    a_linked_phone_brings_a_category,
    a_category_lives_and_dies,
    a_tag_may_hold_anything,
    what_is_too_much_for_one_request_is_finished_in_the_background,
    a_sweep_leaves_nothing_undone,
);

/// More than one request changes.
const MANY: usize = 100;

async fn categories(person: &Person) -> Vec<Value> {
    let reply = person.get("/categories").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["categories"].as_array().unwrap().clone()
}

fn names(categories: &[Value]) -> Vec<&str> {
    categories.iter().map(|category| category["name"].as_str().unwrap()).collect()
}

/// A tag as it is written in a path, every byte escaped.
fn path_of(tag: &str) -> String {
    format!("/tags/{}", tag.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>())
}

async fn everybody_begins_with_the_same_categories(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let given = categories(&ada).await;
    let expected = ["Work", "Personal", "Family", "Learning", "Travel", "Health", "Finance", "Creative"];
    assert_eq!(names(&given), expected);
    assert!(given.iter().all(|category| category["isDefault"] == true && category["icon"].is_string()));
}

async fn a_linked_phone_brings_a_category(stack: Arc<Stack>) {
    let (meta, ada) = (Meta::of(&stack).await, Person::registered(&stack).await);
    meta.link(&ada, &phone()).await;
    // Another phone brings no second one.
    meta.link(&ada, &phone()).await;
    let all = categories(&ada).await;
    assert_eq!((all.len(), names(&all)[8]), (9, "WhatsApp"));
}

async fn a_category_lives_and_dies(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let made =
        ada.post("/categories", &json!({"name": "Recipes", "description": "Cakes", "icon": "🍰"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let category = made.body["category"].clone();
    let path = format!("/categories/{}", category["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.body["category"], category);
    let memory = ada.save(&json!({"title": "Apple cake", "categoryId": category["id"]})).await;
    let changed = ada.patch(&path, &json!({"color": "#eb5757"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body["category"]["memoryCount"]), (200, &json!(1)));
    let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
    let stale = ada.send(Method::PATCH, &path, &headers, Some(b"{}".to_vec())).await;
    assert_eq!(stale.error_type(), &json!("VersionMismatch"));

    let mut ids: Vec<Value> = categories(&ada).await.iter().map(|category| category["id"].clone()).collect();
    ids.rotate_right(1);
    let ordered = ada.post("/category-order", &json!({"ids": ids})).await;
    assert_eq!(ordered.body["categories"][0]["name"], "Recipes");
    assert_eq!(ada.delete(&path).await.status, 204);
    let memory = ada.get(&format!("/memories/{}", memory["id"].as_str().unwrap())).await;
    assert_eq!(memory.body["memory"]["categoryId"], Value::Null);
    assert_eq!(names(&categories(&ada).await)[0], "Work");
}

async fn a_tag_may_hold_anything(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let tags = ["a/b c", "100%", "🏝️ été", "%2F", "?x=1#y", "a+b"];
    let memory = ada.save(&json!({"title": "Tagged", "tags": tags})).await;
    let path = format!("/memories/{}", memory["id"].as_str().unwrap());
    for (n, tag) in tags.iter().enumerate() {
        let renamed = ada.patch(&path_of(tag), &json!({"name": format!("t{n}")})).await;
        assert_eq!((renamed.status.as_u16(), &renamed.body["renamed"]), (200, &json!(1)), "{tag}");
    }
    let tags = ada.get(&path).await.body["memory"]["tags"].clone();
    assert_eq!(tags, json!(["t0", "t1", "t2", "t3", "t4", "t5"]));
    let merged = ada.post("/tag-merges", &json!({"from": ["t0", "t1"], "into": "a/b"})).await;
    assert_eq!(merged.body, json!({"retagged": 2, "remaining": 0}));
    assert_eq!(ada.delete(&path_of("A/B")).await.status, 204);
    assert_eq!(ada.get("/tags?prefix=T&sort=count").await.body["tags"].as_array().unwrap().len(), 4);
}

async fn what_is_too_much_for_one_request_is_finished_in_the_background(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let category = categories(&ada).await[4]["id"].clone();
    let memory = json!({"title": "Trip", "categoryId": category, "tags": ["trip", "sea"]});
    for _ in 0..MANY / 10 {
        futures_util::future::join_all((0..10).map(|_| ada.save(&memory))).await;
    }
    let path = format!("/categories/{}", category.as_str().unwrap());
    assert_eq!(ada.get(&path).await.body["category"]["memoryCount"], MANY);

    let renamed = ada.patch("/tags/trip", &json!({"name": "voyage"})).await;
    assert_eq!(renamed.status, 202, "{}", renamed.body);
    assert_eq!(renamed.body, json!({"renamed": 50, "merged": false, "remaining": 50}));
    eventually("all memories to be renamed", || async {
        let tags = ada.get("/tags").await.body["tags"].clone();
        let done = json!([{"name": "sea", "memoryCount": MANY}, {"name": "voyage", "memoryCount": MANY}]);
        (tags == done).then_some(())
    })
    .await;

    let deleted = ada.delete(&path).await;
    // A sweep, which another test may have asked for, can have begun with them as well.
    let is_left = deleted.body["remaining"].as_u64().is_some_and(|left| (50..100).contains(&left));
    assert!(deleted.status == 202 && is_left, "{}: {}", deleted.status, deleted.body);
    eventually("all memories to be in no category", || async {
        let memories = ada.memories().await;
        memories.iter().all(|memory| memory["categoryId"].is_null()).then_some(())
    })
    .await;
    let memories = ada.memories().await;
    assert_eq!(memories.len(), MANY);
    assert!(memories.iter().all(|memory| memory["tags"] == json!(["voyage", "sea"])));
    assert!(memories.iter().all(|memory| memory["createdAt"] == memory["updatedAt"]));
}

/// As the schedule asks for it: nothing of what is due is left, and nothing that is not due is touched.
async fn a_sweep_leaves_nothing_undone(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let memory = ada.save(&json!({"title": "Kept", "tags": ["kept"]})).await;
    let sweep = Client::new(&stack.aws()).send_message().queue_url(stack.output("ChoresQueueUrl"));
    sweep.message_body(json!({"kind": "sweep"}).to_string()).send().await.unwrap();
    eventually("the sweep to be done", || async {
        let logs = stack.logs().unwrap();
        logs.lines()
            .any(|line| line.contains("\"kind\":\"sweep\"") && line.contains("\"done\""))
            .then_some(())
    })
    .await;
    let path = format!("/memories/{}", memory["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.status, 200);
}
