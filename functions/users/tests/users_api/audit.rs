//! Audit logs.

use app_domain::{AuditEntry, AuditEvent, Origin, Role};
use app_store::AuditLog;
use serde_json::{Value, json};

use crate::stage::{Stage, now};

#[tokio::test]
async fn a_person_reads_their_own_log_and_learns_nothing_about_the_administrator() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    stage.patch(&admin, ada.id, &json!({"role": "premium"})).await;
    let own = stage.get(&ada, "/users/me/audit").await;
    let entries = own.json()["entries"].clone();
    insta::assert_json_snapshot!(entries, {"[].id" => "[id]", "[].at" => "[time]", "[].sessionId" => "[session]"});
    assert!(!own.text.contains(&admin.id.to_string()) && !own.text.contains("198.51.100"), "{}", own.text);

    let shown = stage.get(&admin, &format!("/admin/users/{}/audit", ada.id)).await.json()["entries"].clone();
    let newest = &shown[0];
    assert_eq!((&newest["actor"], &newest["byAdministrator"]), (&json!(admin.id), &json!(true)));
    assert_eq!((&newest["ipPrefix"], &newest["userAgent"]), (&json!("198.51.100.0/24"), &json!("a test")));
    assert_eq!(newest["sessionId"], json!(admin.session.id));
    assert_eq!((&shown[1]["sessionId"], shown[1].get("actor")), (&json!(ada.session.id), None));
}

#[tokio::test]
async fn a_log_is_read_on_by_cursor_to_its_end() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let log = AuditLog::new(stage.table.clone());
    for n in 0..5 {
        let entry = AuditEntry::new(ada.id, AuditEvent::SignInFailed, Origin::default(), now());
        log.record(&entry.about(n.to_string())).await.unwrap();
    }
    let of_ada = format!("/admin/users/{}/audit", ada.id);
    for (person, path) in [(&ada, "/users/me/audit"), (&admin, &of_ada)] {
        let (mut seen, mut cursor) = (Vec::<Value>::new(), String::new());
        loop {
            let page = stage.get(person, &format!("{path}?limit=3{cursor}")).await.json();
            seen.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["event"].clone()));
            assert_eq!((page["pagination"].get("page"), page["pagination"].get("total")), (None, None));
            match page["pagination"]["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let failed = vec![json!("signInFailed"); 5];
        assert_eq!(seen, [failed, vec![json!("signedIn"), json!("registered")]].concat());
    }
    let whole = stage.get(&ada, "/users/me/audit?limit=7").await.json();
    assert_eq!(whole["pagination"], json!({"limit": 7}));
    let wrong = stage.get(&ada, "/users/me/audit?limit=101&cursor=!").await;
    assert_eq!((wrong.status.as_u16(), wrong.wrong_fields()), (422, vec!["limit".into(), "cursor".into()]));
}

#[tokio::test]
async fn nobodys_cursor_leads_into_somebody_elses_log() {
    let stage = Stage::new().await;
    let (ada, bob) = (stage.person(Role::User).await, stage.person(Role::User).await);
    let cursor = stage.get(&bob, "/users/me/audit?limit=1").await.json()["pagination"]["nextCursor"].clone();
    let page = stage.get(&ada, &format!("/users/me/audit?cursor={}", cursor.as_str().unwrap())).await;
    let entries = page.json()["entries"].clone();
    let sessions = entries.as_array().unwrap().iter().filter_map(|entry| entry.get("sessionId"));
    assert!(sessions.into_iter().all(|session| *session == json!(ada.session.id)), "{}", page.text);
}
