//! Categories and tags through the API, on a real table, with the queue of chores played.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::convert::Infallible;

use app_domain::{Chore, KeptCategories, MemoSettings, Role, UserId};
use app_runtime::{OutboundQueue, Queue};
use app_store::MemoPreferences;
use app_testing::{Call, PlayedQueue, Reply, authenticator, caller, table, vault};
use axum::Router;
use http::Method;
use memories::{App, router};
use serde_json::{Value, json};

struct Stage {
    app: Router,
    chores: PlayedQueue,
    settings: MemoPreferences,
    me: UserId,
    token: String,
}

impl Stage {
    async fn new() -> Self {
        let (table, chores) = (table().await, PlayedQueue::default());
        let queue = Queue::<Chore>::new(PlayedQueue::URL, chores.client());
        let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
        let vault = vault(&table);
        let app = router(App::new(&table, vault.clone(), authenticator(), queue, outbound), "*");
        let settings = MemoPreferences::new(table, vault);
        let (me, token) = caller(Role::User);
        Self { app, chores, settings, me, token }
    }

    /// Keeps the memories of these categories, and of no others, from models of others.
    async fn keep(&self, categories: &[&str]) {
        let kept = KeptCategories::parse(categories.iter().map(|id| id.parse().unwrap())).unwrap();
        let change = |settings: &mut MemoSettings| -> Result<(), Infallible> {
            settings.kept_categories = kept.clone();
            Ok(())
        };
        self.settings.change(self.me, change).await.unwrap();
    }

    async fn send(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.app).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Call::get(path)).await
    }

    async fn post(&self, path: &str, json: Value) -> Reply {
        self.send(Call::post(path, &json)).await
    }

    async fn patch(&self, path: &str, json: Value) -> Reply {
        self.send(Call::new(Method::PATCH, path).json(&json)).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(Call::new(Method::DELETE, path)).await
    }

    /// Makes a category; its id.
    async fn category(&self, name: &str) -> String {
        let reply = self.post("/categories", json!({"name": name})).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()["category"]["id"].as_str().unwrap().to_owned()
    }

    /// Saves a memory; its path.
    async fn save(&self, category: Option<&str>, tags: &[&str]) -> String {
        let memory = json!({"title": "A memory", "categoryId": category, "tags": tags});
        let reply = self.post("/memories", memory).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        format!("/memories/{}", reply.json()["memory"]["id"].as_str().unwrap())
    }

    async fn memory(&self, path: &str) -> Value {
        self.get(path).await.json()["memory"].clone()
    }

    async fn tags(&self, query: &str) -> Value {
        self.get(&format!("/tags{query}")).await.json()["tags"].clone()
    }
}

/// A tag as it is written in a path.
fn path_of(tag: &str) -> String {
    let escaped: String = tag.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/tags/{escaped}")
}

