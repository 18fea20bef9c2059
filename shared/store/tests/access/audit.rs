//! What is noted, and how it is read.

use std::collections::BTreeMap;

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEntry, AuditEvent, IpRules, Origin, Purpose, Session, StoreError,
    ToProve, UserId,
};
use app_store::{ApiKeys, AuditLog, Sessions, Settings, Users};
use serde_json::Value;

use crate::support::{at, entry, noting, person};
use crate::{registered, token};

#[tokio::test]
async fn the_audit_log_is_read_newest_first_page_by_page() {
    let (table, user) = registered().await;
    let log = AuditLog::new(table.clone());
    let admin = UserId::new(at(0));
    let mut written = vec![entry(user.id, AuditEvent::Registered, at(0))];
    for second in 1..=7 {
        let failed = entry(user.id, AuditEvent::SignInFailed, at(second)).by(admin).about("three words here");
        log.record(&failed).await.unwrap();
        written.insert(0, failed);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = log.page(user.id, after, 3).await.unwrap();
        assert!(page.len() <= 3);
        seen.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen[..7], written[..7]);
    assert_eq!(seen.len(), 8);
    assert_eq!(
        log.page(admin, None, 10).await.unwrap(),
        (vec![], None),
        "it is in the log of whom it is about"
    );
    assert!(matches!(log.record(&written[0]).await, Err(StoreError::Conflict)), "an entry is never changed");
}

/// What is written about the audit log, and in how many calls.
fn audited(asked: Vec<(String, Value)>) -> Vec<Value> {
    assert_eq!(
        asked.iter().map(|(operation, _)| operation.as_str()).collect::<Vec<_>>(),
        ["TransactWriteItems"]
    );
    let writes = asked[0].1["TransactItems"].as_array().unwrap().clone();
    let is_entry =
        |write: &Value| write["Put"]["Item"]["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("AUDIT#"));
    writes.into_iter().filter(is_entry).collect()
}

#[tokio::test]
async fn what_changes_security_is_noted_in_the_same_transaction_and_for_long_enough() {
    let (table, asked) = noting();
    let (user, now) = (person("Ada"), at(1));
    let session = Session::begin(user.id, true, Origin::default(), now);
    let key = ApiKey {
        id: ApiKeyId::new(now),
        owner: user.id,
        name: ApiKeyName::parse("laptop").unwrap(),
        prefix: "mak_abcd".to_owned(),
        hash: token("key"),
        permissions: vec![],
        usage_limit: 1,
        expires_at: None,
        created_at: now,
    };
    let proves = ToProve::new(user.id, user.email.clone(), Purpose::ResetPassword, now);
    let audit = entry(user.id, AuditEvent::SignedIn, now);
    let (users, sessions) = (Users::new(table.clone()), Sessions::new(table.clone()));
    let (keys, hash) = (ApiKeys::new(table.clone()), token("mailed"));
    let mut noted = BTreeMap::new();
    macro_rules! note {
        ($($name:literal: $call:expr),+ $(,)?) => {$(
            $call.await.unwrap();
            noted.insert($name, audited(asked.take()));
        )+};
    }
    note! {
        "register": users.register(&user, "hash", &audit),
        "begin": sessions.begin(&session, &hash, &audit),
        "end": sessions.end(user.id, session.id, &audit),
        "end all": users.end_sessions(user.id, None, &audit),
        "end others": users.end_sessions(user.id, Some(session.id), &audit),
        "change password": users.change_password(user.id, "before", "after", session.id, &audit),
        "reset password": users.reset_password(&hash, &proves, "after", &audit),
        "verify address": users.verify_email(&hash, &proves, &audit),
        "create key": keys.create(&key, &audit),
        "revoke key": keys.revoke(&key, &audit),
        "address rules": Settings::new(table.clone()).set_ip_rules(&IpRules::default(), &audit),
        "record": AuditLog::new(table.clone()).record(&audit),
    }
    let until = now.plus(AuditEntry::KEPT_FOR).as_seconds();
    for (name, entries) in noted {
        assert_eq!(entries.len(), 1, "{name}");
        let put = &entries[0]["Put"];
        assert_eq!(put["Item"]["ttl"]["N"], until.to_string(), "{name}");
        assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk)", "{name}");
    }
}
