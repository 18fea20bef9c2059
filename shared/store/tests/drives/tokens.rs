//! What opens drives.

use std::time::Duration;

use app_domain::{DriveProvider, Timestamp, UserId};
use app_store::{DriveTokens, KeptTokens};
use app_testing::{metered_table, missing_table, table, vault};
use secrecy::ExposeSecret;

const DRIVE: DriveProvider = DriveProvider::Dropbox;
const MINUTE: Duration = Duration::from_secs(60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

fn first() -> KeptTokens {
    KeptTokens::new("access-1".into(), at(3_600), "refresh-1".into())
}

fn texts(tokens: &KeptTokens) -> (u64, &str, &str) {
    (tokens.generation, tokens.access_token.expose_secret(), tokens.refresh_token.expose_secret())
}

#[tokio::test]
async fn tokens_are_kept_for_their_owner_and_provider_alone() {
    let table = table().await;
    let (tokens, ada) = (DriveTokens::new(table.clone(), vault(&table)), UserId::new(at(0)));
    assert!(tokens.get(ada, DRIVE).await.unwrap().is_none());
    let kept = first();
    tokens.put(ada, DRIVE, &kept).await.unwrap();
    let read = tokens.get(ada, DRIVE).await.unwrap().unwrap();
    assert_eq!(
        (texts(&read), read.grant, read.ends_at),
        ((1, "access-1", "refresh-1"), kept.grant, at(3_600))
    );
    assert!(tokens.get(ada, DriveProvider::Onedrive).await.unwrap().is_none());
    assert!(tokens.get(UserId::new(at(0)), DRIVE).await.unwrap().is_none());
    tokens.remove(ada, DRIVE, first().grant).await.unwrap();
    assert!(tokens.get(ada, DRIVE).await.unwrap().is_some(), "another grant's were removed");
    tokens.remove(ada, DRIVE, kept.grant).await.unwrap();
    tokens.remove(ada, DRIVE, kept.grant).await.unwrap();
    assert!(tokens.get(ada, DRIVE).await.unwrap().is_none());
}

#[tokio::test]
async fn of_many_who_want_a_lease_one_gets_it_until_it_ends() {
    let table = table().await;
    let (tokens, ada, kept) = (DriveTokens::new(table.clone(), vault(&table)), UserId::new(at(0)), first());
    tokens.put(ada, DRIVE, &kept).await.unwrap();
    let lease = async |seconds| tokens.lease(ada, DRIVE, &kept, at(seconds), MINUTE).await.unwrap();
    let leasing: Vec<_> = (0..10).map(|_| lease(0)).collect();
    let leased = futures_util::future::join_all(leasing).await;
    assert_eq!(leased.iter().filter(|leased| **leased).count(), 1);
    assert!(!lease(59).await);
    assert!(lease(60).await, "it has run out");
    tokens.release(ada, DRIVE, at(0), MINUTE).await.unwrap();
    assert!(!lease(61).await, "who had it before cannot give it back");
    tokens.release(ada, DRIVE, at(60), MINUTE).await.unwrap();
    assert!(lease(62).await);
    tokens.remove(ada, DRIVE, kept.grant).await.unwrap();
    assert!(!lease(1_000).await, "there is nothing to lease");
}

#[tokio::test]
async fn tokens_follow_only_those_that_they_were_gotten_with() {
    let table = table().await;
    let (tokens, ada, one) = (DriveTokens::new(table.clone(), vault(&table)), UserId::new(at(0)), first());
    tokens.put(ada, DRIVE, &one).await.unwrap();
    assert!(tokens.lease(ada, DRIVE, &one, at(0), MINUTE).await.unwrap());
    let two = one.renewed("access-2".into(), at(7_200), None);
    assert!(tokens.replace(ada, DRIVE, &one, &two).await.unwrap());
    assert_eq!(texts(&tokens.get(ada, DRIVE).await.unwrap().unwrap()), (2, "access-2", "refresh-1"));
    let late = one.renewed("late".into(), at(7_200), Some("late".into()));
    assert!(!tokens.replace(ada, DRIVE, &one, &late).await.unwrap());
    assert!(!tokens.lease(ada, DRIVE, &one, at(0), MINUTE).await.unwrap(), "there are others by now");
    assert!(tokens.lease(ada, DRIVE, &two, at(0), MINUTE).await.unwrap(), "the first lease is over");
    // Connected again meanwhile, with a generation of the same number.
    let other = first();
    tokens.put(ada, DRIVE, &other).await.unwrap();
    assert!(!tokens.replace(ada, DRIVE, &one, &two).await.unwrap());
    assert!(tokens.lease(ada, DRIVE, &other, at(0), MINUTE).await.unwrap());
    assert_eq!(texts(&tokens.get(ada, DRIVE).await.unwrap().unwrap()), (1, "access-1", "refresh-1"));
}

#[tokio::test]
async fn nothing_of_a_token_can_be_read_without_the_owners_keys() {
    let (table, meter) = metered_table().await;
    let (tokens, ada, bob) =
        (DriveTokens::new(table.clone(), vault(&table)), UserId::new(at(0)), UserId::new(at(1)));
    tokens.put(ada, DRIVE, &first()).await.unwrap();
    meter.move_item(&format!("U#{ada}"), "DRIVETOKENS#dropbox", &format!("U#{bob}")).await;
    assert!(tokens.get(bob, DRIVE).await.is_err());
    assert!(!format!("{:?}", first()).contains("access-1"));
}

#[tokio::test]
async fn tokens_cost_one_unit_to_read_and_one_to_write() {
    let (table, meter) = metered_table().await;
    let (tokens, ada, one) = (DriveTokens::new(table.clone(), vault(&table)), UserId::new(at(0)), first());
    tokens.put(ada, DRIVE, &one).await.unwrap();
    meter.take();
    tokens.get(ada, DRIVE).await.unwrap();
    assert!(tokens.lease(ada, DRIVE, &one, at(0), MINUTE).await.unwrap());
    let two = one.renewed("access-2".into(), at(7_200), None);
    assert!(tokens.replace(ada, DRIVE, &one, &two).await.unwrap());
    let cost = meter.take();
    assert_eq!(cost.calls, ["GetItem", "UpdateItem", "PutItem"]);
    assert_eq!((cost.reads, cost.writes), (1.0, 2.0));
}

#[tokio::test]
async fn a_table_that_fails_is_not_one_without_tokens() {
    let table = missing_table().await;
    let tokens = DriveTokens::new(table.clone(), vault(&table));
    assert!(tokens.get(UserId::new(at(0)), DRIVE).await.is_err());
    assert!(tokens.lease(UserId::new(at(0)), DRIVE, &first(), at(0), MINUTE).await.is_err());
}