#[tokio::test]
async fn a_category_is_made_read_changed_and_deleted() {
    let stage = Stage::new().await;
    let new = json!({"name": " Recipes ", "description": "Cakes, mostly", "icon": "🍰", "color": "#EB5757"});
    let reply = stage.post("/categories", new).await;
    let made = reply.json()["category"].clone();
    let path = format!("/categories/{}", made["id"].as_str().unwrap());
    assert_eq!((reply.status.as_u16(), &reply.headers["etag"]), (201, &"\"1\"".parse().unwrap()));
    assert_eq!(reply.headers["location"], format!("/api{path}"));
    insta::assert_json_snapshot!(made, {".id" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]"});
    assert_eq!(stage.get(&path).await.json()["category"], made);
    assert_eq!(stage.get("/categories").await.json()["categories"], json!([made]));

    let change = json!({"name": "Cakes", "description": null, "sortOrder": 5});
    let changed = stage.patch(&path, change).await.json()["category"].clone();
    let members = ["name", "description", "icon", "sortOrder", "version"].map(|name| changed[name].clone());
    assert_eq!(json!(members), json!(["Cakes", null, "🍰", 5, 2]));

    assert_eq!(stage.delete(&path).await.status, 204);
    for reply in [stage.get(&path).await, stage.patch(&path, json!({})).await, stage.delete(&path).await] {
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")));
    }
    assert!(stage.chores.take().is_empty());
}

#[tokio::test]
async fn every_broken_rule_is_named() {
    let stage = Stage::new().await;
    let bad = json!({"name": " ", "description": "x".repeat(1001), "icon": "x".repeat(51), "color": "red"});
    let reply = stage.post("/categories", bad.clone()).await;
    assert_eq!(reply.wrong_fields(), ["name", "description", "icon", "color"]);
    let path = format!("/categories/{}", stage.category("Recipes").await);
    assert_eq!(stage.patch(&path, bad).await.wrong_fields(), ["name", "description", "icon", "color"]);
    assert_eq!(stage.post("/categories", json!({})).await.wrong_fields(), ["name"]);
    let far = json!({"name": "far", "sortOrder": 3_000_000_000_u64});
    assert_eq!(stage.post("/categories", far).await.wrong_fields(), ["sortOrder"]);
    for query in ["?limit=0", "?limit=1001", "?limit=x"] {
        assert_eq!(stage.get(&format!("/tags{query}")).await.wrong_fields(), ["limit"], "{query}");
    }
    assert_eq!(stage.get("/tags?sort=age").await.wrong_fields(), ["sort"]);
    let long = "x".repeat(51);
    assert_eq!(stage.get(&format!("/tags?prefix={long}")).await.wrong_fields(), ["prefix"]);
    stage.save(None, &["a"]).await;
    assert_eq!(stage.patch("/tags/a", json!({"name": ""})).await.wrong_fields(), ["name"]);
    let eleven = json!({"from": vec!["a"; 11], "into": ""});
    assert_eq!(stage.post("/tag-merges", eleven).await.wrong_fields(), ["into", "from"]);
}

#[tokio::test]
async fn two_categories_cannot_share_a_name() {
    let stage = Stage::new().await;
    let cafe = stage.category("Café").await;
    let reply = stage.post("/categories", json!({"name": "CAFE\u{301}"})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("CategoryNameTaken")));
    let other = format!("/categories/{}", stage.category("Other").await);
    assert_eq!(stage.patch(&other, json!({"name": "café"})).await.error_type(), "CategoryNameTaken");
    assert_eq!(stage.patch(&format!("/categories/{cafe}"), json!({"name": "CAFÉ"})).await.status, 200);
}

#[tokio::test]
async fn a_stale_if_match_changes_nothing() {
    let stage = Stage::new().await;
    let path = format!("/categories/{}", stage.category("Recipes").await);
    let matching =
        |method: Method| Call::new(method, &path).header("if-match", "\"1\"").json(&json!({"icon": "x"}));
    assert_eq!(stage.send(matching(Method::PATCH)).await.status, 200);
    for method in [Method::PATCH, Method::DELETE] {
        assert_eq!(stage.send(matching(method)).await.error_type(), "VersionMismatch");
    }
    assert_eq!(stage.get(&path).await.json()["category"]["version"], 2);
}

#[tokio::test]
async fn memories_are_counted_in_their_category_and_leave_it_when_it_is_deleted() {
    let stage = Stage::new().await;
    let id = stage.category("Recipes").await;
    let (one, two) = (stage.save(Some(&id), &[]).await, stage.save(Some(&id), &[]).await);
    stage.patch(&two, json!({"isFavorite": true, "isArchived": true})).await;
    let path = format!("/categories/{id}");
    assert_eq!(stage.get(&path).await.json()["category"]["memoryCount"], 2);
    stage.patch(&one, json!({"categoryId": null})).await;
    assert_eq!(stage.get("/categories").await.json()["categories"][0]["memoryCount"], 1);

    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!(stage.memory(&two).await["categoryId"], Value::Null);
    assert!(stage.chores.take().is_empty());
    let gone = stage.post("/memories", json!({"title": "x", "categoryId": id})).await;
    assert_eq!(gone.wrong_fields(), ["categoryId"]);
}

