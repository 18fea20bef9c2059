//! What people do with messages.

use app_domain::Role;
use app_testing::{Call, caller, event};
use http::Method;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn a_message_is_sent_read_changed_and_deleted() {
    let stage = Stage::new().await;
    let reply = stage.post(&json!({"content": "Which hotel?", "metadata": {"client": "web"}})).await;
    let sent = reply.json()["message"].clone();
    assert_eq!(reply.headers["location"], format!("/api{}", stage.one(&sent)));
    assert_eq!(reply.headers["etag"], "\"1\"");
    insta::assert_json_snapshot!(reply.json(), {
        ".message.id" => "[id]", ".message.memoryId" => "[id]",
        ".message.createdAt" => "[time]", ".message.updatedAt" => "[time]",
    });
    let read = stage.get(&stage.one(&sent)).await;
    assert_eq!((&read.json()["message"], &read.headers["etag"]), (&sent, &"\"1\"".parse().unwrap()));

    let change = json!({"content": "Which one?", "metadata": {"client": null, "n": 1}, "status": "read"});
    let changed = stage.patch(&sent, &change).await;
    let body = changed.json()["message"].clone();
    assert_eq!(
        (&body["content"], &body["metadata"], &body["status"], &body["version"]),
        (&json!("Which one?"), &json!({"n": 1}), &json!("read"), &json!(2))
    );
    assert_eq!(body["editedAt"], body["updatedAt"]);
    let cleared = stage.patch(&sent, &json!({"metadata": null})).await.json()["message"].clone();
    assert_eq!((&cleared["metadata"], &cleared["editedAt"]), (&json!({}), &body["editedAt"]));
    for nothing in [json!({}), json!({"content": "Which one?", "metadata": null, "status": "read"})] {
        let same = stage.patch(&sent, &nothing).await;
        assert_eq!((&same.json()["message"], &same.headers["etag"]), (&cleared, &"\"3\"".parse().unwrap()));
    }

    assert_eq!(stage.delete(&sent).await.status, 204);
    assert_eq!(stage.get(&stage.one(&sent)).await.status, 404);
    assert_eq!(stage.delete(&sent).await.error_type(), "NotFound");
    assert_eq!(stage.list("").await, (vec![], 0));
}

#[tokio::test]
async fn lists_go_in_both_orders_and_by_thread() {
    let stage = Stage::new().await;
    let first = stage.say(&json!({"content": "first"})).await;
    for content in ["a", "b", "c"] {
        stage.say(&json!({"content": content, "parentMessageId": first["id"]})).await;
    }
    stage.say(&json!({"content": "last"})).await;
    assert_eq!(stage.list("limit=2").await, (vec!["last".to_owned(), "c".to_owned()], 5));
    assert_eq!(stage.list("order=asc&limit=1&page=5").await, (vec!["last".to_owned()], 5));
    let thread = format!("parentMessageId={}", first["id"].as_str().unwrap());
    assert_eq!(stage.list(&format!("{thread}&order=asc&limit=2")).await.0, ["a", "b"]);
    let page = stage.get(&format!("{}?{thread}&limit=2", stage.path)).await.json();
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    assert_eq!(stage.list(&format!("{thread}&limit=2&cursor={cursor}")).await, (vec!["a".to_owned()], 3));
    assert_eq!(stage.list("after=2020-01-01T00:00:00Z").await.1, 5);
    assert_eq!(stage.list("before=2020-01-01T00:00:00Z").await, (vec![], 0));
    let memory = stage.path.trim_end_matches("/messages");
    assert_eq!(stage.get(memory).await.json()["memory"]["messageCount"], 5);
}

