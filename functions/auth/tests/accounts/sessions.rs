//! Sessions and their refresh tokens.

use crate::support::{Auth, PASSWORD, access, ada, auth, me, now};
use app_domain::{AuditEntry, AuditEvent, Origin, SecretToken, Session};
use app_store::{Rotation, Sessions};
use app_testing::{Call, Reply};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn text(token: &Value) -> &str {
    token.as_str().unwrap()
}

/// Exchanges a refresh token as of some seconds ago, as somebody else may have done.
async fn exchanged_before(auth: &Auth, token: &Value, seconds: u64) -> String {
    let sessions = Sessions::new(auth.table.clone());
    let old = SecretToken::received(text(token).to_owned());
    let stored = sessions.token(&old.hash()).await.unwrap().unwrap();
    let session = sessions.get(stored.user_id, stored.session_id).await.unwrap().unwrap();
    let then = app_domain::Timestamp::from_millis(now().as_millis() - seconds as i64 * 1000).unwrap();
    let new = SecretToken::generate().unwrap();
    let rotated = sessions.rotate(&session, &old.hash(), &new.hash(), "sealed", then).await.unwrap();
    assert_eq!(rotated, Rotation::Done);
    new.into_text()
}

async fn delete(auth: &Auth, path: &str, token: &str) -> Reply {
    Call::new(Method::DELETE, path).as_caller(token).send(&auth.app).await
}

