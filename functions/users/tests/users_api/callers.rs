//! Who may call what.

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEntry, AuditEvent, Origin, Permission, Role, SecretToken,
};
use app_http::API_KEY_PREFIX;
use app_store::ApiKeys;
use app_testing::{Call, event};
use http::Method;
use serde_json::{Value, json};

use crate::stage::{ADDRESS, Person, Stage, now, refusal, refused};

fn administration(about: &Person) -> Vec<Call> {
    let path = format!("/admin/users/{}", about.id);
    vec![
        Call::get("/admin/users"),
        Call::get(&path),
        Call::get(&format!("{path}/audit")),
        Call::new(Method::PATCH, &path).json(&json!({"tier": "premium"})),
        Call::get("/admin/ip-rules"),
        Call::new(Method::PUT, "/admin/ip-rules").json(&json!({"allow": [], "deny": []})),
    ]
}

#[tokio::test]
async fn strangers_are_refused() {
    let stage = Stage::new().await;
    let ada = stage.person(Role::User).await;
    for call in administration(&ada).into_iter().chain([Call::get("/users/me/audit")]) {
        assert_eq!(refusal(&call.send(&stage.app).await), refused(401, "Unauthenticated"));
    }
}

#[tokio::test]
async fn only_administrators_administer() {
    let stage = Stage::new().await;
    let ada = stage.person(Role::User).await;
    for role in [Role::User, Role::Premium] {
        let bob = stage.person(role).await;
        for about in [&ada, &bob] {
            for call in administration(about) {
                assert_eq!(refusal(&stage.call(&bob, call).await), refused(403, "PermissionDenied"));
            }
        }
    }
    let admin = stage.person(Role::Admin).await;
    for call in administration(&ada) {
        let reply = stage.call(&admin, call).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

/// An API key of this person.
async fn api_key(stage: &Stage, owner: &Person, permissions: &[Permission]) -> String {
    let text = format!("{API_KEY_PREFIX}{}", SecretToken::generate().unwrap().expose());
    let key = ApiKey {
        id: ApiKeyId::new(now()),
        owner: owner.id,
        name: ApiKeyName::parse("a test").unwrap(),
        prefix: text[..8].to_owned(),
        hash: SecretToken::received(text.clone()).hash(),
        permissions: permissions.to_vec(),
        usage_limit: 1000,
        expires_at: None,
        created_at: now(),
    };
    let audit = AuditEntry::new(owner.id, AuditEvent::ApiKeyCreated, Origin::default(), now());
    ApiKeys::new(stage.table.clone()).create(&key, &audit).await.unwrap();
    text
}

#[tokio::test]
async fn an_api_key_administers_within_its_scope_and_never_reads_its_owners_log() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let with = |key: &str, call: Call| call.header("x-api-key", key).from_address(ADDRESS);
    let key = api_key(&stage, &admin, &[Permission::ManageUsers]).await;
    let narrow = api_key(&stage, &admin, &[Permission::ReadMemories]).await;
    for (allowed, denied) in administration(&ada).into_iter().zip(administration(&ada)) {
        assert_eq!(with(&key, allowed).send(&stage.app).await.status, 200);
        assert_eq!(refusal(&with(&narrow, denied).send(&stage.app).await), refused(403, "PermissionDenied"));
    }
    let entry = stage.log(&ada).await[0].clone();
    assert_eq!((entry.event, entry.actor, entry.session_id), (AuditEvent::TierChanged, Some(admin.id), None));
    let own = with(&key, Call::get("/users/me/audit")).send(&stage.app).await;
    assert_eq!(refusal(&own), refused(403, "SessionRequired"));
    let path = format!("/admin/users/{}", admin.id);
    let itself = Call::new(Method::PATCH, &path).json(&json!({"tier": "free"}));
    assert_eq!(refusal(&with(&key, itself).send(&stage.app).await), refused(409, "OwnAccount"));
}

#[tokio::test]
async fn real_events_of_the_gateway_are_understood() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    for (name, status) in [
        ("own-audit", 200),
        ("list-accounts", 200),
        ("read-account", 404),
        ("patch-account", 404),
        ("account-audit", 404),
        ("read-ip-rules", 200),
        ("set-ip-rules", 200),
    ] {
        let mut event: Value = event(&format!("users/{name}.json"));
        assert_eq!(Call::of_event(&event).send(&stage.app).await.error_type(), "InvalidToken", "{name}");
        event["headers"]["Authorization"] = json!(format!("Bearer {}", admin.token));
        assert_eq!(Call::of_event(&event).send(&stage.app).await.status, status, "{name}");
    }
}
