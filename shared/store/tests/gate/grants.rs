//! Whose session lives, and whose key works.

use app_domain::{
    AuditEvent, Gate, Grant, Origin, Role, Session, SessionId, StoreError, Tier, Timestamp, TokenHash, User,
    UserId,
};
use app_store::{AccessGate, AuditLog, Directory, Sessions, Table, Users};

use crate::support::{at, entry};
use crate::{api_key, gate, registered};

const USER: Grant = Grant { role: Role::User, tier: Tier::Free };

async fn begin(table: &Table, user: &User, second: i64) -> SessionId {
    let session = Session::begin(user.id, false, Origin::default(), at(second));
    let audit = entry(user.id, AuditEvent::SignedIn, at(second));
    let token = TokenHash::of(&session.id.to_string());
    Sessions::new(table.clone()).begin(&session, &token, &audit).await.unwrap();
    session.id
}

#[tokio::test]
async fn a_session_that_lives_is_granted_and_one_that_has_ended_is_not() {
    let (table, user) = registered().await;
    let (gate, session) = (gate(&table), begin(&table, &user, 1).await);
    assert_eq!(gate.session(user.id, session).await.unwrap(), Some(USER));
    assert_eq!(gate.session(UserId::new(at(0)), session).await.unwrap(), None, "somebody else's");
    assert_eq!(gate.session(user.id, SessionId::new(at(1))).await.unwrap(), None, "never begun");
    let ended = entry(user.id, AuditEvent::SessionEnded, at(2));
    assert!(Sessions::new(table).end(user.id, session, &ended).await.unwrap());
    assert_eq!(gate.session(user.id, session).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_ends_with_its_time() {
    let (table, user) = registered().await;
    let session = begin(&table, &user, 0).await;
    let at_day = |now: fn() -> Timestamp| AccessGate::new(table.clone(), now);
    let before = at_day(|| at(7 * 24 * 3600 - 1)).session(user.id, session).await.unwrap();
    let after = at_day(|| at(7 * 24 * 3600)).session(user.id, session).await.unwrap();
    assert_eq!((before, after), (Some(USER), None));
}

#[tokio::test]
async fn all_sessions_end_at_once_but_the_one_that_is_kept() {
    let (table, user) = registered().await;
    let (gate, users) = (gate(&table), Users::new(table.clone()));
    let (one, two, kept) =
        (begin(&table, &user, 1).await, begin(&table, &user, 2).await, begin(&table, &user, 3).await);
    let granted = async |sessions: [SessionId; 3]| {
        let mut granted = Vec::new();
        for session in sessions {
            granted.push(gate.session(user.id, session).await.unwrap().is_some());
        }
        granted
    };
    let all_ended = |second| entry(user.id, AuditEvent::AllSessionsEnded, at(second));
    users.end_sessions(user.id, Some(kept), &all_ended(10)).await.unwrap();
    assert_eq!(granted([one, two, kept]).await, [false, false, true]);
    let new = begin(&table, &user, 11).await;
    assert_eq!(granted([one, kept, new]).await, [false, true, true]);
    users.end_sessions(user.id, Some(new), &all_ended(20)).await.unwrap();
    assert_eq!(granted([two, kept, new]).await, [false, false, true], "kept once is not kept for good");
    users.end_sessions(user.id, None, &all_ended(30)).await.unwrap();
    assert_eq!(granted([one, kept, new]).await, [false; 3]);
    let nobody = users.end_sessions(UserId::new(at(0)), None, &all_ended(40)).await;
    assert!(matches!(nobody, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_change_by_an_administrator_shows_at_once() {
    let (table, user) = registered().await;
    let (gate, directory) = (gate(&table), Directory::new(table.clone()));
    let session = begin(&table, &user, 1).await;
    let change = async |role: Role, tier: Tier, is_active: bool, second: i64| {
        let before = directory.get(user.id).await.unwrap().unwrap();
        let mut after = before.clone();
        (after.role, after.tier, after.is_active, after.updated_at) = (role, tier, is_active, at(second));
        directory
            .change(&before, &after, &[entry(user.id, AuditEvent::RoleChanged, at(second))])
            .await
            .unwrap();
    };
    change(Role::Admin, Tier::Premium, true, 2).await;
    let admin = Grant { role: Role::Admin, tier: Tier::Premium };
    assert_eq!(gate.session(user.id, session).await.unwrap(), Some(admin));
    let (key, _) = api_key(&table, &user).await;
    assert_eq!(gate.api_key(&key.hash).await.unwrap(), Some((key.clone(), admin)));
    change(Role::User, Tier::Free, false, 3).await;
    assert_eq!(gate.session(user.id, session).await.unwrap(), None);
    assert_eq!(gate.api_key(&key.hash).await.unwrap(), None, "the owner is not active");
    change(Role::User, Tier::Free, true, 4).await;
    assert_eq!(gate.session(user.id, session).await.unwrap(), None, "it does not come back");
    assert_eq!(gate.api_key(&key.hash).await.unwrap(), Some((key, USER)));
}

#[tokio::test]
async fn an_api_key_works_until_it_is_revoked_once() {
    let (table, user) = registered().await;
    let ((first, keys), (second, _)) = (api_key(&table, &user).await, api_key(&table, &user).await);
    assert_eq!(keys.by_hash(&first.hash).await.unwrap(), Some(first.clone()));
    assert_eq!(keys.of_owner(user.id).await.unwrap(), [second.clone(), first.clone()], "newest first");
    assert_eq!(keys.of_owner(UserId::new(at(0))).await.unwrap(), []);
    assert_eq!(keys.get(UserId::new(at(0)), first.id).await.unwrap(), None, "somebody else's");
    let again = keys.create(&first, &entry(user.id, AuditEvent::ApiKeyCreated, at(6))).await;
    assert!(matches!(again, Err(StoreError::Conflict)));

    let revoked = entry(user.id, AuditEvent::ApiKeyRevoked, at(7));
    let again = entry(user.id, AuditEvent::ApiKeyRevoked, at(7));
    let (one, two) = tokio::join!(keys.revoke(&first, &revoked), keys.revoke(&first, &again));
    assert!(one.unwrap() != two.unwrap(), "exactly one of them revokes it");
    assert!(!keys.revoke(&first, &entry(user.id, AuditEvent::ApiKeyRevoked, at(8))).await.unwrap());
    assert_eq!(gate(&table).api_key(&first.hash).await.unwrap(), None);
    assert_eq!(keys.of_owner(user.id).await.unwrap(), [second]);
    let (log, _) = AuditLog::new(table).page(user.id, None, 100).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.event == AuditEvent::ApiKeyRevoked).count(), 1);
}