async fn sessions(auth: &Auth, token: &str) -> Vec<Value> {
    let reply = Call::get("/auth/sessions").as_caller(token).send(&auth.app).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_refresh_token_works_once_and_gives_the_next() {
    let auth = auth().await;
    let first = auth.register(&ada()).await.json();
    let second = auth.refresh(&first["refreshToken"]).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_ne!(second.json()["refreshToken"], first["refreshToken"]);
    let third = auth.refresh(&second.json()["refreshToken"]).await;
    assert_eq!(third.status, 200);
    assert_eq!(me(&auth.app, access(&third.json())).await.status, 200);
}

#[tokio::test]
async fn a_token_sent_twice_within_seconds_gives_the_same_successor() {
    let auth = auth().await;
    let token = auth.register(&ada()).await.json()["refreshToken"].clone();
    let (one, two) = tokio::join!(auth.refresh(&token), auth.refresh(&token));
    let late = auth.refresh(&token).await;
    let successors: Vec<Value> = [&one, &two, &late].map(|reply| reply.json()["refreshToken"].clone()).into();
    assert!(successors[0].is_string(), "{}", one.text);
    assert!(successors.iter().all(|successor| *successor == successors[0]), "{successors:?}");
    for reply in [one, two, late] {
        assert_eq!(me(&auth.app, access(&reply.json())).await.status, 200);
    }
    assert_eq!(auth.refresh(&successors[0]).await.status, 200, "the session goes on");
}

#[tokio::test]
async fn a_successor_that_was_used_is_not_given_again() {
    let auth = auth().await;
    let first = auth.register(&ada()).await.json();
    let second = auth.refresh(&first["refreshToken"]).await.json();
    let third = auth.refresh(&second["refreshToken"]).await.json();
    assert_eq!(auth.refresh(&first["refreshToken"]).await.error_type(), "RefreshRaced");
    assert_eq!(auth.refresh(&third["refreshToken"]).await.status, 200, "nobody is signed out");
}

#[tokio::test]
async fn a_reused_token_ends_the_session_for_thief_and_owner() {
    for thief_is_first in [true, false] {
        let auth = auth().await;
        let account = auth.register(&ada()).await.json();
        let stolen = &account["refreshToken"];
        let newer = json!(exchanged_before(&auth, stolen, 11).await);
        let (first, then) = if thief_is_first { (stolen, &newer) } else { (stolen, stolen) };
        assert_eq!(auth.refresh(first).await.error_type(), "InvalidRefreshToken");
        assert_eq!(auth.refresh(then).await.error_type(), "InvalidRefreshToken");
        assert_eq!(auth.refresh(&newer).await.error_type(), "InvalidRefreshToken");
        let log = auth.audit(&account).await;
        assert_eq!(log.iter().filter(|event| *event == "refreshTokenReused").count(), 1, "{log:?}");
        assert_eq!(me(&auth.app, access(&account)).await.error_type(), "SessionEnded");
        assert_eq!(auth.login("ada1815", PASSWORD).await.status, 200, "the owner can sign in again");
    }
}

#[tokio::test]
async fn made_up_refresh_tokens_are_refused() {
    let auth = auth().await;
    for token in [json!(""), json!("made-up"), json!("x".repeat(5000))] {
        assert_eq!(auth.refresh(&token).await.status, 401);
    }
    assert_eq!(auth.refresh(&json!(5)).await.status, 422);
}

#[tokio::test]
async fn an_expired_refresh_token_is_refused() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let user = account["user"]["id"].as_str().unwrap().parse().unwrap();
    let eight_days = 8 * 24 * 3600 * 1000;
    let then = app_domain::Timestamp::from_millis(now().as_millis() - eight_days).unwrap();
    let token = SecretToken::generate().unwrap();
    for (remember_me, status) in [(false, 401), (true, 200)] {
        let session = Session::begin(user, remember_me, Origin::default(), then);
        let token = if remember_me { SecretToken::generate().unwrap() } else { token.clone() };
        let audit = AuditEntry::new(user, AuditEvent::SignedIn, Origin::default(), then);
        Sessions::new(auth.table.clone()).begin(&session, &token.hash(), &audit).await.unwrap();
        assert_eq!(auth.refresh(&json!(token.expose())).await.status, status);
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_access_token() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let out = || Call::post("/auth/logout", &json!({})).as_caller(access(&account));
    assert_eq!(out().send(&auth.app).await.status, 204);
    assert_eq!(auth.refresh(&account["refreshToken"]).await.status, 401);
    assert_eq!(me(&auth.app, access(&account)).await.error_type(), "SessionEnded");
    assert_eq!(auth.audit(&account).await[0], "sessionEnded");
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let phone = Call::post("/auth/login", &json!({"email": "ada1815", "password": PASSWORD}))
        .from_address("203.0.113.77")
        .header("user-agent", "Memory/1.0 (iPhone)")
        .send(&auth.app)
        .await
        .json();
    let list = sessions(&auth, access(&phone)).await;
    assert_eq!(list.len(), 2);
    assert_eq!((&list[0]["isCurrent"], &list[1]["isCurrent"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&list[0]["ipPrefix"], &list[0]["userAgent"]),
        (&json!("203.0.113.0/24"), &json!("Memory/1.0 (iPhone)"))
    );
    assert!(!list[0].to_string().contains("203.0.113.77"), "the whole address is not kept");
    let before = list[0]["lastActiveAt"].clone();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let phone = auth.refresh(&phone["refreshToken"]).await.json();
    assert!(sessions(&auth, access(&phone)).await[0]["lastActiveAt"].as_str() > before.as_str());
}

#[tokio::test]
async fn a_person_ends_one_session_and_nobody_elses() {
    let auth = auth().await;
    let one = auth.register(&ada()).await.json();
    let two = auth.login("ada1815", PASSWORD).await.json();
    let id = sessions(&auth, access(&one)).await[1]["id"].as_str().unwrap().to_owned();
    let mut bob = ada();
    (bob["email"], bob["username"]) = (json!("bob@example.com"), json!("bob"));
    let bob = auth.register(&bob).await.json();
    assert_eq!(delete(&auth, &format!("/auth/sessions/{id}"), access(&bob)).await.status, 404);
    assert_eq!(delete(&auth, &format!("/auth/sessions/{id}"), access(&two)).await.status, 204);
    assert_eq!(delete(&auth, &format!("/auth/sessions/{id}"), access(&two)).await.status, 404, "it is gone");
    assert_eq!(me(&auth.app, access(&one)).await.status, 401);
    assert_eq!(me(&auth.app, access(&two)).await.status, 200);
    assert_eq!(auth.refresh(&one["refreshToken"]).await.status, 401);
}

#[tokio::test]
async fn a_person_ends_all_sessions_or_all_others() {
    let auth = auth().await;
    let one = auth.register(&ada()).await.json();
    let two = auth.login("ada1815", PASSWORD).await.json();
    assert_eq!(delete(&auth, "/auth/sessions?keepCurrent=true", access(&two)).await.status, 204);
    assert_eq!(me(&auth.app, access(&one)).await.status, 401);
    assert_eq!(auth.refresh(&one["refreshToken"]).await.status, 401);
    let two = auth.refresh(&two["refreshToken"]).await.json();
    assert_eq!(sessions(&auth, access(&two)).await.len(), 1);
    let three = auth.login("ada1815", PASSWORD).await.json();
    assert_eq!(sessions(&auth, access(&three)).await.len(), 2);
    assert_eq!(delete(&auth, "/auth/sessions", access(&three)).await.status, 204);
    for signed_in in [&two, &three] {
        assert_eq!(me(&auth.app, access(signed_in)).await.status, 401);
        assert_eq!(auth.refresh(&signed_in["refreshToken"]).await.status, 401);
    }
    assert_eq!(delete(&auth, "/auth/sessions?keepCurrent=maybe", access(&one)).await.status, 401);
}
