//! What fails at OneDrive, and what is made of it.

use std::time::Duration;

use app_connectors::drives::oauth::{GrantError, OAuthProvider};
use app_connectors::drives::{Bearer, Drive, DriveErrorClass, When};
use app_testing::drives::{DriveFault, FakeOneDrive, PlayedDrive};
use bytes::Bytes;
use secrecy::ExposeSecret;
use url::Url;

use super::{stage, tokens};
use crate::suite::connected::{REDIRECT, client, code_and_state};
use crate::suite::{bytes, put, whole};

#[tokio::test]
async fn our_folder_is_made_before_anything_is_put_and_again_when_it_is_removed() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Absent).await;
    played.remove_by_hand("");
    put(&drive, "b/c", b"y", When::Absent).await;
    played.remove_by_hand("");
    let all = bytes(5_000_000, 1);
    crate::suite::upload(&drive, "d", &all, When::Absent).await.unwrap();
    assert_eq!(played.files().into_keys().collect::<Vec<_>>(), ["d"]);
}

#[tokio::test]
async fn a_file_is_fetched_from_one_address_until_that_is_too_old() {
    let (drive, played) = stage().await;
    let all = bytes(3_000_000, 1);
    let file = put(&drive, "a", &all, When::Absent).await;
    let before = played.traffic().calls;
    assert_eq!(drive.read(&file, 0, 1000).await.unwrap(), all[..1000]);
    assert_eq!(drive.read(&file, 1000, 1000).await.unwrap(), all[1000..2000]);
    assert_eq!(played.traffic().calls - before, 3, "where it is was asked once");
    played.pass(Duration::from_secs(3599));
    assert_eq!(drive.read(&file, 2_999_999, 1000).await.unwrap(), all[2_999_999..]);
    played.pass(Duration::from_secs(2));
    played.expire_tokens();
    assert_eq!(whole(&drive, &file).await, all);
    assert_eq!(drive.read(&file, 3_000_000, 1).await.unwrap(), Bytes::new());
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_found() {
    let (drive, played) = stage().await;
    let file = put(&drive, "a", b"some bytes", When::Absent).await;
    drive.read(&file, 0, 4).await.unwrap();
    played.remove_by_hand("a");
    assert_eq!(drive.read(&file, 0, 4).await.unwrap_err().class, DriveErrorClass::NotFound);
    drive.remove(&file).await.unwrap();
    assert_eq!(drive.find("a").await.unwrap(), None);
}

#[tokio::test]
async fn errors_show_nothing_but_the_code() {
    let (drive, played) = stage().await;
    put(&drive, "private/name.txt", b"x", When::Absent).await;
    let conflict = drive.put("private/name.txt", Bytes::from_static(b"y"), When::Absent).await.unwrap_err();
    assert_eq!(conflict.to_string(), "there is another file on the drive (409 nameAlreadyExists)");
    played.fail(DriveFault::Throttled(Some(315)), 1);
    let throttled = drive.find("private/name.txt").await.unwrap_err();
    assert_eq!(throttled.to_string(), "the drive asks to wait (429 activityLimitReached)");
    assert_eq!(throttled.retry_after, Some(Duration::from_secs(315)));
    let long = format!("private/{}", "x".repeat(400));
    let refused = drive.put(&long, Bytes::new(), When::Any).await.unwrap_err();
    assert_eq!(refused.class, DriveErrorClass::Refused);
    for error in [conflict, throttled, refused] {
        assert!(!format!("{error} {error:?}").contains("private"));
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let played = FakeOneDrive::start();
    let us = client(OAuthProvider::OneDrive, &played, FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET);
    let begun = us.authorize(REDIRECT).unwrap();
    let (code, _) = code_and_state(&played.consent(&begun.url).unwrap());
    let first = us.exchange(&code, &begun.verifier, REDIRECT).await.unwrap();
    let old = first.refresh_token.unwrap();
    let second = us.refresh(&old).await.unwrap().refresh_token.unwrap();
    assert_ne!(old.expose_secret(), second.expose_secret());
    assert_eq!(us.refresh(&old).await.unwrap_err().class, DriveErrorClass::NeedsConsent);
    let third = us.refresh(&second).await.unwrap();
    assert!(played.is_granted());
    played.fail(DriveFault::RefreshFails, 5);
    let third = third.refresh_token.unwrap();
    assert_eq!(us.refresh(&third).await.unwrap_err().class, DriveErrorClass::Transient);
    played.forget_faults();
    us.refresh(&third).await.unwrap();
    let again = us.exchange(&code, &begun.verifier, REDIRECT).await.unwrap_err();
    assert!(
        matches!(again, GrantError::Drive(error) if error.class == DriveErrorClass::NeedsConsent),
        "a code is good once too"
    );
}

#[tokio::test]
async fn a_grant_ends_after_ninety_days_without_use() {
    let played = FakeOneDrive::start();
    let tokens = tokens(&played).await;
    let token = tokens.token(None).await.unwrap();
    played.pass(Duration::from_secs(89 * 24 * 60 * 60));
    let token = tokens.token(Some(&token)).await.unwrap();
    played.pass(Duration::from_secs(89 * 24 * 60 * 60));
    let token = tokens.token(Some(&token)).await.unwrap();
    played.pass(Duration::from_secs(91 * 24 * 60 * 60));
    assert_eq!(tokens.token(Some(&token)).await.unwrap_err().class, DriveErrorClass::NeedsConsent);
}

#[tokio::test]
async fn nobody_agrees_to_a_request_that_is_wrong() {
    let played = FakeOneDrive::start();
    let us = client(OAuthProvider::OneDrive, &played, FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET);
    let good = us.authorize(REDIRECT).unwrap().url;
    for name in ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge"] {
        let mut without = Url::parse(&good).unwrap();
        let rest: Vec<(String, String)> =
            without.query_pairs().into_owned().filter(|(said, _)| said != name).collect();
        without.query_pairs_mut().clear().extend_pairs(rest);
        assert!(played.consent(without.as_str()).is_err(), "without {name}");
    }
    let plain = good.replace("S256", "plain");
    assert!(played.consent(&plain).is_err());
    played.consent(&good).unwrap();
}
