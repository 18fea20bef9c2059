//! Every operation of the API description, called on the deployed stack: who may call it, and who may not.

use std::sync::Arc;

use e2e::{Person, Stack};
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    every_operation_is_reachable,
    every_operation_is_public_on_purpose_or_refuses_a_stranger,
    every_operation_refuses_whoever_lacks_its_permission,
    every_operation_on_one_thing_refuses_other_people,
);

/// The operations that need no caller.
const PUBLIC: [&str; 17] = [
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/verify-email",
    "POST /auth/password/forgot",
    "POST /auth/password/reset",
    "GET /auth/oauth/{provider}/authorize",
    "POST /auth/oauth/{provider}",
    "POST /auth/apple/callback",
    "GET /auth/jwks.json",
    "GET /whatsapp/webhook",
    "POST /whatsapp/webhook",
    "GET /health",
    "GET /ready",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/{file}",
];

/// Every permission.
const PERMISSIONS: [&str; 7] = [
    "read:memories",
    "write:memories",
    "delete:memories",
    "manage:users",
    "access:ai",
    "sync:whatsapp",
    "read:metrics",
];

struct Operation {
    name: String,
    method: Method,
    path: String,
    needs_caller: bool,
    takes_api_keys: bool,
    permission: Option<String>,
}

impl Operation {
    /// Its path about something or somebody.
    fn about(&self, id: &str) -> String {
        let path = self.path.replace("{id}", id).replace("{messageId}", id).replace("{tag}", id);
        let path = path.replace("{memoryId}", id);
        let path = path.replace("{version}", "1").replace("{actionId}", "action-1").replace("{file}", id);
        path.replace("{provider}", if path.starts_with("/sync/") { "s3" } else { "google" })
    }

    /// Its path about something that is not there.
    fn about_nothing(&self) -> String {
        self.about("01900000-0000-7000-8000-000000000000")
    }
}

async fn operations(stack: &Arc<Stack>) -> Vec<Operation> {
    let api = Person::stranger(stack).get("/openapi.json").await.body;
    let mut operations = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let security = operation["security"].as_array().cloned().unwrap_or_default();
            let scheme = |name: &str| security.iter().find_map(|scheme| scheme.get(name));
            operations.push(Operation {
                name: format!("{method} {path}"),
                method,
                path: path.clone(),
                needs_caller: !security.is_empty(),
                takes_api_keys: scheme("apiKey").is_some(),
                permission: scheme("bearer").and_then(|scopes| scopes[0].as_str().map(str::to_owned)),
            });
        }
    }
    operations
}

async fn call(person: &Person, operation: &Operation, path: &str) -> (u16, Value) {
    // A body that is not valid would be refused before anybody looks for the thing.
    let body = match operation.path.as_str() {
        "/tags/{tag}" => json!({"name": "stolen"}),
        "/memories/{id}/messages" => json!({"content": "hello"}),
        "/ai/conversations/{id}" => json!({"title": "stolen"}),
        "/ai/conversations/{id}/fork" => json!({"messageId": "01900000-0000-7000-8000-000000000000"}),
        "/ai/conversations/{id}/messages/{messageId}/actions/{actionId}" => json!({"approve": true}),
        "/ai/facts/{id}" => json!({"status": "active"}),
        "/saved-searches" => json!({"name": "mine", "search": {"q": "anything"}}),
        "/files/{id}/parts" => json!({"parts": [{"number": 1, "sha256": "0".repeat(64)}]}),
        _ => json!({}),
    };
    let body = (operation.method != Method::GET).then(|| body.to_string().into_bytes());
    let headers = [("content-type", "application/json")];
    let reply = person.send(operation.method.clone(), path, &headers, body).await;
    (reply.status.as_u16(), reply.body)
}

async fn every_operation_is_reachable(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for operation in operations(&stack).await {
        let (status, body) = call(&ada, &operation, &operation.about_nothing()).await;
        let from_us = body["error"]["requestId"].is_string() || status < 400;
        let no_route = body["error"]["message"] == "There is nothing at this path." || status == 405;
        assert!(from_us && !no_route && status < 500, "{}: {status} {body}", operation.name);
    }
}

