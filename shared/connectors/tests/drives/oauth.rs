//! Consent, at each of the providers.

use std::time::Duration;

use app_connectors::drives::DriveErrorClass;
use app_connectors::drives::oauth::{
    GrantError, OAuthClient, OAuthConfigError, OAuthProvider, OAuthProviders, Revoked,
};
use app_domain::DriveProvider;
use app_testing::drives::{DriveFault, FakeDropbox, FakeGoogleDrive, FakeOneDrive, PlayedDrive};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::suite::connected::{REDIRECT, client, code_and_state};

type Played = (OAuthProvider, Box<dyn PlayedDrive>, OAuthClient);

fn all() -> Vec<Played> {
    let (google, dropbox, onedrive) = (FakeGoogleDrive::start(), FakeDropbox::start(), FakeOneDrive::start());
    let (id, secret) = (FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET);
    let to_google = client(OAuthProvider::GoogleDrive, &google, id, secret);
    let (id, secret) = (FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET);
    let to_dropbox = client(OAuthProvider::Dropbox, &dropbox, id, secret);
    let (id, secret) = (FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET);
    let to_onedrive = client(OAuthProvider::OneDrive, &onedrive, id, secret);
    vec![
        (OAuthProvider::GoogleDrive, Box::new(google), to_google),
        (OAuthProvider::Dropbox, Box::new(dropbox), to_dropbox),
        (OAuthProvider::OneDrive, Box::new(onedrive), to_onedrive),
    ]
}

/// A code and its verifier.
fn agreed(client: &OAuthClient, played: &dyn PlayedDrive) -> (String, SecretString) {
    let begun = client.authorize(REDIRECT).unwrap();
    let (code, state) = code_and_state(&played.consent(&begun.url).unwrap());
    assert_eq!(state, begun.state.expose_secret());
    (code, begun.verifier)
}

#[tokio::test]
async fn a_code_is_worth_tokens_once_and_to_who_has_the_verifier() {
    for (provider, played, client) in all() {
        let (code, verifier) = agreed(&client, &*played);
        let grant = client.exchange(&code, &verifier, REDIRECT).await.unwrap();
        assert!(grant.refresh_token.is_some() && grant.expires_in > Duration::from_secs(600), "{provider:?}");
        let again = client.exchange(&code, &verifier, REDIRECT).await.unwrap_err();
        assert!(
            matches!(again, GrantError::Drive(e) if e.class == DriveErrorClass::NeedsConsent),
            "{provider:?}"
        );
        let (code, _) = agreed(&client, &*played);
        let other = "chat-sync-verifier-0123456789-abcdefghijklmnopqrstuvwxyz".into();
        assert!(client.exchange(&code, &other, REDIRECT).await.is_err(), "{provider:?}");
        let (code, verifier) = agreed(&client, &*played);
        let elsewhere = "https://app.example.com/elsewhere";
        assert!(client.exchange(&code, &verifier, elsewhere).await.is_err(), "{provider:?}");
    }
}

#[tokio::test]
async fn no_two_consents_share_a_secret() {
    for (_, _, client) in all() {
        let (one, two) = (client.authorize(REDIRECT).unwrap(), client.authorize(REDIRECT).unwrap());
        assert_ne!(one.state.expose_secret(), two.state.expose_secret());
        assert_ne!(one.verifier.expose_secret(), two.verifier.expose_secret());
        assert!(!one.url.contains(one.verifier.expose_secret()));
        assert!(!format!("{one:?}").contains(one.verifier.expose_secret()));
    }
}

/// All that is in the addresses but what is new each time.
#[test]
fn people_are_asked_for_no_more_than_we_need() {
    let json = r#"{"google-drive": {"clientId": "g", "clientSecret": "s"},
        "dropbox": {"clientId": "d", "clientSecret": "s"},
        "onedrive": {"clientId": "o", "clientSecret": "s", "tenant": "consumers"}}"#;
    let providers = OAuthProviders::parse(json).unwrap();
    let asked =
        [OAuthProvider::GoogleDrive, OAuthProvider::Dropbox, OAuthProvider::OneDrive].map(|provider| {
            let begun = providers.get(provider).unwrap().authorize(REDIRECT).unwrap();
            let mut url = Url::parse(&begun.url).unwrap();
            let mut pairs: Vec<String> = url
                .query_pairs()
                .filter(|(name, _)| name != "state" && name != "code_challenge")
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.sort();
            url.set_query(None);
            format!("{url}\n  {}", pairs.join("\n  "))
        });
    insta::assert_snapshot!(asked.join("\n"));
}

#[tokio::test]
async fn tokens_are_renewed_and_rotated_where_the_provider_does_so() {
    for (provider, played, client) in all() {
        let (code, verifier) = agreed(&client, &*played);
        let grant = client.exchange(&code, &verifier, REDIRECT).await.unwrap();
        let first = grant.refresh_token.unwrap();
        let renewed = client.refresh(&first).await.unwrap();
        assert_ne!(renewed.access_token.expose_secret(), grant.access_token.expose_secret());
        assert_eq!(renewed.refresh_token.is_some(), provider == OAuthProvider::OneDrive);
        played.fail(DriveFault::RefreshFails, 1);
        let next = renewed.refresh_token.unwrap_or(first);
        client.refresh(&next).await.unwrap();
    }
}

