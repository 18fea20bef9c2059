//! How people agree at the Dropbox that is played, and what comes of requests that are wrong.

use app_testing::drives::{FakeDropbox, PlayedDrive};
use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

use crate::suite::connected::{REDIRECT, code_and_state};

const VERIFIER: &str = "chat-sync-verifier-0123456789-abcdefghijklmnopqrstuvwxyz";
const CHALLENGE: &str = "O7FS8860R4ZxwQb_-RtWSMjBGMhBpTLWTRWGTJ_suYU";

fn page(played: &FakeDropbox, change: (&str, &str)) -> String {
    let mut url = Url::parse(&format!("{}/oauth2/authorize", played.origin())).unwrap();
    for (name, value) in [
        ("client_id", FakeDropbox::CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("state", "a state"),
        ("token_access_type", "offline"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", FakeDropbox::SCOPES),
        ("include_granted_scopes", "user"),
    ] {
        url.query_pairs_mut().append_pair(name, if name == change.0 { change.1 } else { value });
    }
    url.into()
}

fn code(played: &FakeDropbox) -> String {
    code_and_state(&played.consent(&page(played, ("", ""))).unwrap()).0
}

async fn token(played: &FakeDropbox, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let request = reqwest::Client::new().post(format!("{}/oauth2/token", played.origin())).form(fields);
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn exchange<'a>(code: &'a str, verifier: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", FakeDropbox::CLIENT_ID),
        ("code_verifier", verifier),
    ]
}

#[tokio::test]
async fn a_browser_is_sent_back_as_by_hand() {
    let played = FakeDropbox::start();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let response = client.get(page(&played, ("", ""))).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    let (code, state) = code_and_state(response.headers()["location"].to_str().unwrap());
    assert_eq!((state.as_str(), code.is_empty()), ("a state", false));
    let (status, told) = token(&played, &exchange(&code, VERIFIER)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((told["expires_in"].as_u64(), told["token_type"].as_str()), (Some(14_400), Some("bearer")));
    assert_eq!(told["account_id"], FakeDropbox::ACCOUNT_ID);
    assert!(played.is_granted());
}

#[tokio::test]
async fn a_page_with_something_wrong_gives_no_code() {
    let played = FakeDropbox::start();
    for change in [
        ("client_id", "another"),
        ("response_type", "token"),
        ("redirect_uri", "http://app.example.com/"),
        ("redirect_uri", "https://app.example.com/#part"),
        ("state", ""),
        ("token_access_type", "legacy"),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("scope", "files.content.read files.everything"),
        ("include_granted_scopes", "true"),
    ] {
        assert!(played.consent(&page(&played, change)).is_err(), "{change:?}");
    }
    assert!(played.consent(&page(&played, ("", "")).replace("/oauth2/authorize", "/authorize")).is_err());
    assert!(played.consent(&format!("{}&state=b", page(&played, ("", "")))).is_err(), "given twice");
    played.allow_redirects(&["https://other.example/"]);
    assert!(played.consent(&page(&played, ("", ""))).is_err());
    assert!(!played.is_granted());
}

#[tokio::test]
async fn a_code_is_good_once_and_for_who_asked_for_it() {
    let played = FakeDropbox::start();
    let other = VERIFIER.replace('0', "1");
    let wrong = |change: (&'static str, &'static str)| {
        move |fields: &mut Vec<(&str, &str)>| {
            fields.retain(|(name, _)| *name != change.0);
            fields.push(change);
        }
    };
    for (change, error) in [
        (("redirect_uri", "https://app.example.com/"), "invalid_grant"),
        (("client_id", "another"), "invalid_client"),
        (("client_secret", "another"), "invalid_client"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("code", "another"), "invalid_grant"),
        (("code_verifier", "short"), "invalid_grant"),
    ] {
        let code = code(&played);
        let mut fields = exchange(&code, VERIFIER);
        wrong(change)(&mut fields);
        let (status, told) = token(&played, &fields).await;
        assert_eq!((status, told["error"].as_str()), (StatusCode::BAD_REQUEST, Some(error)), "{change:?}");
    }
    let used = code(&played);
    assert_eq!(token(&played, &exchange(&used, &other)).await.1["error"], "invalid_grant");
    assert_eq!(token(&played, &exchange(&used, VERIFIER)).await.1["error"], "invalid_grant", "used up");
    let late = code(&played);
    played.pass(std::time::Duration::from_secs(600));
    assert_eq!(token(&played, &exchange(&late, VERIFIER)).await.1["error"], "invalid_grant", "too late");
    let json = reqwest::Client::new().post(format!("{}/oauth2/token", played.origin()));
    let response = json.json(&serde_json::json!({ "grant_type": "refresh_token" })).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(!played.is_granted());
}

#[tokio::test]
async fn a_refresh_token_stays_the_same_until_it_is_revoked() {
    let played = FakeDropbox::start();
    let (access, refresh) = played.grant(FakeDropbox::SCOPES);
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("client_id", FakeDropbox::CLIENT_ID),
    ];
    for _ in 0..2 {
        let (status, told) = token(&played, &fields).await;
        assert_eq!(status, StatusCode::OK);
        assert!(told.get("refresh_token").is_none());
    }
    let less = [fields[0], fields[1], fields[2], ("scope", "sharing.write")];
    assert_eq!(token(&played, &less).await.1["error"], "invalid_scope");
    let revoke = reqwest::Client::new().post(format!("{}/2/auth/token/revoke", played.origin()));
    let response = revoke.bearer_auth(access).send().await.unwrap();
    assert_eq!((response.status(), response.text().await.unwrap().as_str()), (StatusCode::OK, "null"));
    assert_eq!(token(&played, &fields).await.1["error"], "invalid_grant");
    assert!(!played.is_granted());
}

#[tokio::test]
async fn without_offline_there_is_no_refresh_token() {
    let played = FakeDropbox::start();
    let back = played.consent(&page(&played, ("token_access_type", "online"))).unwrap();
    let (_, told) = token(&played, &exchange(&code_and_state(&back).0, VERIFIER)).await;
    assert!(told["access_token"].is_string() && told.get("refresh_token").is_none());
}