async fn every_operation_is_public_on_purpose_or_refuses_a_stranger(stack: Arc<Stack>) {
    let stranger = Person::stranger(&stack);
    for operation in operations(&stack).await {
        let public = PUBLIC.contains(&operation.name.as_str());
        assert_ne!(public, operation.needs_caller, "{} says the wrong thing about callers", operation.name);
        if !public {
            let (status, body) = call(&stranger, &operation, &operation.about_nothing()).await;
            let expected = (401, &json!("Unauthenticated"));
            assert_eq!((status, &body["error"]["type"]), expected, "{}", operation.name);
        }
    }
}

/// By role: somebody who is a `user`. By scope: an administrator's API key that may do everything else.
async fn every_operation_refuses_whoever_lacks_its_permission(stack: Arc<Stack>) {
    let admin = Person::administrator(&stack).await;
    let user = Person::registered(&stack).await;
    let demoted = admin.patch(&format!("/admin/users/{}", user.id()), &json!({"role": "user"})).await;
    assert_eq!(demoted.status, 200, "{}", demoted.body);
    let mut programs = Vec::new();
    for permission in PERMISSIONS {
        let others: Vec<&str> = PERMISSIONS.into_iter().filter(|other| *other != permission).collect();
        let key = admin.new_api_key(&others).await;
        programs.push((permission, admin.with_api_key(key["key"].as_str().unwrap())));
    }
    for operation in operations(&stack).await.iter().filter(|operation| operation.needs_caller) {
        let (name, path) = (&operation.name, operation.about_nothing());
        if !operation.takes_api_keys {
            let (status, body) = call(&programs[0].1, operation, &path).await;
            assert_eq!((status, &body["error"]["type"]), (403, &json!("SessionRequired")), "{name}");
        }
        let Some(permission) = &operation.permission else { continue };
        let refused = (403, &json!("PermissionDenied"));
        let (_, program) = programs.iter().find(|(lacked, _)| lacked == permission).unwrap();
        let (status, body) = call(program, operation, &path).await;
        assert_eq!((status, &body["error"]["type"]), refused, "{name} by an API key");
        if !["read:memories", "write:memories"].contains(&permission.as_str()) {
            let (status, body) = call(&user, operation, &path).await;
            assert_eq!((status, &body["error"]["type"]), refused, "{name} by a user");
        }
    }
}