#[tokio::test]
async fn a_grant_that_is_over_is_told() {
    for (provider, played, client) in all() {
        let (code, verifier) = agreed(&client, &*played);
        let token = client.exchange(&code, &verifier, REDIRECT).await.unwrap().refresh_token.unwrap();
        played.fail(DriveFault::DeadGrant, 1);
        let dead = client.refresh(&token).await.unwrap_err();
        assert_eq!(dead.class, DriveErrorClass::NeedsConsent, "{provider:?}");
        assert_eq!(dead.code.as_deref(), Some("invalid_grant"));
        let (code, verifier) = agreed(&client, &*played);
        let token = client.exchange(&code, &verifier, REDIRECT).await.unwrap().refresh_token.unwrap();
        played.withdraw();
        assert_eq!(client.refresh(&token).await.unwrap_err().class, DriveErrorClass::NeedsConsent);
    }
}

#[tokio::test]
async fn tokens_are_given_back() {
    for (provider, played, client) in all() {
        let (code, verifier) = agreed(&client, &*played);
        let token = client.exchange(&code, &verifier, REDIRECT).await.unwrap().refresh_token.unwrap();
        let revoked = client.revoke(&token).await.unwrap();
        if provider == OAuthProvider::OneDrive {
            assert_eq!((revoked, played.is_granted()), (Revoked::NotOffered, true));
            continue;
        }
        assert_eq!((revoked, played.is_granted()), (Revoked::Done, false), "{provider:?}");
        assert_eq!(client.revoke(&token).await.unwrap(), Revoked::Done, "it was given back already");
    }
}

/// As if the person had been asked for less, which to us is the same.
#[tokio::test]
async fn who_agrees_to_less_is_told_what_is_missing() {
    for (provider, played, client) in all() {
        for (left_out, error) in [
            ("files.content.write", GrantError::TooLittle("files.content.write")),
            ("User.Read", GrantError::TooLittle("User.Read")),
            ("offline_access", GrantError::NoRefreshToken),
        ] {
            let begun = client.authorize(REDIRECT).unwrap();
            let mut url = Url::parse(&begun.url).unwrap();
            let less = |value: &str| {
                value.split(' ').filter(|scope| *scope != left_out).collect::<Vec<_>>().join(" ")
            };
            let pairs: Vec<_> =
                url.query_pairs().map(|(name, value)| (name.into_owned(), less(&value))).collect();
            url.query_pairs_mut().clear().extend_pairs(pairs);
            let (code, _) = code_and_state(&played.consent(url.as_str()).unwrap());
            let grant = client.exchange(&code, &begun.verifier, REDIRECT).await;
            if provider.scopes().contains(&left_out) {
                assert_eq!(grant.unwrap_err(), error, "{provider:?}");
            } else {
                assert!(grant.is_ok(), "{provider:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_registration_that_is_wrong_is_not_the_persons_fault() {
    for (provider, played, right) in all() {
        let (code, verifier) = agreed(&right, &*played);
        let id = match provider {
            OAuthProvider::GoogleDrive => FakeGoogleDrive::CLIENT_ID,
            OAuthProvider::Dropbox => FakeDropbox::CLIENT_ID,
            OAuthProvider::OneDrive => FakeOneDrive::CLIENT_ID,
        };
        let wrong = client(provider, &*played, id, "not the secret");
        let error = wrong.exchange(&code, &verifier, REDIRECT).await.unwrap_err();
        let GrantError::Drive(error) = error else { panic!("{provider:?}: {error}") };
        assert_eq!(error.class, DriveErrorClass::Refused, "{provider:?}");
    }
}

#[test]
fn providers_that_are_not_set_up_are_not_offered() {
    let none = OAuthProviders::parse("{}").unwrap();
    assert!(none.get(OAuthProvider::Dropbox).is_none() && none.origin(OAuthProvider::Dropbox).is_none());
    let json = r#"{"dropbox": {"clientId": "d", "clientSecret": "s", "origin": "http://127.0.0.1:9"}}"#;
    let one = OAuthProviders::parse(json).unwrap();
    assert!(one.get(OAuthProvider::Dropbox).is_some() && one.get(OAuthProvider::OneDrive).is_none());
    assert_eq!(one.origin(OAuthProvider::Dropbox), Some("http://127.0.0.1:9"));
    assert_eq!(OAuthProvider::of(DriveProvider::S3), None);
}

#[test]
fn settings_that_are_of_no_use_are_named_and_not_quoted() {
    let of = |json: &str| OAuthProviders::parse(json).unwrap_err();
    for (json, named) in [
        (r#"{"dropbox": {"clientId": " ", "clientSecret": "secret"}}"#, "clientId"),
        (r#"{"dropbox": {"clientId": "d", "clientSecret": ""}}"#, "clientSecret"),
        (r#"{"dropbox": {"clientId": "d", "clientSecret": "s", "tenant": "t"}}"#, "tenant"),
        (r#"{"onedrive": {"clientId": "d", "clientSecret": "s", "tenant": "a/b"}}"#, "tenant"),
        (r#"{"onedrive": {"clientId": "d", "clientSecret": "s", "origin": "http://evil.com"}}"#, "origin"),
    ] {
        assert!(matches!(of(json), OAuthConfigError::Useless { setting, .. } if setting == named), "{json}");
    }
    for json in [
        "",
        "[]",
        r#"{"box": {}}"#,
        r#"{"dropbox": {"clientId": "d"}}"#,
        r#"{"dropbox": {"secret": "hush"}}"#,
    ] {
        let error = of(json);
        assert!(matches!(error, OAuthConfigError::Unreadable { .. }), "{json}");
        assert!(!error.to_string().contains("hush"));
    }
}