#[tokio::test]
async fn a_deleted_message_stays_empty_until_its_replies_are_gone() {
    let stage = Stage::new().await;
    let parent = stage.say(&json!({"content": "secret", "metadata": {"secret": 1}})).await;
    let reply = stage.say(&json!({"content": "reply", "parentMessageId": parent["id"]})).await;
    assert_eq!(stage.delete(&parent).await.status, 204);
    let left = stage.get(&stage.one(&parent)).await;
    assert!(!left.text.contains("secret"));
    let left = left.json()["message"].clone();
    assert_eq!(
        (&left["deleted"], &left["content"], &left["replyCount"]),
        (&json!(true), &json!(null), &json!(1))
    );
    assert_eq!(stage.list("order=asc").await, (vec!["-".to_owned(), "reply".to_owned()], 2));
    assert_eq!(stage.patch(&parent, &json!({"content": "back"})).await.status, 404);
    for ai_reply in [false, true] {
        let late = json!({"content": "late", "parentMessageId": parent["id"], "aiReply": ai_reply});
        let refused = stage.post(&late).await;
        assert_eq!(
            (refused.status.as_u16(), refused.wrong_fields()),
            (422, vec!["parentMessageId".to_owned()])
        );
    }
    assert_eq!(stage.delete(&reply).await.status, 204);
    assert_eq!(stage.get(&stage.one(&parent)).await.status, 404);
}

#[tokio::test]
async fn somebody_elses_messages_do_not_exist() {
    let (stage, (_, theirs)) = (Stage::new().await, caller(Role::Premium));
    let sent = stage.say(&json!({"content": "mine"})).await;
    let (one, all) = (stage.one(&sent), stage.path.clone());
    let elsewhere = stage.memory(&json!({"title": "another"})).await;
    let calls = |one: &str| {
        vec![
            Call::get(one),
            Call::new(Method::PATCH, one).json(&json!({"content": "stolen"})),
            Call::new(Method::DELETE, one),
        ]
    };
    let mut as_stranger = calls(&one);
    as_stranger.extend([Call::get(&all), Call::post(&all, &json!({"content": "x"}))]);
    as_stranger.push(Call::post(&all, &json!({"content": "x", "aiReply": true})));
    for call in as_stranger {
        let reply = call.as_caller(&theirs).send(&stage.app).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")));
    }
    // Nor do one's own under another memory, or under what is no id.
    let id = sent["id"].as_str().unwrap();
    for path in [format!("{elsewhere}/{id}"), format!("/memories/x/messages/{id}"), format!("{all}/x")] {
        for call in calls(&path) {
            assert_eq!(stage.send(call).await.status, 404, "{path}");
        }
    }
    assert_eq!(stage.list("").await, (vec!["mine".to_owned()], 1));
}

#[tokio::test]
async fn messages_of_a_memory_in_the_trash_come_back_with_it() {
    let stage = Stage::new().await;
    let sent = stage.say(&json!({"content": "kept"})).await;
    let memory = stage.path.trim_end_matches("/messages").to_owned();
    assert_eq!(stage.send(Call::new(Method::DELETE, &memory)).await.status, 204);
    for reply in [
        stage.post(&json!({"content": "x"})).await,
        stage.get(&stage.path).await,
        stage.get(&stage.one(&sent)).await,
        stage.patch(&sent, &json!({"content": "x"})).await,
        stage.delete(&sent).await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")));
    }
    let restore = format!("{}/restore", memory.replace("/memories/", "/trash/"));
    assert_eq!(stage.send(Call::post(&restore, &json!({}))).await.status, 200);
    assert_eq!(stage.list("").await, (vec!["kept".to_owned()], 1));
}

#[tokio::test]
async fn fifty_people_at_once_are_all_heard() {
    let stage = Stage::new().await;
    let message = json!({"content": "me too"});
    let replies = futures_util::future::join_all((0..50).map(|_| stage.post(&message))).await;
    assert!(replies.iter().all(|reply| reply.status == 201));
    assert_eq!(stage.list("limit=100").await.1, 50);
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let stage = Stage::new().await;
    for (name, status) in [("create-message", 404), ("list-messages", 404)] {
        let mut event = event(&format!("memories/{name}.json"));
        assert_eq!(Call::of_event(&event).send(&stage.app).await.error_type(), "InvalidToken", "{name}");
        event["headers"]["Authorization"] = json!(format!("Bearer {}", stage.token));
        let reply = Call::of_event(&event).send(&stage.app).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (status, json!("NotFound")), "{name}");
    }
}
