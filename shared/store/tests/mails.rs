//! Which of several workers sends a mail, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::time::Duration;

use app_domain::Timestamp;
use app_store::{Claim, Mails};
use app_testing::table;
use uuid::Uuid;

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap().plus(Duration::from_secs(second))
}

#[tokio::test]
async fn of_several_workers_one_has_the_mail() {
    let (mails, id) = (Mails::new(table().await), Uuid::new_v4());
    let (one, two, three) =
        tokio::join!(mails.claim(id, at(0)), mails.claim(id, at(0)), mails.claim(id, at(0)));
    let claims = [one.unwrap(), two.unwrap(), three.unwrap()];
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Ours).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Busy).count(), 2, "{claims:?}");
    assert_eq!(mails.claim(Uuid::new_v4(), at(0)).await.unwrap(), Claim::Ours);
}

#[tokio::test]
async fn a_sent_mail_is_sent_for_good() {
    let (mails, id) = (Mails::new(table().await), Uuid::new_v4());
    assert_eq!(mails.claim(id, at(0)).await.unwrap(), Claim::Ours);
    mails.sent(id, at(1)).await.unwrap();
    for second in [1, 59, 61, 3600] {
        assert_eq!(mails.claim(id, at(second)).await.unwrap(), Claim::Sent);
    }
    mails.release(id, at(1)).await.unwrap();
    assert_eq!(mails.claim(id, at(2)).await.unwrap(), Claim::Sent);
}

#[tokio::test]
async fn a_claim_ends_after_a_minute_or_when_it_is_given_back() {
    let (mails, id) = (Mails::new(table().await), Uuid::new_v4());
    assert_eq!(mails.claim(id, at(0)).await.unwrap(), Claim::Ours);
    assert_eq!(mails.claim(id, at(59)).await.unwrap(), Claim::Busy);
    assert_eq!(mails.claim(id, at(60)).await.unwrap(), Claim::Ours);
    mails.release(id, at(60)).await.unwrap();
    assert_eq!(mails.claim(id, at(61)).await.unwrap(), Claim::Ours);
}

#[tokio::test]
async fn only_the_own_claim_is_given_back() {
    let (mails, id) = (Mails::new(table().await), Uuid::new_v4());
    assert_eq!(mails.claim(id, at(0)).await.unwrap(), Claim::Ours);
    assert_eq!(mails.claim(id, at(60)).await.unwrap(), Claim::Ours);
    mails.release(id, at(0)).await.unwrap();
    assert_eq!(mails.claim(id, at(61)).await.unwrap(), Claim::Busy);
}

#[tokio::test]
async fn a_table_that_fails_is_no_claim() {
    let mails = Mails::new(app_testing::missing_table().await);
    assert!(mails.claim(Uuid::new_v4(), at(0)).await.is_err());
    assert!(mails.sent(Uuid::new_v4(), at(0)).await.is_err());
    assert!(mails.release(Uuid::new_v4(), at(0)).await.is_err());
}
