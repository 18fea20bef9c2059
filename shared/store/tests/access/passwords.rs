//! Passwords that are changed by who knows them.

use app_domain::{AuditEvent, StoreError, UserId};
use app_store::Users;

use crate::support::{at, entry};
use crate::{begin, events, lives, registered};

#[tokio::test]
async fn a_password_is_changed_by_who_knew_the_one_before() {
    let (table, user) = registered().await;
    let users = Users::new(table.clone());
    let (other, kept) = (begin(&table, &user, 1).await, begin(&table, &user, 2).await);
    let changed = |second| entry(user.id, AuditEvent::PasswordChanged, at(second));
    let wrong = users.change_password(user.id, "guess", "second", kept.id, &changed(3)).await;
    assert!(matches!(wrong, Err(StoreError::Conflict)));
    assert!(lives(&table, user.id, other.id).await, "nothing has happened");
    users.change_password(user.id, "first", "second", kept.id, &changed(4)).await.unwrap();
    assert_eq!(users.credentials(user.id).await.unwrap().unwrap().1.as_deref(), Some("second"));
    assert!(!lives(&table, user.id, other.id).await && lives(&table, user.id, kept.id).await);
    let (a, b) = (changed(5), changed(5));
    let (one, two) = tokio::join!(
        users.change_password(user.id, "second", "third", kept.id, &a),
        users.change_password(user.id, "second", "fourth", other.id, &b),
    );
    assert!(one.is_ok() != two.is_ok(), "both knew the same password: one was first");
    let nobody = users.change_password(UserId::new(at(0)), "first", "second", kept.id, &changed(6)).await;
    assert!(matches!(nobody, Err(StoreError::Conflict)));
    let log = events(&table, user.id).await;
    assert_eq!(log.iter().filter(|event| **event == AuditEvent::PasswordChanged).count(), 2);
}
