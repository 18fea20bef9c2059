//! Registration, sign-in and the public keys.

use crate::support::{PASSWORD, access, ada, auth, me};
use app_testing::{Call, event};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

#[tokio::test]
async fn a_new_account_is_signed_in() {
    let auth = auth().await;
    let reply = auth.register(&ada()).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let body = reply.json();
    insta::assert_json_snapshot!(body, {
        ".user.id" => "[id]", ".user.createdAt" => "[time]", ".user.updatedAt" => "[time]",
        ".accessToken" => "[token]", ".refreshToken" => "[token]",
    });
    assert_eq!(me(&auth.app, access(&body)).await.json()["user"], body["user"]);
    assert_eq!(auth.audit(&body).await, ["signedIn", "registered"]);
    let mail = serde_json::to_value(auth.mail()).unwrap();
    assert_eq!((&mail[0]["kind"], &mail[0]["userId"]), (&json!("verifyEmail"), &body["user"]["id"]));
}

#[tokio::test]
async fn look_alikes_are_no_other_account() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let with = |field: &str, value: &str| {
        let mut account = ada();
        account["email"] = json!("other@example.com");
        account["username"] = json!("other");
        account[field] = json!(value);
        account
    };
    // Cyrillic а, full-width letters, a zero-width joiner, a combining mark: no username has them.
    for username in ["аda1815", "ａda1815", "ada\u{200d}1815", "ada1815\u{301}"] {
        let reply = auth.register(&with("username", username)).await;
        assert_eq!(reply.wrong_fields(), ["username"], "{username}");
    }
    assert_eq!(auth.register(&with("email", "ADA@EXAMPLE.COM")).await.error_type(), "EmailTaken");
    assert_eq!(auth.register(&with("email", "ａda@example.com")).await.error_type(), "EmailTaken");
    // A letter and a combining mark are not an address; the one letter for both is.
    assert_eq!(auth.register(&with("email", "jose\u{301}@example.com")).await.wrong_fields(), ["email"]);
    assert_eq!(auth.register(&with("email", "jos\u{e9}@example.com")).await.status, 201);
}

#[tokio::test]
async fn an_email_address_and_a_username_belong_to_one_account() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let mut again = ada();
    again["email"] = json!("ada@EXAMPLE.com");
    again["username"] = json!("other");
    assert_eq!(auth.register(&again).await.error_type(), "EmailTaken");
    again["email"] = json!("other@example.com");
    again["username"] = json!("ADA1815");
    assert_eq!(auth.register(&again).await.error_type(), "UsernameTaken");
    again["username"] = json!("other");
    assert_eq!(auth.register(&again).await.status, 201, "a refused registration must hold nothing back");
}

#[tokio::test]
async fn one_of_two_registrations_at_the_same_time_wins() {
    let auth = auth().await;
    let account = ada();
    let (one, two) = tokio::join!(auth.register(&account), auth.register(&account));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn every_broken_rule_of_a_registration_is_named() {
    let auth = auth().await;
    let bad =
        json!({"email": "ada", "password": "short", "firstName": "", "lastName": "x", "username": "a b"});
    let reply = auth.register(&bad).await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.wrong_fields(), ["email", "password", "firstName", "username"]);
    assert!(!reply.text.contains("short\""), "a password is not repeated");
    let missing = auth.register(&json!({"email": "a@b.co"})).await;
    assert_eq!((missing.status.as_u16(), missing.wrong_fields()), (422, vec!["password".to_owned()]));
}

#[tokio::test]
async fn signs_in_by_email_address_or_username() {
    let auth = auth().await;
    auth.register(&ada()).await;
    for name in ["ada@example.com", "ADA@example.COM", "ada1815"] {
        let reply = auth.login(name, PASSWORD).await;
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(reply.json()["user"]["email"], "Ada@Example.com");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_look_alike() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let mut bodies = Vec::new();
    let long = "x".repeat(10_000);
    for (name, password) in [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", "wrong"),
        ("no name at all", ""),
        ("ada1815", &*long),
    ] {
        let reply = auth.login(name, password).await;
        assert_eq!(reply.status, 401);
        let mut body = reply.json();
        body["error"]["requestId"].take();
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
}

#[tokio::test]
async fn the_published_keys_hold_nothing_private() {
    let reply = Call::get("/auth/jwks.json").send(&auth().await.app).await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=300");
    let key = reply.json()["keys"][0].clone();
    let members: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let auth = auth().await;
    let sent = async |name: &str| Call::of_event(&event(&format!("auth/{name}.json"))).send(&auth.app).await;
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

#[tokio::test]
async fn every_operation_that_is_described_is_answered() {
    let auth = auth().await;
    let description = serde_json::to_value(auth::api::<OpenApiRouter<auth::App>>().into_openapi()).unwrap();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let reply = Call::new(method, &path.replace("{id}", "x").replace("{provider}", "google"));
            let reply = reply.send(&auth.app).await;
            let message = reply.json()["error"]["message"].clone();
            assert!(
                reply.status != 405 && message != "There is nothing at this path.",
                "{path}: {}",
                reply.text
            );
        }
    }
}
