//! The function's operations, on a real table.

use std::sync::Arc;

use app_domain::Role;
use app_http::TokenVerifier;
use app_store::{Sessions, Users};
use app_testing::{Call, Reply, TestKeys, event, table};
use auth::{App, PasswordHasher, PublishedKeys, Signer, SignupRole, router};
use axum::Router;
use serde_json::{Value, json};

async fn app() -> Router {
    let (table, keys) = (table().await, TestKeys::shared());
    let app = App {
        users: Users::new(table.clone()),
        sessions: Sessions::new(table),
        signer: Signer::new(keys.signing_source()),
        published: PublishedKeys(keys.published_source()),
        verifier: TokenVerifier::new(keys.published_source()),
        hasher: Arc::new(PasswordHasher::default()),
        signup_role: SignupRole(Role::User),
    };
    router(app, "*")
}

fn ada() -> Value {
    json!({
        "email": "Ada@Example.com", "password": "TestPassword123!",
        "firstName": "Ada", "lastName": "Lovelace", "username": "Ada1815",
    })
}

async fn register(app: &Router, account: &Value) -> Reply {
    Call::post("/auth/register", account).send(app).await
}

async fn login(app: &Router, name: &str, password: &str) -> Reply {
    Call::post("/auth/login", &json!({"email": name, "password": password})).send(app).await
}

async fn refresh(app: &Router, token: &Value) -> Reply {
    Call::post("/auth/refresh", &json!({"refreshToken": token})).send(app).await
}

#[tokio::test]
async fn a_new_account_is_signed_in() {
    let app = app().await;
    let reply = register(&app, &ada()).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let body = reply.json();
    insta::assert_json_snapshot!(body, {
        ".user.id" => "[id]", ".user.createdAt" => "[time]", ".user.updatedAt" => "[time]",
        ".accessToken" => "[token]", ".refreshToken" => "[token]",
    });
    let me = Call::get("/auth/me").as_caller(body["accessToken"].as_str().unwrap()).send(&app).await;
    assert_eq!(me.json()["user"], body["user"]);
}

#[tokio::test]
async fn an_email_address_and_a_username_belong_to_one_account() {
    let app = app().await;
    register(&app, &ada()).await;
    let mut again = ada();
    again["email"] = json!("ada@EXAMPLE.com");
    again["username"] = json!("other");
    assert_eq!(register(&app, &again).await.error_type(), "EmailTaken");
    again["email"] = json!("other@example.com");
    again["username"] = json!("ADA1815");
    assert_eq!(register(&app, &again).await.error_type(), "UsernameTaken");
    again["username"] = json!("other");
    assert_eq!(register(&app, &again).await.status, 201, "a refused registration must hold nothing back");
}

#[tokio::test]
async fn one_of_two_registrations_at_the_same_time_wins() {
    let app = app().await;
    let account = ada();
    let (one, two) = tokio::join!(register(&app, &account), register(&app, &account));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn every_broken_rule_of_a_registration_is_named() {
    let app = app().await;
    let bad =
        json!({"email": "ada", "password": "short", "firstName": "", "lastName": "x", "username": "a b"});
    let reply = register(&app, &bad).await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.wrong_fields(), ["email", "password", "firstName", "username"]);
    assert!(!reply.text.contains("short\""), "a password is not repeated");
    let missing = register(&app, &json!({"email": "a@b.co"})).await;
    assert_eq!((missing.status.as_u16(), missing.wrong_fields()), (422, vec!["password".to_owned()]));
}

#[tokio::test]
async fn signs_in_by_email_address_or_username() {
    let app = app().await;
    register(&app, &ada()).await;
    for name in ["ada@example.com", "ADA@example.COM", "ada1815"] {
        let reply = login(&app, name, "TestPassword123!").await;
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(reply.json()["user"]["email"], "Ada@Example.com");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_look_alike() {
    let app = app().await;
    register(&app, &ada()).await;
    let mut bodies = Vec::new();
    let long = "x".repeat(10_000);
    for (name, password) in [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", "wrong"),
        ("no name at all", ""),
        ("ada1815", &*long),
    ] {
        let reply = login(&app, name, password).await;
        assert_eq!(reply.status, 401);
        let mut body = reply.json();
        body["error"]["requestId"].take();
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_gives_the_next() {
    let app = app().await;
    let first = register(&app, &ada()).await.json();
    let second = refresh(&app, &first["refreshToken"]).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_ne!(second.json()["refreshToken"], first["refreshToken"]);
    let third = refresh(&app, &second.json()["refreshToken"]).await;
    assert_eq!(third.status, 200);
    let me = Call::get("/auth/me").as_caller(third.json()["accessToken"].as_str().unwrap()).send(&app).await;
    assert_eq!(me.status, 200);
}

#[tokio::test]
async fn a_reused_refresh_token_ends_the_whole_session() {
    let app = app().await;
    let first = register(&app, &ada()).await.json();
    let second = refresh(&app, &first["refreshToken"]).await.json();
    assert_eq!(refresh(&app, &first["refreshToken"]).await.error_type(), "InvalidRefreshToken");
    assert_eq!(refresh(&app, &second["refreshToken"]).await.error_type(), "InvalidRefreshToken");
    assert_eq!(
        login(&app, "ada1815", "TestPassword123!").await.status,
        200,
        "other sessions are not touched"
    );
}

#[tokio::test]
async fn a_refresh_token_exchanged_twice_at_once_gives_one_pair() {
    let app = app().await;
    let token = register(&app, &ada()).await.json()["refreshToken"].clone();
    let replies = tokio::join!(refresh(&app, &token), refresh(&app, &token));
    let replies = [replies.0, replies.1];
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn made_up_refresh_tokens_are_refused() {
    let app = app().await;
    for token in [json!(""), json!("made-up"), json!("x".repeat(5000))] {
        assert_eq!(refresh(&app, &token).await.status, 401);
    }
    assert_eq!(refresh(&app, &json!(5)).await.status, 422);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let app = app().await;
    let tokens = register(&app, &ada()).await.json();
    let access = tokens["accessToken"].as_str().unwrap();
    let out = || Call::post("/auth/logout", &json!({})).as_caller(access);
    assert_eq!(out().send(&app).await.status, 204);
    assert_eq!(out().send(&app).await.status, 204, "twice is no error");
    assert_eq!(refresh(&app, &tokens["refreshToken"]).await.status, 401);
}

#[tokio::test]
async fn the_published_keys_hold_nothing_private() {
    let reply = Call::get("/auth/jwks.json").send(&app().await).await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=300");
    let key = reply.json()["keys"][0].clone();
    let members: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let app = app().await;
    let sent = async |name: &str| Call::of_event(&event(&format!("auth/{name}.json"))).send(&app).await;
    assert_eq!(sent("register").await.status, 201);
    assert_eq!(sent("login").await.status, 200);
    assert_eq!(sent("jwks").await.status, 200);
    assert_eq!(sent("refresh").await.error_type(), "InvalidRefreshToken");
    for name in ["me", "logout"] {
        assert_eq!(
            sent(name).await.error_type(),
            "InvalidToken",
            "{name}: the token in the event is made up"
        );
    }
}