async fn every_operation_on_one_thing_refuses_other_people(stack: Arc<Stack>) {
    let (ada, bob) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let memory = ada.save(&json!({"title": "Mine", "tags": ["mine"]})).await;
    let earlier = ada.save(&json!({"title": "Mine as well"})).await;
    let trashed = ada.save(&json!({"title": "Mine no more"})).await;
    let path = |memory: &Value| format!("/memories/{}", memory["id"].as_str().unwrap());
    assert_eq!(ada.patch(&path(&earlier), &json!({"isFavorite": true})).await.status, 200);
    assert_eq!(ada.delete(&path(&trashed)).await.status, 204);
    let export = ada.post("/exports", &json!({"format": "json"})).await.body["export"].clone();
    let import =
        ada.post("/imports", &json!({"fileName": "a.zip", "sizeBytes": 1})).await.body["import"].clone();
    crate::drives::connected_bucket(&stack, &ada).await;
    crate::drives::connected_bucket(&stack, &bob).await;
    let job = json!({"id": ada.post("/sync/force", &json!({"provider": "s3"})).await.body["syncId"]});
    let backup = json!({"id": "01900000-0000-7000-8000-000000000000"});
    let key = ada.new_api_key(&["read:memories"]).await["apiKey"].clone();
    let session = ada.get("/auth/sessions").await.body["sessions"][0].clone();
    let category = ada.get("/categories").await.body["categories"][0].clone();
    let file =
        json!({"filename": "a", "contentType": "text/plain", "sizeBytes": 1, "sha256": "0".repeat(64)});
    let file = ada.post("/files", &file).await.body["file"].clone();
    let kept = json!({"name": "Mine", "search": {"q": "mine"}});
    let kept = ada.post("/saved-searches", &kept).await.body["savedSearch"].clone();
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let reminder = json!({"text": "Mine", "at": tomorrow.to_string()});
    let reminder = ada.post("/reminders", &reminder).await.body["reminder"].clone();
    let asked = ada.post("/ai/chat", &json!({"message": "I live in Graz."})).await.body;
    let conversation = json!({"id": asked["conversationId"]});
    let learnt = json!({"conversationId": asked["conversationId"]});
    let learnt = ada.post("/ai/facts/extract", &learnt).await.body;
    let (batch, fact) = (json!({"id": learnt["batchId"]}), json!({"id": learnt["added"][0]}));
    let things = [
        ("/ai/conversations/{id}", conversation.clone()),
        ("/ai/conversations/{id}/messages", conversation.clone()),
        ("/ai/conversations/{id}/messages/{messageId}", conversation.clone()),
        ("/ai/conversations/{id}/messages/{messageId}/actions/{actionId}", conversation.clone()),
        ("/ai/conversations/{id}/fork", conversation),
        ("/ai/facts/{id}", fact),
        ("/ai/facts/batches/{id}/undo", batch),
        ("/reminders/{id}", reminder),
        ("/saved-searches/{id}", kept),
        ("/files/{id}", file.clone()),
        ("/files/{id}/parts", file.clone()),
        ("/files/{id}/complete", file.clone()),
        ("/files/{id}/download", file),
        ("/categories/{id}", category),
        ("/tags/{tag}", json!({"id": "mine"})),
        ("/memories/{id}", memory.clone()),
        ("/memories/{id}/versions", earlier.clone()),
        ("/memories/{id}/versions/{version}", earlier.clone()),
        ("/memories/{id}/versions/{version}/restore", earlier),
        ("/trash/{id}", trashed.clone()),
        ("/trash/{id}/restore", trashed),
        ("/memories/{id}/messages", memory.clone()),
        ("/memories/{id}/messages/{messageId}", memory.clone()),
        ("/sync/whatsapp/media/{memoryId}/retry", memory),
        ("/exports/{id}", export.clone()),
        ("/exports/{id}/cancel", export.clone()),
        ("/exports/{id}/download", export),
        ("/imports/{id}", import.clone()),
        ("/imports/{id}/start", import.clone()),
        ("/imports/{id}/cancel", import.clone()),
        ("/imports/{id}/undo", import.clone()),
        ("/imports/{id}/report", import),
        ("/sync/jobs/{id}", job.clone()),
        ("/sync/jobs/{id}/cancel", job.clone()),
        ("/sync/jobs/{id}/diff", job),
        // Nobody has this one: backups of others are on drives of others.
        ("/sync/{provider}/backups/{id}/verify", backup.clone()),
        ("/sync/{provider}/backups/{id}/restore", backup),
        ("/auth/api-keys/{id}", key),
        ("/auth/sessions/{id}", session),
        // Nobody has this one: what contacts are is looked at in the tests of numbers of one's own.
        ("/sync/whatsapp/contacts/{id}", json!({"id": "0".repeat(32)})),
    ];
    let is_about_one =
        |operation: &&Operation| ["{id}", "{memoryId}", "{tag}"].iter().any(|id| operation.path.contains(id));
    for operation in operations(&stack).await.iter().filter(is_about_one) {
        let name = &operation.name;
        // Other people's accounts are for administrators alone, which the test of permissions sees to.
        if operation.path.starts_with("/admin/") {
            assert_eq!(operation.permission.as_deref(), Some("manage:users"), "{name}");
            continue;
        }
        let thing = things.iter().find(|(path, _)| *path == operation.path);
        let (_, thing) =
            thing.unwrap_or_else(|| panic!("{name} is about something that this test does not make"));
        let path = operation.about(thing["id"].as_str().unwrap());
        assert_eq!(call(&bob, operation, &path).await.0, 404, "{name}");
    }
    assert_eq!(ada.get("/auth/me").await.status, 200, "and nothing of hers has changed");
    assert_eq!(ada.memories().await.len(), 2);
}
