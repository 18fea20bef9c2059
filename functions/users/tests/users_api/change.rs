//! Changing accounts.

use app_domain::{AuditEvent, Role};
use app_store::Users;
use app_testing::Call;
use serde_json::json;

use crate::stage::{ADDRESS, Stage, refusal, refused};

#[tokio::test]
async fn only_what_is_given_changes_and_each_change_is_audited() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let changed = stage.patch(&admin, ada.id, &json!({"role": "premium"})).await;
    let user = &changed.json()["user"];
    assert_eq!(
        [&user["role"], &user["tier"], &user["isActive"]],
        [&json!("premium"), &json!("free"), &json!(true)]
    );
    assert!(user["updatedAt"].as_str() > user["createdAt"].as_str());
    let read = stage.get(&admin, &format!("/admin/users/{}", ada.id)).await;
    assert_eq!(read.json(), changed.json());

    let both =
        stage.patch(&admin, ada.id, &json!({"role": "user", "tier": "premium", "isActive": true})).await;
    assert_eq!(both.json()["user"]["tier"], "premium");
    let log = stage.log(&ada).await;
    let told: Vec<_> = log.iter().map(|entry| (entry.event, entry.detail.as_deref())).collect();
    assert_eq!(
        told[..3],
        [
            (AuditEvent::TierChanged, Some("free → premium")),
            (AuditEvent::RoleChanged, Some("premium → user")),
            (AuditEvent::RoleChanged, Some("user → premium")),
        ]
    );
    for entry in &log[..3] {
        assert_eq!((entry.actor, entry.session_id), (Some(admin.id), Some(admin.session.id)));
        assert_eq!(entry.origin.ip_prefix.as_deref(), Some("198.51.100.0/24"));
    }
}

#[tokio::test]
async fn an_unchanged_value_writes_nothing() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let before = stage.get(&admin, &format!("/admin/users/{}", ada.id)).await.json();
    let same = json!({"role": "user", "tier": "free", "isActive": true});
    let reply = stage.patch(&admin, ada.id, &same).await;
    assert_eq!((reply.status.as_u16(), reply.json()), (200, before));
    assert_eq!(stage.log(&ada).await.len(), 2, "registered and signed in");
    assert_eq!(stage.get(&ada, "/users/me/audit").await.status, 200);
}

#[tokio::test]
async fn broken_rules_are_named() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    for (change, fields) in [
        (json!({}), vec!["role"]),
        (json!({"unknown": 1}), vec!["role"]),
        (json!({"role": null}), vec!["role"]),
        (json!({"role": "Admin", "tier": "gold"}), vec!["role", "tier"]),
        (json!({"role": ""}), vec!["role"]),
        (json!({"isActive": "yes"}), vec!["isActive"]),
    ] {
        let reply = stage.patch(&admin, ada.id, &change).await;
        assert_eq!(
            (reply.status.as_u16(), reply.wrong_fields()),
            (422, fields.into_iter().map(str::to_owned).collect()),
            "{change}"
        );
    }
    let empty = Call::new(http::Method::PATCH, &format!("/admin/users/{}", ada.id))
        .header("content-type", "application/json");
    assert_eq!(refusal(&stage.call(&admin, empty).await), refused(400, "MalformedJson"));
    assert_eq!(stage.log(&ada).await.len(), 2);
}

#[tokio::test]
async fn nobody_changes_their_own_account() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    for change in [json!({"isActive": false}), json!({"role": "user"}), json!({"tier": "premium"})] {
        let reply = stage.patch(&admin, admin.id, &change).await;
        assert_eq!(refusal(&reply), refused(409, "OwnAccount"), "{change}");
    }
    assert_eq!(stage.get(&admin, "/admin/users").await.status, 200);
}

