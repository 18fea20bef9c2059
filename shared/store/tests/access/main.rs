//! Sessions, passwords, mailed tokens, wrong passwords and the audit log of them, in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod audit;
mod failures;
mod mailed;
mod passwords;
mod sessions;
#[path = "../support/mod.rs"]
mod support;

use app_domain::{AuditEvent, Origin, Session, SessionId, TokenHash, User, UserId};
use app_store::{AuditLog, Sessions, Table, Users};
use app_testing::table;
use support::{at, entry, person, register};

fn token(text: &str) -> TokenHash {
    TokenHash::of(text)
}

async fn registered() -> (Table, User) {
    let (table, user) = (table().await, person("Ada"));
    register(&table, &user).await;
    (table, user)
}

async fn begin(table: &Table, user: &User, second: i64) -> Session {
    let session = Session::begin(user.id, false, Origin::default(), at(second));
    let audit = entry(user.id, AuditEvent::SignedIn, at(second)).in_session(session.id);
    Sessions::new(table.clone()).begin(&session, &token(&session.id.to_string()), &audit).await.unwrap();
    session
}

async fn lives(table: &Table, user: UserId, session: SessionId) -> bool {
    let user_now = Users::new(table.clone()).get(user).await.unwrap().unwrap();
    let session = Sessions::new(table.clone()).get(user, session).await.unwrap();
    session.is_some_and(|session| user_now.recognises(&session, at(1_000)))
}

async fn events(table: &Table, user: UserId) -> Vec<AuditEvent> {
    let (entries, _) = AuditLog::new(table.clone()).page(user, None, 100).await.unwrap();
    entries.iter().map(|entry| entry.event).collect()
}
