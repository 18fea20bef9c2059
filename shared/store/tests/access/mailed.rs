//! What mailed tokens allow.

use app_domain::{AuditEntry, AuditEvent, Email, Purpose, SessionId, StoreError, ToProve, User};
use app_store::{OneTimeTokens, Proof, Table, Users};
use app_testing::table;

use crate::support::{at, entry, person, register};
use crate::{begin, events, lives, registered, token};

async fn mailed(table: &Table, user: &User, purpose: Purpose, text: &str, second: i64) -> ToProve {
    let proves = ToProve::new(user.id, user.email.clone(), purpose, at(second));
    OneTimeTokens::new(table.clone()).issue(&token(text), &proves).await.unwrap();
    proves
}

fn reset(user: &User, second: i64) -> AuditEntry {
    entry(user.id, AuditEvent::PasswordReset, at(second))
}

#[tokio::test]
async fn a_mailed_token_sets_a_password_once() {
    let (table, user) = registered().await;
    let (users, tokens) = (Users::new(table.clone()), OneTimeTokens::new(table.clone()));
    let session = begin(&table, &user, 1).await;
    users
        .end_sessions(user.id, Some(session.id), &entry(user.id, AuditEvent::AllSessionsEnded, at(2)))
        .await
        .unwrap();
    let proves = mailed(&table, &user, Purpose::ResetPassword, "mailed", 3).await;
    assert_eq!(
        tokens.find(&token("mailed"), Purpose::ResetPassword, at(4)).await.unwrap(),
        Some(proves.clone())
    );
    assert_eq!(tokens.find(&token("mailed"), Purpose::VerifyEmail, at(4)).await.unwrap(), None);
    assert!(matches!(tokens.issue(&token("mailed"), &proves).await, Err(StoreError::Conflict)));

    let resets = (0..10).map(|n| {
        let (users, proves, audit) = (users.clone(), proves.clone(), reset(&user, 4));
        tokio::spawn(async move {
            users.reset_password(&token("mailed"), &proves, &format!("{n}"), &audit).await.unwrap()
        })
    });
    let mut accepted = Vec::new();
    for (n, reset) in resets.collect::<Vec<_>>().into_iter().enumerate() {
        if reset.await.unwrap() == Proof::Accepted {
            accepted.push(n.to_string());
        }
    }
    assert_eq!(accepted.len(), 1, "of several at once, too: {accepted:?}");
    let (after, hash) = users.credentials(user.id).await.unwrap().unwrap();
    assert_eq!((after.is_verified, hash), (true, accepted.pop()));
    assert!(!lives(&table, user.id, session.id).await, "the one that was kept before is over, too");
    assert_eq!(tokens.find(&token("mailed"), Purpose::ResetPassword, at(4)).await.unwrap(), None);
    let again = users.reset_password(&token("mailed"), &proves, "again", &reset(&user, 5)).await.unwrap();
    assert_eq!(again, Proof::Refused);
    let log = events(&table, user.id).await;
    assert_eq!(log.iter().filter(|event| **event == AuditEvent::PasswordReset).count(), 1);
}

#[tokio::test]
async fn a_mailed_token_is_worthless_after_its_time_or_for_another_address() {
    let (table, user) = registered().await;
    let (users, tokens) = (Users::new(table.clone()), OneTimeTokens::new(table.clone()));
    let proves = mailed(&table, &user, Purpose::ResetPassword, "late", 0).await;
    let end = i64::try_from(Purpose::ResetPassword.lifetime().as_secs()).unwrap();
    assert!(tokens.find(&token("late"), Purpose::ResetPassword, at(end - 1)).await.unwrap().is_some());
    assert_eq!(tokens.find(&token("late"), Purpose::ResetPassword, at(end)).await.unwrap(), None);
    let late = users.reset_password(&token("late"), &proves, "new", &reset(&user, end)).await.unwrap();
    assert_eq!(late, Proof::Refused);

    let other = User { email: Email::parse("eve@example.com").unwrap(), ..user.clone() };
    let elsewhere = mailed(&table, &other, Purpose::ResetPassword, "elsewhere", 0).await;
    let refused =
        users.reset_password(&token("elsewhere"), &elsewhere, "new", &reset(&user, 1)).await.unwrap();
    assert_eq!(refused, Proof::Refused);
    let found = tokens.find(&token("elsewhere"), Purpose::ResetPassword, at(1)).await.unwrap();
    assert!(found.is_some(), "what is refused is not used up");
    let unknown = users.reset_password(&token("unknown"), &proves, "new", &reset(&user, 1)).await.unwrap();
    assert_eq!(unknown, Proof::Refused);
    let (after, hash) = users.credentials(user.id).await.unwrap().unwrap();
    assert_eq!((after.is_verified, hash.as_deref()), (false, Some("first")));
    assert_eq!(events(&table, user.id).await, [AuditEvent::Registered]);
}

#[tokio::test]
async fn an_account_that_is_not_active_proves_nothing() {
    let table = table().await;
    let user = User { is_active: false, ..person("Ada") };
    register(&table, &user).await;
    let users = Users::new(table.clone());
    let proves = mailed(&table, &user, Purpose::ResetPassword, "reset", 0).await;
    let outcome = users.reset_password(&token("reset"), &proves, "new", &reset(&user, 1)).await.unwrap();
    assert_eq!(outcome, Proof::Refused);
    let proves = mailed(&table, &user, Purpose::VerifyEmail, "verify", 0).await;
    let verified = entry(user.id, AuditEvent::EmailVerified, at(1));
    assert_eq!(users.verify_email(&token("verify"), &proves, &verified).await.unwrap(), Proof::Refused);
    let changed = entry(user.id, AuditEvent::PasswordChanged, at(1));
    let change = users.change_password(user.id, "first", "new", SessionId::new(at(0)), &changed).await;
    assert!(matches!(change, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn an_address_is_proved_once_and_ends_no_session() {
    let (table, user) = registered().await;
    let (users, session) = (Users::new(table.clone()), begin(&table, &user, 1).await);
    let proves = mailed(&table, &user, Purpose::VerifyEmail, "mailed", 1).await;
    let (a, b) =
        (entry(user.id, AuditEvent::EmailVerified, at(2)), entry(user.id, AuditEvent::EmailVerified, at(2)));
    let hash = token("mailed");
    let (one, two) =
        tokio::join!(users.verify_email(&hash, &proves, &a), users.verify_email(&hash, &proves, &b));
    assert!(one.unwrap() != two.unwrap(), "exactly one of them is accepted");
    let after = users.get(user.id).await.unwrap().unwrap();
    assert!(after.is_verified && after.updated_at == at(2) && lives(&table, user.id, session.id).await);
    let (late, day) = (mailed(&table, &user, Purpose::VerifyEmail, "late", 0).await, 24 * 3600);
    let refused =
        users.verify_email(&token("late"), &late, &entry(user.id, AuditEvent::EmailVerified, at(day))).await;
    assert_eq!(refused.unwrap(), Proof::Refused);
}
