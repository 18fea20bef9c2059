//! Tokens that are kept fresh, with a provider that gives each refresh token away once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app_backup::{Dead, Renewal, TokenKeeper};
use app_connectors::drives::oauth::Grant;
use app_connectors::drives::{Bearer, DriveError, DriveErrorClass};
use app_domain::{DriveProvider, StoreError, Timestamp, UserId};
use app_store::{DriveTokens, KeptTokens, Table};
use app_testing::{metered_table, table, vault};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

const DRIVE: DriveProvider = DriveProvider::Onedrive;
const HOUR: Duration = Duration::from_secs(60 * 60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

/// The clock of tests in which no time passes.
fn still() -> Timestamp {
    at(0)
}

/// A provider that rotates: what was renewed with once is refused from then on.
#[derive(Default)]
struct Rotating {
    used: Mutex<Vec<String>>,
    fails: AtomicBool,
    is_slow: AtomicBool,
    is_over: AtomicBool,
    asked: AtomicUsize,
}

#[async_trait]
impl Renewal for Rotating {
    async fn renew(&self, refresh_token: &SecretString) -> Result<Grant, DriveError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let token = refresh_token.expose_secret().to_owned();
        if self.fails.load(Ordering::SeqCst) {
            return Err(DriveError::of(DriveErrorClass::Transient));
        }
        let number = {
            let mut used = self.used.lock().unwrap();
            if self.is_over.load(Ordering::SeqCst) || used.contains(&token) {
                return Err(DriveError::told(DriveErrorClass::NeedsConsent, 400, Some("invalid_grant")));
            }
            used.push(token);
            used.len()
        };
        if self.is_slow.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(Grant {
            access_token: format!("access-{number}").into(),
            expires_in: HOUR,
            refresh_token: Some(format!("refresh-{number}").into()),
            scope: Vec::new(),
        })
    }
}

/// The grants that were told to be over.
#[derive(Default)]
struct Graves(Mutex<Vec<Uuid>>);

#[async_trait]
impl Dead for Graves {
    async fn dead(&self, grant: Uuid, _: &DriveError) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(grant);
        Ok(())
    }
}

/// A connection whose access token ends `seconds` after the beginning.
struct Stage {
    owner: UserId,
    tokens: DriveTokens,
    provider: Arc<Rotating>,
    graves: Arc<Graves>,
    grant: Uuid,
}

impl Stage {
    async fn set(table: Table, seconds: i64) -> Self {
        let tokens = DriveTokens::new(table.clone(), vault(&table));
        let (owner, kept) =
            (UserId::new(at(0)), KeptTokens::new("access-0".into(), at(seconds), "refresh-0".into()));
        tokens.put(owner, DRIVE, &kept).await.unwrap();
        let (provider, graves) = (Arc::default(), Arc::default());
        Self { owner, tokens, provider, graves, grant: kept.grant }
    }

    /// As another process has it.
    fn keeper(&self, clock: fn() -> Timestamp) -> TokenKeeper {
        let whose = (self.owner, DRIVE, self.grant);
        let (provider, graves) = (Arc::clone(&self.provider), Arc::clone(&self.graves));
        TokenKeeper::new(whose, self.tokens.clone(), provider, graves, clock)
    }

    async fn kept(&self) -> KeptTokens {
        self.tokens.get(self.owner, DRIVE).await.unwrap().unwrap()
    }

    fn asked(&self) -> usize {
        self.provider.asked.load(Ordering::SeqCst)
    }
}

