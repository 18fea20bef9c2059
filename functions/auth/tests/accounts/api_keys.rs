//! API keys.

use crate::support::{Auth, access, ada, auth, me, now};
use app_testing::{Call, Reply};
use http::Method;
use serde_json::{Value, json};

async fn create(auth: &Auth, token: &str, key: &Value) -> Reply {
    Call::post("/auth/api-keys", key).as_caller(token).send(&auth.app).await
}

async fn by_key(auth: &Auth, method: Method, path: &str, key: &str) -> Reply {
    Call::new(method, path).header("x-api-key", key).send(&auth.app).await
}

fn reading() -> Value {
    json!({"name": "My script", "permissions": ["read:memories"]})
}

#[tokio::test]
async fn a_key_is_shown_once_and_calls_for_its_owner() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let made = create(&auth, access(&account), &reading()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with(made.json()["apiKey"]["prefix"].as_str().unwrap()) && key.len() == 47);
    let called = by_key(&auth, Method::GET, "/auth/me", &key).await;
    assert_eq!((called.status.as_u16(), &called.json()["user"]["id"]), (200, &account["user"]["id"]));

    let listed = Call::get("/auth/api-keys").as_caller(access(&account)).send(&auth.app).await;
    assert!(!listed.text.contains(&key));
    let listed = &listed.json()["apiKeys"][0];
    assert_eq!((&listed["name"], &listed["usageLimit"]), (&json!("My script"), &json!(1000)));
    assert_eq!(listed["usedThisMonth"], 1);
    assert!(listed["lastUsedAt"].is_string() && listed["expiresAt"].is_null());
    assert_eq!(auth.audit(&account).await[0], "apiKeyCreated");
}

#[tokio::test]
async fn a_revoked_key_stops_working() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let made = create(&auth, access(&account), &reading()).await.json();
    let (key, id) = (made["key"].as_str().unwrap(), made["apiKey"]["id"].as_str().unwrap());
    let path = format!("/auth/api-keys/{id}");
    let mut bob = ada();
    (bob["email"], bob["username"]) = (json!("bob@example.com"), json!("bob"));
    let bob = auth.register(&bob).await.json();
    let revoke = async |token: &str| Call::new(Method::DELETE, &path).as_caller(token).send(&auth.app).await;
    assert_eq!(revoke(access(&bob)).await.status, 404);
    assert_eq!(by_key(&auth, Method::GET, "/auth/me", key).await.status, 200);
    assert_eq!(revoke(access(&account)).await.status, 204);
    assert_eq!(revoke(access(&account)).await.status, 404);
    assert_eq!(by_key(&auth, Method::GET, "/auth/me", key).await.error_type(), "InvalidApiKey");
    assert_eq!(auth.audit(&account).await[0], "apiKeyRevoked");
}

#[tokio::test]
async fn a_key_may_not_do_what_only_its_owner_may() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let made = create(&auth, access(&account), &reading()).await.json();
    let key = made["key"].as_str().unwrap();
    for (method, path) in [
        (Method::GET, "/auth/sessions"),
        (Method::DELETE, "/auth/sessions"),
        (Method::POST, "/auth/password/change"),
        (Method::GET, "/auth/api-keys"),
        (Method::POST, "/auth/api-keys"),
        (Method::POST, "/auth/logout"),
    ] {
        let reply = by_key(&auth, method, path, key).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (403, json!("SessionRequired")), "{path}");
    }
}

#[tokio::test]
async fn a_key_stops_at_its_limit_of_the_month() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let limited = json!({"name": "k", "permissions": ["read:memories"], "usageLimit": 3});
    let made = create(&auth, access(&account), &limited).await.json();
    let key = made["key"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(by_key(&auth, Method::GET, "/auth/me", key).await.status, 200);
    }
    let over = by_key(&auth, Method::GET, "/auth/me", key).await;
    assert_eq!((over.status.as_u16(), over.error_type()), (429, json!("QuotaExceeded")));
    let wait: u64 = over.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait <= 31 * 24 * 3600);
    assert_eq!(me(&auth.app, access(&account)).await.status, 200, "the owner goes on");
}

#[tokio::test]
async fn every_broken_rule_of_a_key_is_named() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let past = app_domain::Timestamp::from_millis(now().as_millis() - 1000).unwrap().to_string();
    for (change, field) in [
        (json!({"name": ""}), "name"),
        (json!({"permissions": []}), "permissions"),
        (json!({"permissions": ["read:everything"]}), "permissions"),
        (json!({"permissions": ["read:memories", "manage:users"]}), "permissions"),
        (json!({"usageLimit": 0}), "usageLimit"),
        (json!({"usageLimit": 10_000_001}), "usageLimit"),
        (json!({"expiresAt": "tomorrow"}), "expiresAt"),
        (json!({"expiresAt": past}), "expiresAt"),
    ] {
        let mut key = reading();
        key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = create(&auth, access(&account), &key).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{key}");
    }
}

#[tokio::test]
async fn a_person_has_at_most_twenty_keys() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    for _ in 0..20 {
        assert_eq!(create(&auth, access(&account), &reading()).await.status, 201);
    }
    assert_eq!(create(&auth, access(&account), &reading()).await.error_type(), "TooManyApiKeys");
}
