//! The trash, earlier versions, batches and filters through the API, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{Chore, Role};
use app_runtime::{OutboundQueue, Queue};
use app_testing::{Call, PlayedQueue, Reply, authenticator, caller, table, vault};
use axum::Router;
use http::Method;
use memories::{App, router};
use serde_json::{Value, json};

struct Stage {
    app: Router,
    chores: PlayedQueue,
    token: String,
}

impl Stage {
    async fn of(role: Role) -> Self {
        let (table, chores) = (table().await, PlayedQueue::default());
        let queue = Queue::<Chore>::new(PlayedQueue::URL, chores.client());
        let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
        let app = router(App::new(&table, vault(&table), authenticator(), queue, outbound), "*");
        Self { app, chores, token: caller(role).1 }
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

    /// Saves a memory; its id.
    async fn save(&self, memory: Value) -> String {
        let reply = self.post("/memories", memory).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()["memory"]["id"].as_str().unwrap().to_owned()
    }

    /// The titles of a list.
    async fn titles(&self, query: &str) -> Vec<String> {
        let reply = self.get(&format!("/memories?{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let memories = reply.json()["memories"].as_array().unwrap().clone();
        memories.iter().map(|memory| memory["title"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_deleted_memory_is_restored_or_goes_for_good() {
    let stage = Stage::of(Role::Premium).await;
    let id = stage.save(json!({"title": "Trip", "tags": ["sea"]})).await;
    let (path, bin) = (format!("/memories/{id}"), format!("/trash/{id}"));
    assert_eq!(stage.get(&bin).await.status, 404);
    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!(stage.get(&path).await.status, 404);

    let trash = stage.get("/trash").await.json();
    assert_eq!((&trash["trash"][0]["memory"]["id"], &trash["pagination"]["total"]), (&json!(id), &json!(1)));
    assert!(trash["trash"][0]["purgeAt"].as_str() > trash["trash"][0]["deletedAt"].as_str());
    assert_eq!(stage.get(&bin).await.json()["memory"]["title"], "Trip");
    let restored = stage.post(&format!("{bin}/restore"), json!({})).await;
    assert_eq!((restored.status.as_u16(), &restored.headers["etag"]), (200, &"\"2\"".parse().unwrap()));
    assert_eq!(stage.get(&path).await.json()["memory"]["tags"], json!(["sea"]));
    assert_eq!(stage.post(&format!("{bin}/restore"), json!({})).await.status, 404);

    assert_eq!(stage.delete(&bin).await.status, 404, "what is not in the trash is not removed");
    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!(stage.delete(&bin).await.status, 202);
    assert_eq!(stage.chores.take()[0]["kind"], "purgeMemory");
    for gone in [stage.get(&bin).await, stage.post(&format!("{bin}/restore"), json!({})).await] {
        assert_eq!(gone.status, 404);
    }
    assert_eq!(stage.get("/trash").await.json()["pagination"]["total"], 0);
    // Until the worker has done it, asking again asks the worker again.
    assert_eq!(stage.delete(&bin).await.status, 202);
}

#[tokio::test]
async fn the_trash_is_emptied() {
    let stage = Stage::of(Role::Premium).await;
    let mut ids = Vec::new();
    for n in 0..27 {
        let id = stage.save(json!({"title": n.to_string()})).await;
        assert_eq!(stage.delete(&format!("/memories/{id}")).await.status, 204);
        ids.push(id);
    }
    assert_eq!(stage.delete("/trash").await.status, 202);
    let trash = stage.get("/trash").await.json();
    assert_eq!(trash["pagination"]["total"], 2);
    let chores = stage.chores.take();
    let purged: Vec<&Value> =
        chores.iter().filter(|chore| chore["kind"] == "purgeMemory").map(|chore| &chore["memory"]).collect();
    assert_eq!(purged.len(), 25);
    assert!(purged.iter().all(|id| ids.iter().any(|trashed| json!(trashed) == **id)));
    assert_eq!(chores.last().unwrap()["kind"], "emptyTrash");
    let user = Stage::of(Role::User).await;
    assert_eq!(user.delete("/trash").await.status, 403, "as for each");
}

#[tokio::test]
async fn the_answer_to_a_batch_leaves_large_content_out() {
    let stage = Stage::of(Role::User).await;
    let memory = json!({"title": "long", "content": {"text": "x".repeat(60_000)}});
    let id = stage.save(memory.clone()).await;
    let operations = json!([
        {"op": "create", "memory": memory},
        {"op": "patch", "id": id, "memory": {"isFavorite": true}},
        {"op": "patch", "id": id, "memory": {"isArchived": true}},
    ]);
    let reply = stage.post("/memories/batch", json!({"operations": operations})).await;
    for result in reply.json()["results"].as_array().unwrap() {
        assert_eq!(
            (&result["memory"]["title"], &result["memory"]["contentOmitted"]),
            (&json!("long"), &json!(true))
        );
    }
    let whole = stage.get(&format!("/memories/{id}")).await.json()["memory"].clone();
    assert_eq!((&whole["isFavorite"], &whole["isArchived"]), (&json!(true), &json!(true)));
    assert_eq!(whole["content"]["text"].as_str().unwrap().len(), 60_000);
}

#[tokio::test]
async fn an_earlier_version_is_read_and_restored() {
    let stage = Stage::of(Role::User).await;
    let id = stage.save(json!({"title": "one", "content": {"text": "first"}})).await;
    let path = format!("/memories/{id}");
    for title in ["two", "three"] {
        assert_eq!(stage.patch(&path, json!({"title": title})).await.status, 200);
    }
    let list = stage.get(&format!("{path}/versions?limit=1")).await.json();
    assert_eq!(list["versions"][0]["title"], "two");
    let cursor = list["pagination"]["nextCursor"].as_str().unwrap();
    let rest = stage.get(&format!("{path}/versions?limit=1&cursor={cursor}")).await.json();
    assert_eq!(
        (&rest["versions"][0]["title"], &rest["pagination"]["nextCursor"]),
        (&json!("one"), &json!(null))
    );
    assert_eq!(
        stage.get(&format!("{path}/versions/1")).await.json()["memory"]["content"],
        json!({"text": "first"})
    );
    let restored = stage.post(&format!("{path}/versions/1/restore"), json!({})).await.json();
    assert_eq!((&restored["memory"]["title"], &restored["memory"]["version"]), (&json!("one"), &json!(4)));
    for wrong in ["9", "0", "x", "-1"] {
        assert_eq!(stage.get(&format!("{path}/versions/{wrong}")).await.status, 404, "{wrong}");
        assert_eq!(stage.post(&format!("{path}/versions/{wrong}/restore"), json!({})).await.status, 404);
    }
    let stale = Call::post(&format!("{path}/versions/1/restore"), &json!({})).header("if-match", "\"1\"");
    assert_eq!(stage.send(stale).await.status, 412);
}

#[tokio::test]
async fn each_operation_of_a_batch_is_done_or_refused_on_its_own() {
    let stage = Stage::of(Role::Premium).await;
    let id = stage.save(json!({"title": "there"})).await;
    let unknown = "01932b7c-5a00-7000-8000-0123456789ab";
    let operations = json!({"operations": [
        {"op": "create", "memory": {"title": "new"}},
        {"op": "create", "memory": {"title": "", "tags": ["x".repeat(51)]}},
        {"op": "patch", "id": id, "memory": {"isFavorite": true}},
        {"op": "patch", "id": id, "version": 1, "memory": {"title": "too late"}},
        {"op": "patch", "id": unknown, "memory": {"title": "nobody's"}},
        {"op": "delete", "id": id},
        {"op": "delete", "id": id},
        {"op": "create", "memory": {"title": "x", "categoryId": unknown}},
    ]});
    let reply = stage.post("/memories/batch", operations).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let results = reply.json()["results"].as_array().unwrap().clone();
    let statuses: Vec<u64> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 200, 412, 404, 204, 404, 422]);
    assert_eq!(results[0]["memory"]["title"], "new");
    let fields: Vec<&Value> =
        results[1]["error"]["details"].as_array().unwrap().iter().map(|detail| &detail["field"]).collect();
    assert_eq!(fields, ["title", "tags"]);
    assert_eq!(
        (&results[3]["error"]["type"], &results[2]["memory"]["version"]),
        (&json!("VersionMismatch"), &json!(2))
    );
    assert_eq!(results[7]["error"]["details"][0]["field"], "categoryId");
    assert_eq!(stage.titles("").await, ["new"]);
}

#[tokio::test]
async fn a_batch_has_limits_and_needs_the_permission_of_what_it_does() {
    let stage = Stage::of(Role::User).await;
    let id = stage.save(json!({"title": "there"})).await;
    let create = json!({"op": "create", "memory": {"title": "x"}});
    for operations in
        [json!([]), Value::Array(vec![create.clone(); 101]), json!([{"op": "burn"}]), json!("x")]
    {
        let reply = stage.post("/memories/batch", json!({"operations": operations})).await;
        assert_eq!(reply.status, 422, "{}", reply.text);
    }
    let many = Value::Array(vec![create; 100]);
    let reply = stage.post("/memories/batch", json!({"operations": many})).await.json();
    assert!(reply["results"].as_array().unwrap().iter().all(|result| result["status"] == 201));
    let delete = json!({"operations": [{"op": "delete", "id": id}]});
    let refused = stage.post("/memories/batch", delete).await.json();
    assert_eq!(refused["results"][0]["error"]["type"], "PermissionDenied");
    let list = stage.get("/memories?limit=1").await.json();
    assert_eq!(list["pagination"]["total"], 101);
    // Large ones fit as well, up to the limit of the function's own.
    let large: Vec<Value> = (0..40)
        .map(|n| json!({"op": "create", "memory": {"title": format!("{n}"), "content": "x".repeat(60_000)}}))
        .collect();
    assert_eq!(stage.post("/memories/batch", json!({"operations": large})).await.status, 200);
}

#[tokio::test]
async fn a_list_is_filtered_and_sorted_as_asked() {
    let stage = Stage::of(Role::User).await;
    let work = stage.post("/categories", json!({"name": "Office"})).await.json()["category"]["id"].clone();
    let work = work.as_str().unwrap();
    stage.save(json!({"title": "note 10", "categoryId": work, "tags": ["a, b", "sea"]})).await;
    stage.save(json!({"title": "note 2", "tags": ["sea"], "isFavorite": true})).await;
    stage
        .save(json!({"title": "éclair", "content": {"text": "Recipe from Maria"}, "isArchived": true}))
        .await;
    for (query, expected) in [
        ("sortBy=title", vec!["éclair", "note 2", "note 10"]),
        ("sortBy=title&sortOrder=desc", vec!["note 10", "note 2", "éclair"]),
        ("sortBy=updated_at&sortOrder=asc", vec!["note 10", "note 2", "éclair"]),
        ("tags=SEA", vec!["note 2", "note 10"]),
        ("tags=sea&tags=a%2C%20b", vec!["note 10"]),
        ("categoryId=none&isArchived=false", vec!["note 2"]),
        ("search=maria", vec!["éclair"]),
        ("isFavorite=true&source=web", vec!["note 2"]),
        ("source=whatsapp", vec![]),
        ("dateTo=2000-01-01T00:00:00Z", vec![]),
        ("dateFrom=2000-01-01T00:00:00%2B02:00&limit=2", vec!["éclair", "note 2"]),
    ] {
        assert_eq!(stage.titles(query).await, expected, "{query}");
    }
    assert_eq!(stage.titles(&format!("categoryId={work}")).await, ["note 10"]);
    let page = stage.get("/memories?sortBy=title&limit=1").await.json();
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    assert_eq!(stage.titles(&format!("sortBy=title&limit=1&cursor={cursor}")).await, ["note 2"]);
    for wrong in [
        "categoryId=x",
        "tags=",
        "search=",
        "dateFrom=yesterday",
        "isFavorite=perhaps",
        "source=fax",
        "sortBy=size",
        "sortOrder=up",
        "include=files",
        "include=messages&limit=21",
        &format!("cursor={cursor}"),
    ] {
        let reply = stage.get(&format!("/memories?{wrong}")).await;
        assert_eq!(reply.status, 422, "{wrong}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_list_shows_the_latest_messages_if_asked() {
    let stage = Stage::of(Role::User).await;
    let id = stage.save(json!({"title": "talk"})).await;
    for n in 0..7 {
        let reply = stage.post(&format!("/memories/{id}/messages"), json!({"content": n.to_string()})).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
    }
    stage.save(json!({"title": "silence"})).await;
    let list = stage.get("/memories?include=messages&fields=title").await.json()["memories"].clone();
    assert_eq!(list[0], json!({"title": "silence", "messages": []}));
    let contents: Vec<&Value> =
        list[1]["messages"].as_array().unwrap().iter().map(|message| &message["content"]).collect();
    assert_eq!(contents, ["6", "5", "4", "3", "2"]);
    let plain = stage.get("/memories").await.json()["memories"][1].clone();
    assert_eq!((&plain["messageCount"], plain.get("messages")), (&json!(7), None));
}

#[tokio::test]
async fn a_sealed_memory_is_kept_as_it_came() {
    let stage = Stage::of(Role::User).await;
    let open = json!({"title": "Diary", "privacyLevel": "sealed", "content": {"text": "in the clear"}});
    assert_eq!(stage.post("/memories", open).await.wrong_fields(), ["content"]);
    let header = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0";
    let jwe = format!("{header}..AAAAAAAAAAAAAAAA.c2VjcmV0.AAAAAAAAAAAAAAAAAAAAAA");
    let sealed = json!({"title": "Diary", "privacyLevel": "sealed", "content": {"jwe": jwe}});
    let id = stage.save(sealed.clone()).await;
    let read = stage.get(&format!("/memories/{id}")).await.json()["memory"].clone();
    assert_eq!((&read["content"], &read["privacyLevel"]), (&sealed["content"], &json!("sealed")));
    // It does not become readable by a change that forgets about it, nor is it found by what is in it.
    let patch = json!({"content": {"text": "in the clear"}});
    assert_eq!(stage.patch(&format!("/memories/{id}"), patch).await.wrong_fields(), ["content"]);
    assert_eq!(stage.titles("search=secret").await, Vec::<String>::new());
    assert_eq!(stage.titles("search=diary").await, ["Diary"]);
}