#[tokio::test]
async fn a_role_counts_at_once_whatever_the_token_says() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    assert_eq!(refusal(&stage.get(&ada, "/admin/users").await), refused(403, "PermissionDenied"));
    stage.patch(&admin, ada.id, &json!({"role": "admin"})).await;
    assert_eq!(stage.get(&ada, "/admin/users").await.status, 200);
    stage.patch(&admin, ada.id, &json!({"role": "premium"})).await;
    assert_eq!(refusal(&stage.get(&ada, "/admin/users").await), refused(403, "PermissionDenied"));
}

#[tokio::test]
async fn deactivation_ends_every_session_for_good() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    // A session that was kept when all others were ended does not survive either.
    let users = Users::new(stage.table.clone());
    let kept = stage.log(&ada).await[0].clone();
    let kept =
        app_domain::AuditEntry::new(ada.id, AuditEvent::AllSessionsEnded, kept.origin, crate::stage::now());
    users.end_sessions(ada.id, Some(ada.session.id), &kept).await.unwrap();
    assert_eq!(stage.get(&ada, "/users/me/audit").await.status, 200);

    let off = stage.patch(&admin, ada.id, &json!({"isActive": false})).await;
    assert_eq!(off.json()["user"]["isActive"], false, "{}", off.text);
    for app in [stage.app.clone(), Stage::environment(&stage.table)] {
        let call = Call::get("/users/me/audit").as_caller(&ada.token).from_address(ADDRESS);
        assert_eq!(refusal(&call.send(&app).await), refused(401, "SessionEnded"));
    }
    let stored = users.get(ada.id).await.unwrap().unwrap();
    assert_eq!((stored.is_active, stored.kept_session), (false, None));
    assert!(stored.sessions_from.is_some_and(|from| from >= ada.session.created_at));

    let early = stage.signed_in(ada.id, ada.email.clone(), Role::User).await;
    let on = stage.patch(&admin, ada.id, &json!({"isActive": true})).await;
    assert_eq!(on.json()["user"]["isActive"], true);
    for before in [&ada, &early] {
        assert_eq!(refusal(&stage.get(before, "/users/me/audit").await), refused(401, "SessionEnded"));
    }
    let again = stage.signed_in(ada.id, ada.email.clone(), Role::User).await;
    assert_eq!(stage.get(&again, "/users/me/audit").await.status, 200);
    let told: Vec<_> = stage.log(&ada).await.iter().map(|entry| entry.event).collect();
    assert!(told.contains(&AuditEvent::Deactivated) && told.contains(&AuditEvent::Reactivated));
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept_and_told_as_they_happened() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let (tier, activity) = (json!({"tier": "premium"}), json!({"isActive": false}));
    let (one, two, three) =
        (json!({"role": "premium"}), json!({"role": "admin"}), json!({"role": "premium"}));
    let replies = tokio::join!(
        stage.patch(&admin, ada.id, &tier),
        stage.patch(&admin, ada.id, &activity),
        stage.patch(&admin, ada.id, &one),
        stage.patch(&admin, ada.id, &two),
        stage.patch(&admin, ada.id, &three),
    );
    for reply in [replies.0, replies.1, replies.2, replies.3, replies.4] {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let user = stage.get(&admin, &format!("/admin/users/{}", ada.id)).await.json()["user"].clone();
    assert_eq!((&user["tier"], &user["isActive"]), (&json!("premium"), &json!(false)));
    // Each role in the log begins where another ended: none was written over what somebody else had just changed.
    let log = stage.log(&ada).await;
    let details = log.iter().filter(|entry| entry.event == AuditEvent::RoleChanged);
    let steps: Vec<(&str, &str)> =
        details.map(|entry| entry.detail.as_deref().unwrap().split_once(" → ").unwrap()).collect();
    let (left, reached): (Vec<&str>, Vec<&str>) = steps.iter().copied().unzip();
    let count = |roles: &[&str], role: &str| roles.iter().filter(|known| **known == role).count();
    for role in ["user", "premium", "admin"] {
        let end = usize::from(user["role"] == role);
        let start = usize::from(role == "user");
        assert_eq!(count(&reached, role) + start, count(&left, role) + end, "{role} {steps:?}");
    }
}
