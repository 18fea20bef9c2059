//! Wrong passwords.

use std::net::IpAddr;
use std::time::Duration;

use app_domain::{Failures, UserId};
use app_store::{FailureSubject, SignInFailures};
use app_testing::table;

use crate::support::{at, noting};

#[tokio::test]
async fn wrong_passwords_are_counted_exactly_until_they_are_forgotten() {
    let failures = SignInFailures::new(table().await);
    let account = FailureSubject::account(UserId::new(at(0)));
    assert_eq!(failures.of(&account).await.unwrap(), None);
    let adding = (0..50).map(|n| {
        let (failures, account) = (failures.clone(), account.clone());
        tokio::spawn(async move { failures.add(&account, at(n)).await.unwrap().count })
    });
    let mut counts = Vec::new();
    for count in adding.collect::<Vec<_>>() {
        counts.push(count.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=50).collect::<Vec<_>>());
    assert_eq!(failures.of(&account).await.unwrap().unwrap().count, 50);
    let (forgotten, added) = tokio::join!(failures.forget(&account), failures.add(&account, at(60)));
    forgotten.unwrap();
    let count = added.unwrap().count;
    assert!([1, 51].contains(&count), "before or after, nothing in between: {count}");
    failures.forget(&account).await.unwrap();
    failures.forget(&account).await.unwrap();
    let again = failures.add(&account, at(70)).await.unwrap();
    assert_eq!(again, Failures { count: 1, last_at: at(70) });
}

#[tokio::test]
async fn failures_of_each_subject_are_counted_apart_and_kept_a_day() {
    let address = |text: &str| FailureSubject::address(Some(text.parse::<IpAddr>().unwrap()));
    assert_eq!(address("::ffff:203.0.113.7"), address("203.0.113.7"));
    assert_ne!(address("203.0.113.8"), address("203.0.113.7"));
    // Whoever has one address of a network of 64 bits has them all.
    assert_eq!(address("2001:db8:0:1::1"), address("2001:db8:0:1:ffff::2"));
    assert_ne!(address("2001:db8:0:1::1"), address("2001:db8:0:2::1"));
    let user = UserId::new(at(0));
    let subjects = [
        FailureSubject::account(user),
        FailureSubject::nobody(&user.to_string()),
        FailureSubject::nobody("ada@example.com"),
        FailureSubject::address(None),
        address("203.0.113.7"),
    ];
    let failures = SignInFailures::new(table().await);
    for subject in &subjects {
        assert_eq!(failures.add(subject, at(0)).await.unwrap().count, 1);
    }
    let (noting, asked) = noting();
    for subject in &subjects {
        SignInFailures::new(noting.clone()).add(subject, at(0)).await.unwrap();
    }
    for (operation, body) in asked.take() {
        assert_eq!(operation, "UpdateItem");
        let end = at(0).plus(Duration::from_secs(24 * 3600)).as_seconds().to_string();
        assert_eq!(body["ExpressionAttributeValues"][":ttl"]["N"], end);
        assert!(!body.to_string().contains("203.0.113") && !body.to_string().contains("ada@"), "{body}");
    }
}
