//! Messages under a memory on the deployed stack.

use std::sync::Arc;

use e2e::{Person, Stack};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    a_conversation_lives_and_dies,
    memo_answers_in_the_thread,
    messages_wait_in_the_trash_with_their_memory,
    somebody_elses_conversation_does_not_exist,
    fifty_writers_at_once_are_all_counted,
    files_come_with_a_message_and_stay_when_it_goes,
);

/// The path of a memory's messages.
async fn memory(ada: &Person, memory: &Value) -> String {
    format!("/memories/{}/messages", ada.save(memory).await["id"].as_str().unwrap())
}

async fn say(ada: &Person, path: &str, message: &Value) -> Value {
    let reply = ada.post(path, message).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.body["message"].clone()
}

fn one(path: &str, message: &Value) -> String {
    format!("{path}/{}", message["id"].as_str().unwrap())
}

async fn a_conversation_lives_and_dies(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = memory(&ada, &json!({"title": "Trip ✈"})).await;
    let asked = say(&ada, &path, &json!({"content": "Which hotel? 🏨", "metadata": {"n": 0.1}})).await;
    let reply = say(&ada, &path, &json!({"content": "The blue one", "parentMessageId": asked["id"]})).await;
    let read = ada.get(&one(&path, &asked)).await;
    assert_eq!(
        (&read.body["message"]["replyCount"], &read.headers["etag"]),
        (&json!(1), &"\"1\"".parse().unwrap())
    );

    let changed = ada.patch(&one(&path, &reply), &json!({"content": "The red one", "status": "read"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body["message"]["version"]), (200, &json!(2)));
    let stale = ada.send(Method::DELETE, &one(&path, &reply), &[("if-match", "\"1\"")], None).await;
    assert_eq!((stale.status.as_u16(), stale.error_type()), (412, &json!("VersionMismatch")));

    let thread = format!("{path}?parentMessageId={}", asked["id"].as_str().unwrap());
    let thread = ada.get(&thread).await.body;
    assert_eq!(thread["messages"], json!([changed.body["message"]]));
    assert_eq!(thread["pagination"]["total"], 1);
    let page = ada.get(&format!("{path}?order=asc&limit=1")).await.body;
    assert_eq!((&page["messages"][0]["id"], &page["pagination"]["total"]), (&asked["id"], &json!(2)));
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    let rest = ada.get(&format!("{path}?order=asc&limit=1&cursor={cursor}")).await.body;
    assert_eq!((&rest["messages"][0]["id"], rest["pagination"].get("nextCursor")), (&reply["id"], None));

    assert_eq!(ada.delete(&one(&path, &asked)).await.status, 204);
    let left = ada.get(&one(&path, &asked)).await.body["message"].clone();
    assert_eq!((&left["deleted"], &left["content"]), (&json!(true), &json!(null)));
    assert_eq!(ada.delete(&one(&path, &reply)).await.status, 204);
    assert_eq!(ada.get(&one(&path, &asked)).await.status, 404);
    assert_eq!(ada.get(&path).await.body["pagination"]["total"], 0);
}

async fn memo_answers_in_the_thread(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let wifi = json!({"title": "Cabin", "content": {"text": "The wifi password at the cabin is heron-42."}});
    let path = memory(&ada, &wifi).await;
    let question = json!({"content": "What is the wifi password at the cabin?", "aiReply": true});
    let reply = ada.post(&path, &question).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let (asked, answer) = (&reply.body["message"], &reply.body["aiResponse"]);
    assert!(answer["content"].as_str().unwrap().contains("heron-42"), "{answer}");
    assert_eq!(
        (&answer["parentMessageId"], &answer["metadata"]["citations"]),
        (&asked["id"], &json!([asked["memoryId"]]))
    );
    assert_eq!(&ada.get(&one(&path, answer)).await.body["message"], answer);
}

async fn messages_wait_in_the_trash_with_their_memory(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = memory(&ada, &json!({"title": "Trip"})).await;
    let kept = say(&ada, &path, &json!({"content": "kept"})).await;
    let memory = path.trim_end_matches("/messages").to_owned();
    assert_eq!(ada.delete(&memory).await.status, 204);
    assert_eq!(ada.post(&path, &json!({"content": "late"})).await.status, 404);
    assert_eq!(ada.get(&path).await.status, 404);
    let restore = format!("{}/restore", memory.replace("/memories/", "/trash/"));
    assert_eq!(ada.post(&restore, &json!({})).await.status, 200);
    assert_eq!(ada.get(&path).await.body["messages"], json!([kept]));
}

async fn somebody_elses_conversation_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let path = memory(&ada, &json!({"title": "private"})).await;
    let secret = say(&ada, &path, &json!({"content": "private"})).await;
    for reply in [
        eve.get(&path).await,
        eve.post(&path, &json!({"content": "hello"})).await,
        eve.get(&one(&path, &secret)).await,
        eve.patch(&one(&path, &secret), &json!({"content": "stolen"})).await,
        eve.delete(&one(&path, &secret)).await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")));
    }
    assert_eq!(ada.get(&path).await.body["messages"], json!([secret]));
}

async fn fifty_writers_at_once_are_all_counted(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = memory(&ada, &json!({"title": "crowd"})).await;
    let messages: Vec<Value> = (0..50).map(|n| json!({"content": n.to_string()})).collect();
    let replies = join_all(messages.iter().map(|message| ada.post(&path, message))).await;
    assert!(replies.iter().all(|reply| reply.status == 201));
    let page = ada.get(&format!("{path}?limit=100")).await.body;
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["pagination"]["total"]), (50, &json!(50)));
}

async fn files_come_with_a_message_and_stay_when_it_goes(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let path = memory(&ada, &json!({"title": "Trip"})).await;
    let file = crate::files::ready(&ada, "map.txt", "text/plain", b"the way to Lisbon").await;
    let sent = say(&ada, &path, &json!({"content": "the map", "attachments": [file["id"]]})).await;
    let list = format!("/files?memoryId={}", sent["memoryId"].as_str().unwrap());
    let attached = ada.get(&list).await.body["files"][0].clone();
    assert_eq!((&attached["id"], &attached["messageId"]), (&file["id"], &sent["id"]));
    let elsewhere = memory(&ada, &json!({"title": "Another trip"})).await;
    let refused = ada.post(&elsewhere, &json!({"content": "x", "attachments": [file["id"]]})).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(ada.delete(&one(&path, &sent)).await.status, 204);
    let left = ada.get(&list).await.body["files"][0].clone();
    assert_eq!((&left["id"], &left["messageId"]), (&file["id"], &json!(null)));
}