async fn token(keeper: &TokenKeeper) -> String {
    keeper.token(None).await.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end() {
    let stage = Stage::set(table().await, 121).await;
    assert_eq!(token(&stage.keeper(still)).await, "access-0");
    assert_eq!(stage.asked(), 0);
    let stage = Stage::set(table().await, 120).await;
    let keeper = stage.keeper(still);
    assert_eq!(token(&keeper).await, "access-1");
    assert_eq!(token(&keeper).await, "access-1");
    assert_eq!(stage.asked(), 1);
    let kept = stage.kept().await;
    assert_eq!(
        (kept.generation, kept.refresh_token.expose_secret(), kept.ends_at),
        (2, "refresh-1", at(3_600))
    );
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once_by_however_many_were_refused() {
    let stage = Stage::set(table().await, 3_000).await;
    stage.provider.is_slow.store(true, Ordering::SeqCst);
    let keepers: Vec<_> = (0..8).map(|_| Arc::new(stage.keeper(still))).collect();
    let asking = keepers.iter().cycle().take(40).map(|keeper| {
        let keeper = Arc::clone(keeper);
        tokio::spawn(async move { keeper.token(Some(&"access-0".into())).await.unwrap() })
    });
    for asked in asking.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap().expose_secret(), "access-1");
    }
    assert_eq!(stage.asked(), 1, "eight processes with five calls each");
    assert!(stage.graves.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_grant_that_is_over_is_told_and_one_that_fails_in_passing_is_left_alone() {
    let stage = Stage::set(table().await, 0).await;
    stage.provider.fails.store(true, Ordering::SeqCst);
    let error = stage.keeper(still).token(None).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Transient);
    assert!(stage.graves.0.lock().unwrap().is_empty());
    stage.provider.fails.store(false, Ordering::SeqCst);
    assert_eq!(token(&stage.keeper(still)).await, "access-1", "without waiting for the end of a lease");
    stage.provider.is_over.store(true, Ordering::SeqCst);
    let error = stage.keeper(still).token(Some(&"access-1".into())).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::NeedsConsent);
    assert_eq!(*stage.graves.0.lock().unwrap(), [stage.grant]);
    assert_eq!(stage.kept().await.refresh_token.expose_secret(), "refresh-1");
}

#[tokio::test]
async fn tokens_of_another_grant_are_not_used() {
    let stage = Stage::set(table().await, 3_000).await;
    let keeper = stage.keeper(still);
    let other = KeptTokens::new("other".into(), at(3_000), "other".into());
    stage.tokens.put(stage.owner, DRIVE, &other).await.unwrap();
    // Somebody who has connected the drive anew is not asked to do so once more.
    assert_eq!(keeper.token(None).await.unwrap_err().class, DriveErrorClass::Transient);
    stage.tokens.remove(stage.owner, DRIVE, stage.grant).await.unwrap();
    assert_eq!(stage.kept().await.grant, other.grant, "a newer grant's stay");
    stage.tokens.remove(stage.owner, DRIVE, other.grant).await.unwrap();
    assert_eq!(keeper.token(None).await.unwrap_err().class, DriveErrorClass::NeedsConsent);
    assert!(stage.graves.0.lock().unwrap().is_empty(), "the connection itself lives");
}

static LATER: AtomicI64 = AtomicI64::new(0);

fn later() -> Timestamp {
    at(LATER.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_lease_is_waited_for_and_taken_over_when_it_has_run_out() {
    let stage = Stage::set(table().await, 0).await;
    let kept = stage.kept().await;
    assert!(stage.tokens.lease(stage.owner, DRIVE, &kept, at(0), Duration::from_secs(60)).await.unwrap());
    let keeper = stage.keeper(later);
    let waiting = tokio::spawn(async move { token(&keeper).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(stage.asked(), 0);
    LATER.store(60, Ordering::SeqCst);
    assert_eq!(waiting.await.unwrap(), "access-1");
    // Whoever had it comes back, and is too late.
    let late = kept.renewed("late".into(), at(9_000), Some("late".into()));
    assert!(!stage.tokens.replace(stage.owner, DRIVE, &kept, &late).await.unwrap());
    assert_eq!(stage.kept().await.refresh_token.expose_secret(), "refresh-1");
}

#[tokio::test]
async fn who_does_not_wait_for_the_answer_loses_nothing() {
    let stage = Stage::set(table().await, 0).await;
    stage.provider.is_slow.store(true, Ordering::SeqCst);
    let keeper = stage.keeper(still);
    let short = Duration::from_millis(100);
    assert!(tokio::time::timeout(short, keeper.token(None)).await.is_err());
    assert_eq!(token(&keeper).await, "access-1");
    assert_eq!(stage.asked(), 1);
    assert_eq!(stage.kept().await.refresh_token.expose_secret(), "refresh-1");
}

#[tokio::test]
async fn a_token_costs_a_read_once() {
    let (table, meter) = metered_table().await;
    let stage = Stage::set(table, 3_000).await;
    let keeper = stage.keeper(still);
    token(&keeper).await;
    meter.take();
    for _ in 0..10 {
        token(&keeper).await;
    }
    assert!(meter.take().calls.is_empty());
    keeper.token(Some(&"access-0".into())).await.unwrap();
    assert_eq!(meter.take().calls, ["GetItem", "UpdateItem", "PutItem"]);
}
