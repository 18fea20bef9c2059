//! What the table knows of those who call: whose session lives, which keys there are, and how often they have called.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod counts;
mod grants;
#[path = "../support/mod.rs"]
mod support;

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEvent, Gate, IpRules, Permission, SessionId, TokenHash, User, UserId,
    Window,
};
use app_store::{AccessGate, ApiKeys, AuditLog, Settings, Table};
use app_testing::{missing_table, table};
use support::{at, entry, person, register};

/// The time of the gate.
const LATER: i64 = 1_000;

fn gate(table: &Table) -> AccessGate {
    AccessGate::new(table.clone(), || at(LATER))
}

async fn registered() -> (Table, User) {
    let (table, user) = (table().await, person("Ada"));
    register(&table, &user).await;
    (table, user)
}

async fn api_key(table: &Table, owner: &User) -> (ApiKey, ApiKeys) {
    let id = ApiKeyId::new(at(5));
    let key = ApiKey {
        id,
        owner: owner.id,
        name: ApiKeyName::parse("laptop").unwrap(),
        prefix: "mak_abcd".to_owned(),
        hash: TokenHash::of(&id.to_string()),
        permissions: vec![Permission::ReadMemories],
        usage_limit: 7,
        expires_at: Some(at(9_000)),
        created_at: at(5),
    };
    let keys = ApiKeys::new(table.clone());
    keys.create(&key, &entry(owner.id, AuditEvent::ApiKeyCreated, at(5))).await.unwrap();
    (key, keys)
}

fn window(index: i64) -> Window {
    Window { index, ends_at_s: at(0).as_seconds() + index * 900 }
}

#[tokio::test]
async fn addresses_are_free_until_there_are_rules() {
    let table = table().await;
    let (gate, settings) = (gate(&table), Settings::new(table.clone()));
    assert_eq!(gate.ip_rules().await.unwrap(), IpRules::default());
    let network = |text: &str| IpRules::parse_network(text).unwrap();
    let rules = IpRules { allow: vec![network("203.0.113.0/24")], deny: vec![network("2001:db8::/32")] };
    let admin = UserId::new(at(0));
    settings.set_ip_rules(&rules, &entry(admin, AuditEvent::IpRulesChanged, at(1))).await.unwrap();
    assert_eq!(gate.ip_rules().await.unwrap(), rules);
    settings
        .set_ip_rules(&IpRules::default(), &entry(admin, AuditEvent::IpRulesChanged, at(2)))
        .await
        .unwrap();
    assert_eq!(gate.ip_rules().await.unwrap(), IpRules::default());
    let (log, _) = AuditLog::new(table).page(admin, None, 10).await.unwrap();
    assert_eq!(log.len(), 2);
}

#[tokio::test]
async fn a_table_that_fails_is_no_answer() {
    let gate = gate(&missing_table().await);
    let user = UserId::new(at(0));
    assert!(gate.session(user, SessionId::new(at(0))).await.is_err());
    assert!(gate.api_key(&TokenHash::of("key")).await.is_err());
    assert!(gate.count("api#somebody", window(1)).await.is_err());
    assert!(gate.ip_rules().await.is_err());
}
