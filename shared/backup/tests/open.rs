//! Drives that are opened with what is kept of a connection.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use app_backup::{DriveSource, Drives, OpenDrive};
use app_connectors::drives::oauth::{OAuthProvider, OAuthProviders};
use app_connectors::drives::{BytesSource, DriveError, DriveErrorClass, When};
use app_domain::{DriveConnection, DriveProvider, S3Place, Timestamp, UserId};
use app_store::{DriveTokens, KeptTokens};
use app_testing::drives::{FakeDropbox, FakeGoogleDrive, FakeOneDrive, FakeS3, PlayedDrive};
use app_testing::{table, vault};
use secrecy::ExposeSecret;
use url::Url;
use uuid::Uuid;

const REDIRECT: &str = "https://app.example.com/drives/callback";

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()).unwrap()
}

async fn tokens() -> DriveTokens {
    let table = table().await;
    DriveTokens::new(table.clone(), vault(&table))
}

fn drives(tokens: &DriveTokens, offered: String, allow_private: bool) -> Drives {
    let reading = move || {
        let offered = offered.clone();
        async move { Ok::<_, Infallible>(offered) }
    };
    Drives::new(tokens.clone(), reading, allow_private, now)
}

fn connection(provider: DriveProvider, grant: Uuid) -> DriveConnection {
    DriveConnection::new(UserId::new(now()), provider, grant, String::new(), String::new(), now())
}

