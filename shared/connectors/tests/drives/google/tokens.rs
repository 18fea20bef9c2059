//! The page of consent and the tokens, as strict as Google's.

use std::time::Duration;

use app_testing::drives::{DriveFault, FakeGoogleDrive, PlayedDrive};
use serde_json::Value;

const FILES: &str = "https://www.googleapis.com/auth/drive.file";
/// With its challenge.
const VERIFIER: &str = "chat-sync-verifier-0123456789-abcdefghijklmnopqrstuvwxyz";
const CHALLENGE: &str = "O7FS8860R4ZxwQb_-RtWSMjBGMhBpTLWTRWGTJ_suYU";
const REDIRECT: &str = "https://app.example.com/callback";

fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", FakeGoogleDrive::CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", FILES),
        ("state", "s t&a=te"),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn page(played: &FakeGoogleDrive, pairs: &[(&str, &str)]) -> String {
    let address = format!("{}/o/oauth2/v2/auth", played.origin());
    url::Url::parse_with_params(&address, pairs).unwrap().into()
}

fn code(played: &FakeGoogleDrive, pairs: &[(&str, &str)]) -> String {
    let back = url::Url::parse(&played.consent(&page(played, pairs)).unwrap()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap();
    code.1.into_owned()
}

async fn post(played: &FakeGoogleDrive, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{}{path}", played.origin())).form(form);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

async fn exchange(played: &FakeGoogleDrive, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", FakeGoogleDrive::CLIENT_ID),
        ("client_secret", FakeGoogleDrive::CLIENT_SECRET),
        ("code_verifier", VERIFIER),
    ];
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    post(played, "/token", &form).await
}

async fn refresh(played: &FakeGoogleDrive, token: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", FakeGoogleDrive::CLIENT_ID),
        ("client_secret", FakeGoogleDrive::CLIENT_SECRET),
    ];
    post(played, "/token", &form).await
}

#[tokio::test]
async fn the_page_takes_only_what_is_right_in_all() {
    let played = FakeGoogleDrive::start();
    for (name, wrong) in [
        ("client_id", "other"),
        ("redirect_uri", "http://app.example.com/callback"),
        ("redirect_uri", "https://app.example.com/callback#fragment"),
        ("response_type", "token"),
        ("scope", "https://www.googleapis.com/auth/other"),
        ("state", ""),
        ("access_type", "forever"),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
    ] {
        let mut pairs = good();
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name, wrong));
        assert!(played.consent(&page(&played, &pairs)).is_err(), "{name} {wrong}");
    }
    played.allow_redirects(&["https://other.example.com/"]);
    assert!(played.consent(&page(&played, &good())).is_err());
    played.allow_redirects(&[REDIRECT]);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(page(&played, &good())).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let back = answer.headers()["location"].to_str().unwrap();
    assert!(back.starts_with("https://app.example.com/callback?state=s+t%26a%3Dte&code="), "{back}");
}

#[tokio::test]
async fn a_code_is_good_once_for_whoever_has_the_verifier() {
    let played = FakeGoogleDrive::start();
    for (changes, status, error) in [
        (&[("code_verifier", "")][..], 400, "invalid_grant"),
        (
            &[("code_verifier", "another-verifier-0123456789-abcdefghijklmnopqrstuvwxyz")],
            400,
            "invalid_grant",
        ),
        (&[("redirect_uri", "https://app.example.com/other")], 400, "redirect_uri_mismatch"),
        (&[("client_secret", "wrong")], 401, "invalid_client"),
        (&[("grant_type", "password")], 400, "unsupported_grant_type"),
        (&[("code", "4/other")], 400, "invalid_grant"),
    ] {
        let (answered, body) = exchange(&played, &code(&played, &good()), changes).await;
        assert_eq!((answered, &body["error"]), (status, &Value::from(error)), "{changes:?}");
    }
    let text = code(&played, &good());
    let (status, body) = exchange(&played, &text, &[]).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body["expires_in"], &body["scope"]), (&Value::from(3599), &Value::from(FILES)));
    assert!(body["refresh_token"].is_string());
    assert_eq!(exchange(&played, &text, &[]).await.0, 400, "it is used up");
    let late = code(&played, &good());
    played.pass(Duration::from_secs(601));
    assert_eq!(exchange(&played, &late, &[]).await.0, 400, "it is too old");
    let json = reqwest::Client::new().post(format!("{}/token", played.origin())).json(&body);
    assert_eq!(json.send().await.unwrap().status(), 400, "only forms are read");
}

#[tokio::test]
async fn refresh_tokens_come_when_they_are_asked_for_and_stay_the_same() {
    let played = FakeGoogleDrive::start();
    let without = |name: &str| good().into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>();
    let (_, online) = exchange(&played, &code(&played, &without("access_type")), &[]).await;
    assert!(online["refresh_token"].is_null(), "nobody asked for access offline");
    let (_, first) = exchange(&played, &code(&played, &good()), &[]).await;
    let token = first["refresh_token"].as_str().unwrap();
    let (_, again) = exchange(&played, &code(&played, &without("prompt")), &[]).await;
    assert!(again["refresh_token"].is_null(), "it was given before");
    for _ in 0..2 {
        let (status, body) = refresh(&played, token).await;
        assert_eq!(status, 200);
        assert!(body["refresh_token"].is_null());
        assert!(body["access_token"].is_string());
    }
    played.fail(DriveFault::RefreshFails, 1);
    assert_eq!(refresh(&played, token).await.0, 503);
    assert_eq!(refresh(&played, token).await.0, 200);
    played.pass(Duration::from_secs(183 * 24 * 60 * 60));
    let (status, body) = refresh(&played, token).await;
    assert_eq!((status, &body["error"]), (400, &Value::from("invalid_grant")), "nobody has used it");
}

#[tokio::test]
async fn the_oldest_of_too_many_refresh_tokens_is_dropped() {
    let played = FakeGoogleDrive::start();
    let tokens: Vec<String> = (0..101).map(|_| played.grant().1).collect();
    assert_eq!(refresh(&played, &tokens[0]).await.0, 400);
    assert_eq!(refresh(&played, &tokens[1]).await.0, 200);
    assert_eq!(refresh(&played, &tokens[100]).await.0, 200);
}

#[tokio::test]
async fn a_token_that_is_revoked_takes_all_others_along() {
    let played = FakeGoogleDrive::start();
    let (access, token) = played.grant();
    assert_eq!(post(&played, "/revoke", &[("token", "other")]).await.0, 400);
    assert!(played.is_granted());
    assert_eq!(post(&played, "/revoke", &[("token", &access)]).await.0, 200);
    assert!(!played.is_granted());
    assert_eq!(refresh(&played, &token).await.0, 400);
    assert_eq!(post(&played, "/revoke", &[("token", &access)]).await.1["error"], "invalid_token");
}

#[tokio::test]
async fn the_person_can_tick_less_than_is_asked_for() {
    let played = FakeGoogleDrive::start();
    let mut pairs = good();
    pairs.retain(|(name, _)| *name != "scope");
    let scope = format!("openid {FILES}");
    pairs.push(("scope", &scope));
    played.tick_only(&["openid"]);
    let (_, body) = exchange(&played, &code(&played, &pairs), &[]).await;
    assert_eq!(body["scope"], "openid");
    played.tick_only(&[]);
    assert!(played.consent(&page(&played, &pairs)).unwrap().contains("error=access_denied"));
}
