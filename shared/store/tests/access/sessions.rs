//! Sessions and their refresh tokens.

use app_domain::{AuditEvent, Origin, Session, StoreError, TokenHash, UserId};
use app_store::{Rotation, Sessions};

use crate::support::{at, entry};
use crate::{begin, events, lives, registered, token};

#[tokio::test]
async fn sessions_are_listed_newest_first_page_by_page() {
    let (table, user) = registered().await;
    let sessions = Sessions::new(table.clone());
    let mut begun = Vec::new();
    for second in 1..=7 {
        begun.insert(0, begin(&table, &user, second).await);
    }
    assert_eq!(sessions.get(user.id, begun[3].id).await.unwrap().as_ref(), Some(&begun[3]));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = sessions.page(user.id, after, 3).await.unwrap();
        seen.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, begun);
    let stranger = UserId::new(at(0));
    assert_eq!(sessions.page(stranger, None, 10).await.unwrap(), (vec![], None));
    assert_eq!(sessions.get(stranger, begun[0].id).await.unwrap(), None);
    let twice =
        sessions.begin(&begun[0], &token("other"), &entry(user.id, AuditEvent::SignedIn, at(9))).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_once() {
    let (table, user) = registered().await;
    let sessions = Sessions::new(table.clone());
    let session = begin(&table, &user, 1).await;
    let old = token(&session.id.to_string());
    let renewed = session.clone().renewed(at(100));
    let news: Vec<TokenHash> = (0..10).map(|n| token(&format!("new {n}"))).collect();
    let racing = news.clone().into_iter().map(|new| {
        let (sessions, renewed, old) = (sessions.clone(), renewed.clone(), old.clone());
        tokio::spawn(async move { sessions.rotate(&renewed, &old, &new, "sealed", at(100)).await.unwrap() })
    });
    let mut outcomes = Vec::new();
    for racer in racing.collect::<Vec<_>>() {
        outcomes.push(racer.await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Rotation::Done).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Rotation::Raced).count(), 9, "{outcomes:?}");
    let used = sessions.token(&old).await.unwrap().unwrap();
    assert_eq!((used.used_at, used.successor.as_deref()), (Some(at(100)), Some("sealed")));
    for (new, outcome) in news.iter().zip(outcomes) {
        let stored = sessions.token(new).await.unwrap();
        assert_eq!(stored.is_some(), outcome == Rotation::Done);
        assert!(
            stored.is_none_or(|stored| stored.expires_at == renewed.expires_at && stored.used_at.is_none())
        );
    }
    let prolonged = sessions.get(user.id, session.id).await.unwrap().unwrap();
    assert_eq!((prolonged.last_active_at, prolonged.expires_at), (at(100), renewed.expires_at));
    let unknown = sessions.rotate(&renewed, &token("unknown"), &token("x"), "sealed", at(101)).await.unwrap();
    assert_eq!(unknown, Rotation::Raced);
}

#[tokio::test]
async fn a_session_ends_once_and_takes_its_tokens_along() {
    let (table, user) = registered().await;
    let sessions = Sessions::new(table.clone());
    let session = begin(&table, &user, 1).await;
    let ended = || entry(user.id, AuditEvent::SessionEnded, at(2));
    let (first, second) = (ended(), ended());
    let (one, two) =
        tokio::join!(sessions.end(user.id, session.id, &first), sessions.end(user.id, session.id, &second));
    assert!(one.unwrap() != two.unwrap(), "exactly one of them ends it");
    assert!(!sessions.end(user.id, session.id, &ended()).await.unwrap());
    assert!(!lives(&table, user.id, session.id).await);
    let old = token(&session.id.to_string());
    let rotation = sessions.rotate(&session, &old, &token("new"), "sealed", at(3)).await.unwrap();
    assert_eq!(rotation, Rotation::Ended);
    assert!(sessions.token(&token("new")).await.unwrap().is_none());
    assert!(sessions.get(user.id, session.id).await.unwrap().is_none(), "a refresh does not bring it back");
    use AuditEvent::{Registered, SessionEnded, SignedIn};
    assert_eq!(events(&table, user.id).await, [SessionEnded, SignedIn, Registered]);
}

#[tokio::test]
async fn no_session_begins_by_a_password_that_was_changed_meanwhile() {
    let (table, user) = registered().await;
    let sessions = Sessions::new(table.clone());
    let audit = entry(user.id, AuditEvent::SignedIn, at(1));
    for (shown, begins) in [("another hash", false), ("first", true)] {
        let session = Session::begin(user.id, false, Origin::default(), at(1));
        let begun = sessions.begin_by_password(&session, &token(shown), shown, &audit).await.unwrap();
        assert_eq!(begun, begins);
        assert_eq!(sessions.get(user.id, session.id).await.unwrap().is_some(), begins);
        assert_eq!(sessions.token(&token(shown)).await.unwrap().is_some(), begins);
    }
}
