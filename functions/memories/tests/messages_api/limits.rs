//! What is refused, and what the refusal names.

use app_domain::Role;
use app_testing::{Call, caller};
use http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::stage::Stage;

#[tokio::test]
async fn every_broken_rule_is_named_at_once() {
    let stage = Stage::new().await;
    let files: Vec<Uuid> = (0..6).map(|_| Uuid::now_v7()).collect();
    let bad = json!({
        "content": "x".repeat(10_001), "messageType": "video", "attachments": files,
        "metadata": {"large": "x".repeat(9_000)},
    });
    let reply = stage.post(&bad).await;
    assert_eq!(
        (reply.status.as_u16(), reply.wrong_fields()),
        (422, ["content", "messageType", "attachments", "metadata"].map(str::to_owned).to_vec())
    );
    for (bad, field) in [
        (json!({}), "content"),
        (json!({"content": " "}), "content"),
        (json!({"content": "a\u{0}"}), "content"),
        (json!({"content": "x", "metadata": []}), "metadata"),
        (json!({"content": "x", "parentMessageId": "x"}), "parentMessageId"),
        (json!({"content": "x", "parentMessageId": Uuid::now_v7()}), "parentMessageId"),
        (json!({"content": "x", "aiReply": "yes"}), "aiReply"),
    ] {
        let reply = stage.post(&bad).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{bad}");
    }
    assert_eq!(stage.list("").await, (vec![], 0));
    let most = json!({"content": "é".repeat(10_000), "metadata": {"m": "x".repeat(8_000)}});
    assert_eq!(stage.post(&most).await.status, 201);
}

#[tokio::test]
async fn replies_have_no_replies() {
    let stage = Stage::new().await;
    let parent = stage.say(&json!({"content": "parent"})).await;
    let reply = stage.say(&json!({"content": "reply", "parentMessageId": parent["id"]})).await;
    let refused = stage.post(&json!({"content": "x", "parentMessageId": reply["id"]})).await;
    assert_eq!((refused.status.as_u16(), refused.wrong_fields()), (422, vec!["parentMessageId".to_owned()]));
}

#[tokio::test]
async fn a_change_that_breaks_a_rule_changes_nothing() {
    let stage = Stage::new().await;
    let sent = stage.say(&json!({"content": "1", "metadata": {"m": "x".repeat(5_000)}})).await;
    assert_eq!(stage.patch(&sent, &json!({"status": "read"})).await.status, 200);
    for (change, field) in [
        (json!({"content": ""}), "content"),
        (json!({"status": "gone"}), "status"),
        (json!({"status": "delivered"}), "status"),
        (json!({"status": "failed"}), "status"),
        (json!({"metadata": {"n": "x".repeat(5_000)}}), "metadata"),
    ] {
        let reply = stage.patch(&sent, &change).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{change}");
    }
    assert_eq!(stage.get(&stage.one(&sent)).await.json()["message"]["version"], 2);
}

#[tokio::test]
async fn a_stale_if_match_changes_nothing() {
    let stage = Stage::new().await;
    let sent = stage.say(&json!({"content": "1"})).await;
    let path = stage.one(&sent);
    let change = |content: &str| {
        Call::new(Method::PATCH, &path).json(&json!({"content": content})).header("if-match", "\"1\"")
    };
    assert_eq!(stage.send(change("2")).await.status, 200);
    assert_eq!(stage.send(change("3")).await.error_type(), "VersionMismatch");
    let delete = Call::new(Method::DELETE, &path).header("if-match", "\"1\"");
    assert_eq!(stage.send(delete).await.status, 412);
    // A reply is no change of what it replies to.
    stage.say(&json!({"content": "reply", "parentMessageId": sent["id"]})).await;
    let delete = Call::new(Method::DELETE, &path).header("if-match", "\"2\"");
    assert_eq!(stage.send(delete).await.status, 204);
}

#[tokio::test]
async fn wrong_queries_are_refused_by_name() {
    let stage = Stage::new().await;
    for (query, field) in [
        ("limit=101", "limit"),
        ("page=0", "page"),
        ("cursor=x", "cursor"),
        ("order=up", "order"),
        ("after=yesterday", "after"),
        ("before=2026-13-01", "before"),
        ("parentMessageId=x", "parentMessageId"),
    ] {
        let reply = stage.get(&format!("{}?{query}", stage.path)).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{query}");
    }
    for (deepest, deeper) in [("page=11", "page=12"), ("page=3&limit=100", "page=4&limit=100")] {
        assert_eq!(stage.list(deepest).await, (vec![], 0));
        let reply = stage.get(&format!("{}?{deeper}", stage.path)).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["page".to_owned()]), "{deeper}");
        assert!(reply.text.contains("nextCursor"), "{}", reply.text);
    }
    let unknown = stage.get(&format!("{}?parentMessageId={}", stage.path, Uuid::now_v7())).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn strangers_have_nothing_to_say() {
    let stage = Stage::new().await;
    let path = format!("{}/{}", stage.path, Uuid::now_v7());
    for call in [
        Call::get(&stage.path),
        Call::post(&stage.path, &json!({"content": "x"})),
        Call::get(&path),
        Call::new(Method::PATCH, &path).json(&json!({})),
        Call::new(Method::DELETE, &path),
    ] {
        assert_eq!(call.send(&stage.app).await.error_type(), "Unauthenticated");
    }
    let (_, user) = caller(Role::User);
    let delete = Call::new(Method::DELETE, &path).as_caller(&user);
    assert_eq!(delete.send(&stage.app).await.status, 404, "whoever may write may delete messages");
}
