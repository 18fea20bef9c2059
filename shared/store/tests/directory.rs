//! The list of all accounts, in a real table with its index.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{
    AuditEntry, AuditEvent, Email, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Origin,
    PersonName, Role, StoreError, Tier, Timestamp, User, UserId, Username,
};
use app_store::{Account, AuditLog, Directory, Memories, Registration, Table, Users};
use app_testing::table;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

fn entry(user: UserId, event: AuditEvent) -> AuditEntry {
    AuditEntry::new(user, event, Origin::default(), at(0))
}

async fn registered(table: &Table, n: i64) -> User {
    let id = UserId::new(at(n));
    let user = User {
        id,
        email: Email::parse(&format!("Ada.{n}@Example.com")).unwrap(),
        username: (n % 2 == 0).then(|| Username::parse(&format!("Ada{n}")).unwrap()),
        first_name: PersonName::parse("Ada").unwrap(),
        last_name: PersonName::parse("Lovelace").unwrap(),
        role: Role::User,
        tier: Tier::Free,
        is_verified: false,
        is_active: true,
        has_password: true,
        sessions_from: None,
        kept_session: None,
        created_at: at(n),
        updated_at: at(n),
    };
    let made = Users::new(table.clone()).register(&user, "hash", &entry(id, AuditEvent::Registered)).await;
    assert_eq!(made.unwrap(), Registration::Done);
    user
}

#[tokio::test]
async fn every_account_is_listed_once_newest_first_whatever_the_page() {
    let table = table().await;
    let directory = Directory::new(table.clone());
    assert_eq!(directory.page(None, 10).await.unwrap(), []);
    let mut expected = Vec::new();
    for n in 0..250 {
        expected.insert(0, registered(&table, n).await.id);
    }
    for limit in [1, 99, 100, 101, 125, 250, 300] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = directory.page(after, limit).await.unwrap();
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.into_iter().map(|account| account.id));
        }
        assert_eq!(seen, expected, "by {limit}");
    }
}

#[tokio::test]
async fn the_index_has_all_of_an_account_and_nothing_but_accounts() {
    let table = table().await;
    let directory = Directory::new(table.clone());
    for n in [1, 2] {
        let user = registered(&table, n).await;
        let draft = MemoryDraft { title: MemoryTitle::parse("Trip").ok(), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(at(n)), user.id, MemorySource::Web, draft, at(n)).unwrap();
        Memories::new(table.clone(), app_testing::vault(&table)).create(&memory).await.unwrap();
        let read = directory.get(user.id).await.unwrap().unwrap();
        assert_eq!(directory.page(None, 10).await.unwrap()[0], read);
        assert_eq!(directory.by_email(&user.email).await.unwrap(), Some(read.clone()));
        assert_eq!(
            (read.email, read.username, read.created_at),
            (user.email, user.username, user.created_at)
        );
    }
    assert_eq!(directory.page(None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_account_is_found_by_its_address_without_case() {
    let table = table().await;
    let user = registered(&table, 1).await;
    let directory = Directory::new(table);
    let find = async |text: &str| directory.by_email(&Email::parse(text).unwrap()).await.unwrap();
    assert_eq!(find("ada.1@EXAMPLE.com").await.map(|account| account.id), Some(user.id));
    assert_eq!(find("ada.2@example.com").await, None);
    assert_eq!(directory.get(UserId::new(at(1))).await.unwrap(), None);
}

async fn account(table: &Table) -> Account {
    let user = registered(table, 1).await;
    Directory::new(table.clone()).get(user.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_change_shows_in_the_list_and_in_the_log() {
    let table = table().await;
    let (directory, before) = (Directory::new(table.clone()), account(&table).await);
    let after = Account { role: Role::Admin, tier: Tier::Premium, updated_at: at(9), ..before.clone() };
    let told = [entry(before.id, AuditEvent::RoleChanged), entry(before.id, AuditEvent::TierChanged)];
    directory.change(&before, &after, &told).await.unwrap();
    assert_eq!(directory.page(None, 10).await.unwrap(), [after]);
    let (log, _) = AuditLog::new(table.clone()).page(before.id, None, 10).await.unwrap();
    let events: Vec<_> = log.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [AuditEvent::TierChanged, AuditEvent::RoleChanged, AuditEvent::Registered]);
    let user = Users::new(table).get(before.id).await.unwrap().unwrap();
    assert_eq!((user.sessions_from, user.has_password), (None, true), "nothing else has changed");
}

#[tokio::test]
async fn a_change_of_something_that_has_changed_is_refused_and_tells_nothing() {
    let table = table().await;
    let (directory, before) = (Directory::new(table.clone()), account(&table).await);
    let changed = |role, tier, is_active| Account { role, tier, is_active, ..before.clone() };
    let told = [entry(before.id, AuditEvent::RoleChanged)];
    for stale in [
        changed(Role::Premium, Tier::Free, true),
        changed(Role::User, Tier::Premium, true),
        changed(Role::User, Tier::Free, false),
        Account { id: UserId::new(at(5)), ..before.clone() },
    ] {
        let refused = directory.change(&stale, &changed(Role::Admin, Tier::Free, true), &told).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    }
    assert_eq!(directory.get(before.id).await.unwrap(), Some(before.clone()));
    assert_eq!(AuditLog::new(table).page(before.id, None, 10).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn sessions_are_over_when_the_activity_changes_and_only_then() {
    let table = table().await;
    let (directory, users) = (Directory::new(table.clone()), Users::new(table.clone()));
    let active = account(&table).await;
    let session = app_domain::SessionId::new(at(1));
    users
        .end_sessions(active.id, Some(session), &entry(active.id, AuditEvent::AllSessionsEnded))
        .await
        .unwrap();
    let sessions =
        async || users.get(active.id).await.unwrap().map(|user| (user.sessions_from, user.kept_session));
    let premium = Account { tier: Tier::Premium, updated_at: at(2), ..active.clone() };
    directory.change(&active, &premium, &[]).await.unwrap();
    assert_eq!(sessions().await, Some((Some(at(0)), Some(session))));

    let inactive = Account { is_active: false, updated_at: at(3), ..premium.clone() };
    directory.change(&premium, &inactive, &[]).await.unwrap();
    assert_eq!(sessions().await, Some((Some(at(3)), None)));
    let again = Account { is_active: true, updated_at: at(4), ..inactive.clone() };
    directory.change(&inactive, &again, &[]).await.unwrap();
    assert_eq!(sessions().await, Some((Some(at(4)), None)));
}