#[tokio::test]
async fn a_category_whose_memories_are_kept_is_let_out_before_it_is_deleted() {
    let stage = Stage::new().await;
    let (id, other) = (stage.category("Diary").await, stage.category("Recipes").await);
    let memory = stage.save(Some(&id), &[]).await;
    stage.keep(&[&id]).await;
    let path = format!("/categories/{id}");
    let refused = stage.delete(&path).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (409, json!("CategoryIsKept")));
    assert_eq!(stage.memory(&memory).await["categoryId"], id);
    assert_eq!(stage.delete(&format!("/categories/{other}")).await.status, 204);
    stage.keep(&[]).await;
    assert_eq!(stage.delete(&path).await.status, 204);
}

#[tokio::test]
async fn what_is_too_much_for_one_request_is_left_to_a_chore() {
    let stage = Stage::new().await;
    let id = stage.category("Recipes").await;
    for _ in 0..53 {
        stage.save(Some(&id), &["trip", "sea"]).await;
    }
    let renamed = stage.patch("/tags/TRIP", json!({"name": "Travel"})).await;
    assert_eq!(renamed.status, 202, "{}", renamed.text);
    assert_eq!(renamed.json(), json!({"renamed": 50, "merged": false, "remaining": 3}));
    let chore = stage.chores.take().remove(0);
    assert_eq!(
        (&chore["kind"], &chore["from"], &chore["to"]),
        (&json!("retag"), &json!("trip"), &json!("Travel"))
    );
    let sea = stage.delete("/tags/sea").await;
    assert_eq!((sea.status.as_u16(), sea.json()), (202, json!({"remaining": 3})));
    assert_eq!(stage.chores.take()[0]["to"], Value::Null);

    let deleted = stage.delete(&format!("/categories/{id}")).await;
    assert_eq!((deleted.status.as_u16(), deleted.json()), (202, json!({"remaining": 3})));
    let chore = stage.chores.take().remove(0);
    assert_eq!((&chore["kind"], &chore["category"]), (&json!("clearCategory"), &json!(id)));
    assert_eq!(stage.tags("?prefix=trip").await, json!([{"name": "trip", "memoryCount": 3}]));
}

#[tokio::test]
async fn a_deletion_that_the_queue_does_not_take_is_done_all_the_same() {
    let stage = Stage::new().await;
    let id = stage.category("Recipes").await;
    for _ in 0..51 {
        stage.save(Some(&id), &["trip"]).await;
    }
    stage.chores.refuse(true);
    // The sweep will see to the rest of the category; who renames a tag has to ask again.
    assert_eq!(stage.delete(&format!("/categories/{id}")).await.status, 202);
    assert_eq!(stage.patch("/tags/trip", json!({"name": "travel"})).await.status, 503);
    stage.chores.refuse(false);
    let again = stage.patch("/tags/trip", json!({"name": "travel"})).await;
    assert_eq!(again.json(), json!({"renamed": 1, "merged": true, "remaining": 0}));
}