/// What is known of the providers that are played: the secret.
fn offered(played: &dyn PlayedDrive, provider: DriveProvider, (id, secret): (&str, &str)) -> String {
    let origin = played.origin();
    format!(r#"{{"{provider}": {{"clientId": "{id}", "clientSecret": "{secret}", "origin": "{origin}"}}}}"#)
}

/// The tokens of somebody who agrees.
async fn agreed(played: &dyn PlayedDrive, provider: DriveProvider, offered: &str) -> KeptTokens {
    let providers = OAuthProviders::parse(offered).unwrap();
    let client = providers.get(OAuthProvider::of(provider).unwrap()).unwrap();
    let begun = client.authorize(REDIRECT).unwrap();
    let back = Url::parse(&played.consent(&begun.url).unwrap()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let grant = client.exchange(&code, &begun.verifier, REDIRECT).await.unwrap();
    KeptTokens::new(grant.access_token, now().plus(grant.expires_in), grant.refresh_token.unwrap())
}

async fn refused(drives: &Drives, connection: &DriveConnection) -> DriveError {
    match drives.open(connection).await {
        Ok(drive) => drive.account().await.unwrap_err(),
        Err(error) => error,
    }
}

/// A provider, played, and our id and secret there.
type Played = (Box<dyn PlayedDrive>, DriveProvider, (&'static str, &'static str));

fn all() -> [Played; 3] {
    let google = (FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET);
    let dropbox = (FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET);
    let onedrive = (FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET);
    [
        (Box::new(FakeGoogleDrive::start()), DriveProvider::GoogleDrive, google),
        (Box::new(FakeDropbox::start()), DriveProvider::Dropbox, dropbox),
        (Box::new(FakeOneDrive::start()), DriveProvider::Onedrive, onedrive),
    ]
}

/// A drive that somebody has connected.
async fn connected(
    played: &dyn PlayedDrive,
    provider: DriveProvider,
    us: (&str, &str),
) -> (Drives, DriveTokens, DriveConnection) {
    let (tokens, offered) = (tokens().await, offered(played, provider, us));
    let kept = agreed(played, provider, &offered).await;
    let connection = connection(provider, kept.grant);
    tokens.put(connection.user_id, provider, &kept).await.unwrap();
    (drives(&tokens, offered, false), tokens, connection)
}

#[tokio::test]
async fn each_provider_is_opened_with_its_tokens_and_keeps_new_ones() {
    for (played, provider, us) in all() {
        let (drives, tokens, connection) = connected(&*played, provider, us).await;
        let drive = drives.open(&connection).await.unwrap();
        let file = drive.put("packs/a.txt", "hello".into(), When::Absent).await.unwrap();
        played.expire_tokens();
        let source = DriveSource::new(Arc::clone(&drive), file);
        assert_eq!(source.read(1, 3).await.unwrap(), "ell", "{provider}");
        assert!(source.read(3, 3).await.is_err(), "there are fewer bytes");
        let renewed = tokens.get(connection.user_id, provider).await.unwrap().unwrap();
        assert_eq!(renewed.generation, 2, "{provider}");
    }
}

#[tokio::test]
async fn a_person_who_takes_consent_back_has_to_give_it_again() {
    for (played, provider, us) in all() {
        let (drives, _, connection) = connected(&*played, provider, us).await;
        played.withdraw();
        assert_eq!(refused(&drives, &connection).await.class, DriveErrorClass::NeedsConsent, "{provider}");
    }
}

#[tokio::test]
async fn whoever_comes_after_consent_was_taken_back_hears_of_it_at_once() {
    for (played, provider, us) in all() {
        let (drives, _, connection) = connected(&*played, provider, us).await;
        played.withdraw();
        refused(&drives, &connection).await;
        let began = Instant::now();
        assert_eq!(refused(&drives, &connection).await.class, DriveErrorClass::NeedsConsent, "{provider}");
        assert!(began.elapsed() < Duration::from_secs(5), "{provider}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn tokens_of_another_grant_open_nothing() {
    let played = FakeDropbox::start();
    let us = (FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET);
    let (tokens, offered) = (tokens().await, offered(&played, DriveProvider::Dropbox, us));
    let kept = agreed(&played, DriveProvider::Dropbox, &offered).await;
    let connection = connection(DriveProvider::Dropbox, Uuid::new_v4());
    tokens.put(connection.user_id, DriveProvider::Dropbox, &kept).await.unwrap();
    let drives = drives(&tokens, offered, false);
    assert_eq!(refused(&drives, &connection).await.class, DriveErrorClass::Transient);
}

#[tokio::test]
async fn a_drive_that_is_to_be_connected_is_opened_before_its_tokens_are_kept() {
    for (played, provider, us) in all() {
        let (tokens, offered) = (tokens().await, offered(&*played, provider, us));
        let kept = agreed(&*played, provider, &offered).await;
        let connection = connection(provider, kept.grant);
        let drive = drives(&tokens, offered, false).open_new(&connection, &kept).await.unwrap();
        assert!(!drive.account().await.unwrap().id.is_empty(), "{provider}");
        played.withdraw();
        assert_eq!(drive.account().await.unwrap_err().class, DriveErrorClass::NeedsConsent, "{provider}");
        assert!(tokens.get(connection.user_id, provider).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_provider_that_is_not_offered_is_refused_and_a_secret_that_cannot_be_read_passes() {
    let tokens = tokens().await;
    let connection = connection(DriveProvider::Dropbox, Uuid::new_v4());
    let error = refused(&drives(&tokens, "{}".to_owned(), false), &connection).await;
    assert_eq!((error.class, error.code.as_deref()), (DriveErrorClass::Refused, Some("not-offered")));
    let error = refused(&drives(&tokens, "not json".to_owned(), false), &connection).await;
    assert_eq!(error.class, DriveErrorClass::Transient);
    let unread = || async { Err::<String, _>("the secret could not be read") };
    let drives = Drives::new(tokens, unread, false, now);
    assert_eq!(refused(&drives, &connection).await.class, DriveErrorClass::Transient);
}

/// A connection to the played bucket, and the tokens that stand for its keys.
async fn bucket(played: &FakeS3) -> (DriveTokens, DriveConnection) {
    let ends_at = now().plus(Duration::from_secs(100 * 365 * 24 * 60 * 60));
    let kept = KeptTokens::new(FakeS3::ACCESS_KEY_ID.into(), ends_at, FakeS3::SECRET_ACCESS_KEY.into());
    assert_eq!(kept.refresh_token.expose_secret(), FakeS3::SECRET_ACCESS_KEY);
    let mut connection = connection(DriveProvider::S3, kept.grant);
    connection.place = Some(S3Place {
        endpoint: Some(played.origin()),
        region: FakeS3::REGION.to_owned(),
        bucket: FakeS3::BUCKET.to_owned(),
        prefix: FakeS3::PREFIX.to_owned(),
    });
    let tokens = tokens().await;
    tokens.put(connection.user_id, DriveProvider::S3, &kept).await.unwrap();
    (tokens, connection)
}

#[tokio::test]
async fn a_bucket_is_opened_with_its_keys() {
    let played = FakeS3::start();
    let (tokens, connection) = bucket(&played).await;
    // The providers need not be set up for it.
    let drive = drives(&tokens, "not json".to_owned(), true).open(&connection).await.unwrap();
    drive.put("packs/a.txt", "hello".into(), When::Absent).await.unwrap();
    assert_eq!(played.files()["packs/a.txt"], b"hello");
    tokens.remove(connection.user_id, DriveProvider::S3, connection.grant).await.unwrap();
    let drives = drives(&tokens, String::new(), true);
    assert_eq!(refused(&drives, &connection).await.class, DriveErrorClass::NeedsConsent);
}

#[tokio::test]
async fn a_bucket_at_a_private_address_is_not_called() {
    let played = FakeS3::start();
    let (tokens, connection) = bucket(&played).await;
    let error = refused(&drives(&tokens, String::new(), false), &connection).await;
    assert_eq!(error.class, DriveErrorClass::Refused);
    assert_eq!(played.traffic().calls, 0);
}
