//! Who may call what.

use app_domain::Role;
use app_testing::{Call, caller};
use http::Method;
use serde_json::json;

use crate::stage::{Stage, refusal, refused};

/// Every operation that takes the permission.
fn operations() -> Vec<(Method, &'static str)> {
    vec![
        (Method::POST, "/sync/whatsapp/connect"),
        (Method::POST, "/sync/whatsapp/verify"),
        (Method::GET, "/sync/whatsapp"),
        (Method::DELETE, "/sync/whatsapp"),
        (Method::POST, "/sync/whatsapp/pause"),
        (Method::POST, "/sync/whatsapp/resume"),
        (Method::GET, "/sync/whatsapp/contacts"),
        (Method::PATCH, "/sync/whatsapp/contacts/5c1f0f6e2a7b4c9d8e3f10213243546a"),
        (Method::POST, "/sync/whatsapp/media/019aa6f1-3000-7a3b-9c4d-5e6f70819001/retry"),
    ]
}

/// What only somebody who is signed in may do with drives, and with which body it gets as far as that.
fn in_person() -> Vec<(Method, &'static str)> {
    vec![
        (Method::GET, "/sync/dropbox/authorize"),
        (Method::POST, "/sync/dropbox/callback"),
        (Method::POST, "/sync/s3/connect"),
        (Method::PATCH, "/sync/dropbox"),
        (Method::DELETE, "/sync/dropbox"),
        (Method::PUT, "/sync/dropbox/encryption"),
        (Method::DELETE, "/sync/dropbox/encryption"),
        (Method::POST, "/sync/dropbox/backups/019aa6f1-3000-7a3b-9c4d-5e6f70819001/restore"),
    ]
}

/// What takes some permission, or none, of whoever is known.
fn known() -> Vec<(Method, &'static str)> {
    vec![
        (Method::POST, "/sync/force"),
        (Method::GET, "/sync/dropbox"),
        (Method::GET, "/sync/dropbox/backups"),
        (Method::POST, "/sync/dropbox/backups/019aa6f1-3000-7a3b-9c4d-5e6f70819001/verify"),
        (Method::GET, "/sync/jobs"),
        (Method::GET, "/sync/jobs/019aa6f1-3000-7a3b-9c4d-5e6f70819001"),
        (Method::POST, "/sync/jobs/019aa6f1-3000-7a3b-9c4d-5e6f70819001/cancel"),
        (Method::GET, "/sync/jobs/019aa6f1-3000-7a3b-9c4d-5e6f70819001/diff"),
    ]
}

#[tokio::test]
async fn strangers_are_told_nothing_of_drives() {
    let stage = Stage::new().await;
    for (method, path) in in_person().into_iter().chain(known()) {
        let stranger = Call::new(method.clone(), path).json(&json!({})).send(&stage.router).await;
        assert_eq!(refusal(&stranger), refused(401, "Unauthenticated"), "{method} {path}");
    }
    assert!(stage.drives_queue.take().is_empty());
}

#[tokio::test]
async fn strangers_and_people_without_the_permission_are_refused() {
    let stage = Stage::new().await;
    let (_, token) = caller(Role::User);
    for (method, path) in operations() {
        let call = || Call::new(method.clone(), path).json(&json!({"phoneNumber": "+4915550002222"}));
        let stranger = call().send(&stage.router).await;
        assert_eq!(refusal(&stranger), refused(401, "Unauthenticated"), "{method} {path}");
        let without = call().as_caller(&token).send(&stage.router).await;
        assert_eq!(refusal(&without), refused(403, "PermissionDenied"), "{method} {path}");
    }
    assert!(stage.chores.take().is_empty() && stage.media.take().is_empty());
}

#[tokio::test]
async fn everybody_may_see_what_is_connected_and_no_stranger() {
    let stage = Stage::new().await;
    let (_, token) = caller(Role::User);
    assert_eq!(Call::get("/sync/status").as_caller(&token).send(&stage.router).await.status, 200);
    assert_eq!(Call::get("/sync/status").send(&stage.router).await.status, 401);
}