#[tokio::test]
async fn an_order_names_all_categories() {
    let stage = Stage::new().await;
    let (a, b) = (stage.category("a").await, stage.category("b").await);
    let reply = stage.post("/category-order", json!({"ids": [b, a]})).await;
    let names = |reply: &Reply| {
        let categories = reply.json()["categories"].as_array().unwrap().clone();
        categories.iter().map(|category| category["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&reply), ["b", "a"]);
    assert_eq!(names(&stage.get("/categories").await), ["b", "a"]);
    for wrong in
        [json!({"ids": [a]}), json!({"ids": [a, a]}), json!({"ids": []}), json!({"ids": vec![a; 101]})]
    {
        assert_eq!(stage.post("/category-order", wrong).await.wrong_fields(), ["ids"]);
    }
    assert_eq!(stage.post("/category-order", json!({"ids": ["x"]})).await.wrong_fields(), ["ids[0]"]);
}

#[tokio::test]
async fn somebody_elses_categories_and_tags_do_not_exist() {
    let stage = Stage::new().await;
    let path = format!("/categories/{}", stage.category("Mine").await);
    let memory = stage.save(None, &["mine"]).await;
    let (_, theirs) = caller(Role::Premium);
    for (method, path) in [
        (Method::GET, path.as_str()),
        (Method::PATCH, &path),
        (Method::DELETE, &path),
        (Method::PATCH, "/tags/mine"),
        (Method::DELETE, "/tags/mine"),
        (Method::GET, "/categories/no-id"),
    ] {
        let call = Call::new(method, path).json(&json!({"name": "stolen"})).as_caller(&theirs);
        assert_eq!(call.send(&stage.app).await.error_type(), "NotFound", "{path}");
    }
    let list = Call::get("/tags").as_caller(&theirs).send(&stage.app).await;
    assert_eq!(list.json(), json!({"tags": []}));
    let merge = Call::post("/tag-merges", &json!({"from": ["mine"], "into": "stolen"})).as_caller(&theirs);
    assert_eq!(merge.send(&stage.app).await.json(), json!({"retagged": 0, "remaining": 0}));
    assert_eq!(stage.memory(&memory).await["tags"], json!(["mine"]));
}

#[tokio::test]
async fn tags_are_listed_by_name_by_use_and_by_their_beginning() {
    let stage = Stage::new().await;
    for tags in [&["Travel", "a/b"][..], &["travel", "Train"], &["x", "travel"], &["x"]] {
        stage.save(None, tags).await;
    }
    let named = |tags: &[(&str, u64)]| -> Value {
        tags.iter().map(|(name, count)| json!({"name": name, "memoryCount": count})).collect()
    };
    assert_eq!(stage.tags("").await, named(&[("a/b", 1), ("Train", 1), ("Travel", 3), ("x", 2)]));
    assert_eq!(stage.tags("?prefix=TRA&limit=1").await, named(&[("Train", 1)]));
    assert_eq!(stage.tags("?sort=count&limit=3").await, named(&[("Travel", 3), ("x", 2), ("a/b", 1)]));
    assert_eq!(stage.tags("?prefix=%20&sort=name&limit=1000").await.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_tag_is_renamed_merged_and_removed_whatever_it_holds() {
    let stage = Stage::new().await;
    let memory = stage.save(None, &["a/b c", "100%", "✈️", "..", "?#", "keep"]).await;
    for (from, to) in [("A/B C", "d/e"), ("100%", "%2F"), ("✈️", "🏝"), ("..", "."), ("?#", "&")] {
        let reply = stage.patch(&path_of(from), json!({"name": to})).await;
        assert_eq!(reply.json(), json!({"renamed": 1, "merged": false, "remaining": 0}), "{from}");
    }
    assert_eq!(stage.memory(&memory).await["tags"], json!(["d/e", "%2F", "🏝", ".", "&", "keep"]));
    // The same tag written otherwise, and one that is there already.
    let same = stage.patch("/tags/keep", json!({"name": "KEEP"})).await;
    assert_eq!(same.json(), json!({"renamed": 1, "merged": false, "remaining": 0}));
    assert_eq!(stage.tags("?prefix=keep").await[0]["name"], "KEEP");
    let merged = stage.patch(&path_of("d/e"), json!({"name": "keep"})).await;
    assert_eq!(merged.json(), json!({"renamed": 1, "merged": true, "remaining": 0}));
    assert_eq!(stage.memory(&memory).await["tags"], json!(["KEEP", "%2F", "🏝", ".", "&"]));

    let merge = json!({"from": ["%2F", "🏝", "🏝", "nobody's", "."], "into": "&"});
    let merged = stage.post("/tag-merges", merge).await;
    assert_eq!((merged.status.as_u16(), merged.json()), (200, json!({"retagged": 3, "remaining": 0})));
    assert_eq!(stage.delete(&path_of("&")).await.status, 204);
    assert_eq!(stage.delete(&path_of("&")).await.status, 404);
    let after = stage.memory(&memory).await;
    assert_eq!((&after["tags"], &after["updatedAt"]), (&json!(["KEEP"]), &after["createdAt"]));
}
