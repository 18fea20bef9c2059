//! The function's operations, on a real table.

use app_domain::Role;
use app_runtime::{OutboundQueue, Queue};
use app_testing::{Call, PlayedQueue, authenticator, caller, event, table, vault};
use axum::Router;
use http::Method;
use memories::{App, router};
use serde_json::{Value, json};

async fn app() -> Router {
    let table = table().await;
    let chores = Queue::new(PlayedQueue::URL, PlayedQueue::default().client());
    let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
    router(App::new(&table, vault(&table), authenticator(), chores, outbound), "*")
}

async fn saved(app: &Router, token: &str, memory: &Value) -> Value {
    let reply = Call::post("/memories", memory).as_caller(token).send(app).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["memory"].clone()
}

#[tokio::test]
async fn a_memory_is_saved_read_changed_and_deleted() {
    let (app, (_, token)) = (app().await, caller(Role::Premium));
    let memory =
        json!({"title": "Trip", "content": {"text": "Lisbon"}, "tags": ["travel"], "isFavorite": true});
    let reply = Call::post("/memories", &memory).as_caller(&token).send(&app).await;
    let made = reply.json()["memory"].clone();
    let path = format!("/memories/{}", made["id"].as_str().unwrap());
    assert_eq!(reply.headers["location"], format!("/api{path}"));
    insta::assert_json_snapshot!(made, {".id" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]"});

    let read = Call::get(&path).as_caller(&token).send(&app).await;
    assert_eq!((&read.json()["memory"], &read.headers["etag"]), (&made, &"\"1\"".parse().unwrap()));

    let change = json!({"title": null, "tags": ["travel", "2026"], "isFavorite": false});
    let patched = Call::new(Method::PATCH, &path).json(&change).as_caller(&token).send(&app).await;
    let body = patched.json()["memory"].clone();
    assert_eq!(
        (&body["title"], &body["tags"], &body["version"]),
        (&json!(null), &json!(["travel", "2026"]), &json!(2))
    );
    assert_eq!(body["content"], made["content"]);

    let gone = Call::new(Method::DELETE, &path).as_caller(&token).send(&app).await;
    assert_eq!(gone.status, 204);
    assert_eq!(Call::get(&path).as_caller(&token).send(&app).await.status, 404);
    assert_eq!(Call::new(Method::DELETE, &path).as_caller(&token).send(&app).await.status, 404);
}

#[tokio::test]
async fn every_broken_rule_is_named_at_once() {
    let (app, (_, token)) = (app().await, caller(Role::User));
    let bad =
        json!({"title": "", "description": "x".repeat(1001), "tags": ["a".repeat(51)], "content": "ok"});
    let reply = Call::post("/memories", &bad).as_caller(&token).send(&app).await;
    assert_eq!(
        (reply.status.as_u16(), reply.wrong_fields()),
        (422, vec!["title".into(), "description".into(), "tags".into()])
    );
    let wrong_type = Call::post("/memories", &json!({"tags": "a"})).as_caller(&token).send(&app).await;
    assert_eq!((wrong_type.status.as_u16(), wrong_type.wrong_fields()), (422, vec!["tags".to_owned()]));
    let empty = Call::post("/memories", &json!({})).as_caller(&token).send(&app).await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn a_list_has_an_exact_total_and_only_the_fields_wanted() {
    let (app, (_, token)) = (app().await, caller(Role::User));
    for n in 0..3 {
        saved(&app, &token, &json!({"title": n.to_string()})).await;
    }
    let reply = Call::get("/memories?limit=2&fields=title").as_caller(&token).send(&app).await.json();
    assert_eq!(reply["memories"], json!([{"title": "2"}, {"title": "1"}]));
    assert_eq!((&reply["pagination"]["total"], &reply["pagination"]["totalPages"]), (&json!(3), &json!(2)));
    let cursor = reply["pagination"]["nextCursor"].as_str().unwrap();
    let rest = Call::get(&format!("/memories?limit=2&fields=title&cursor={cursor}"))
        .as_caller(&token)
        .send(&app)
        .await;
    assert_eq!(rest.json()["memories"], json!([{"title": "0"}]));
    assert_eq!(rest.json()["pagination"].get("nextCursor"), None);
}

#[tokio::test]
async fn wrong_paging_is_refused_by_name() {
    let (app, (_, token)) = (app().await, caller(Role::User));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=0", "page"),
        ("page=two", "page"),
        ("page=1000", "page"),
        ("cursor=%00", "cursor"),
        ("fields=id,secret", "fields"),
    ] {
        let reply = Call::get(&format!("/memories?{query}")).as_caller(&token).send(&app).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{query}");
    }
}

#[tokio::test]
async fn large_content_is_left_out_of_lists_and_said_so() {
    let (app, (_, token)) = (app().await, caller(Role::User));
    let made = saved(&app, &token, &json!({"title": "big", "content": "x".repeat(20_000)})).await;
    let list = Call::get("/memories").as_caller(&token).send(&app).await.json();
    assert_eq!(
        (&list["memories"][0]["content"], &list["memories"][0]["contentOmitted"]),
        (&json!(null), &json!(true))
    );
    let path = format!("/memories/{}", made["id"].as_str().unwrap());
    assert_eq!(Call::get(&path).as_caller(&token).send(&app).await.json()["memory"], made);
}

#[tokio::test]
async fn somebody_elses_memory_does_not_exist() {
    let (app, (_, mine), (_, theirs)) = (app().await, caller(Role::Premium), caller(Role::Premium));
    let path =
        format!("/memories/{}", saved(&app, &mine, &json!({"title": "mine"})).await["id"].as_str().unwrap());
    let change = Call::new(Method::PATCH, &path).json(&json!({"title": "stolen"}));
    for call in [Call::get(&path), change, Call::new(Method::DELETE, &path), Call::get("/memories/no-id")] {
        let reply = call.as_caller(&theirs).send(&app).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")));
    }
    assert_eq!(Call::get(&path).as_caller(&mine).send(&app).await.json()["memory"]["title"], "mine");
}

#[tokio::test]
async fn a_stale_if_match_changes_nothing() {
    let (app, (_, token)) = (app().await, caller(Role::Premium));
    let path =
        format!("/memories/{}", saved(&app, &token, &json!({"title": "1"})).await["id"].as_str().unwrap());
    let change = |version: &str, title: &str| {
        Call::new(Method::PATCH, &path)
            .json(&json!({"title": title}))
            .header("if-match", version)
            .as_caller(&token)
    };
    assert_eq!(change("\"1\"", "2").send(&app).await.status, 200);
    assert_eq!(change("\"1\"", "3").send(&app).await.error_type(), "VersionMismatch");
    assert_eq!(change("1", "3").send(&app).await.error_type(), "MalformedIfMatch");
    let delete = Call::new(Method::DELETE, &path).header("if-match", "\"1\"").as_caller(&token);
    assert_eq!(delete.send(&app).await.status, 412);
    assert_eq!(Call::get(&path).as_caller(&token).send(&app).await.json()["memory"]["title"], "2");
}

#[tokio::test]
async fn changes_at_the_same_time_are_both_kept() {
    let (app, (_, token)) = (app().await, caller(Role::Premium));
    let path =
        format!("/memories/{}", saved(&app, &token, &json!({"title": "1"})).await["id"].as_str().unwrap());
    let change = |json: Value| Call::new(Method::PATCH, &path).json(&json).as_caller(&token);
    let (one, two) = tokio::join!(
        change(json!({"description": "one"})).send(&app),
        change(json!({"isArchived": true})).send(&app)
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    let memory = Call::get(&path).as_caller(&token).send(&app).await.json()["memory"].clone();
    assert_eq!(
        (&memory["description"], &memory["isArchived"], &memory["version"]),
        (&json!("one"), &json!(true), &json!(3))
    );
}

#[tokio::test]
async fn deleting_needs_its_own_permission() {
    let (app, (_, token)) = (app().await, caller(Role::User));
    let path =
        format!("/memories/{}", saved(&app, &token, &json!({"title": "1"})).await["id"].as_str().unwrap());
    let reply = Call::new(Method::DELETE, &path).as_caller(&token).send(&app).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (403, json!("PermissionDenied")));
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let (app, (_, token)) = (app().await, caller(Role::Premium));
    for (name, status) in [("create", 201), ("list", 200), ("read", 404), ("patch", 404), ("delete", 404)] {
        let mut event = event(&format!("memories/{name}.json"));
        assert_eq!(Call::of_event(&event).send(&app).await.error_type(), "InvalidToken", "{name}");
        event["headers"]["Authorization"] = json!(format!("Bearer {token}"));
        assert_eq!(Call::of_event(&event).send(&app).await.status, status, "{name}");
    }
}
