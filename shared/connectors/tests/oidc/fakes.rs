//! The fakes are as strict as what they play: without that, the other tests would prove little.

use app_testing::oidc::{Callback, FakeApple, FakeGoogle, Person};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::support::{CALLBACK, PAGE, ada};

const CHALLENGE: &str = "O7FS8860R4ZxwQb_-RtWSMjBGMhBpTLWTRWGTJ_suYU";
const VERIFIER: &str = "chat-sync-verifier-0123456789-abcdefghijklmnopqrstuvwxyz";

type Fields = Vec<(&'static str, String)>;

fn fields(pairs: &[(&'static str, &str)]) -> Fields {
    pairs.iter().map(|&(name, value)| (name, value.to_owned())).collect()
}

/// Sets or, with nothing, removes one of the fields.
fn with(mut fields: Fields, name: &'static str, value: &str) -> Fields {
    fields.retain(|(other, _)| *other != name);
    if !value.is_empty() {
        fields.push((name, value.to_owned()));
    }
    fields
}

fn google_url(fake: &FakeGoogle, changed: &'static str, value: &str) -> Url {
    let query = fields(&[
        ("response_type", "code"),
        ("client_id", fake.settings()["clientId"].as_str().unwrap()),
        ("redirect_uri", PAGE),
        ("scope", "openid email"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let endpoint = format!("{}/o/oauth2/v2/auth", fake.issuer());
    Url::parse_with_params(&endpoint, with(query, changed, value)).unwrap()
}

fn google_form(fake: &FakeGoogle) -> Fields {
    let Callback { code, .. } = fake.visit(&google_url(fake, "prompt", ""), &ada()).unwrap();
    let settings = fake.settings();
    fields(&[
        ("grant_type", "authorization_code"),
        ("client_id", settings["clientId"].as_str().unwrap()),
        ("client_secret", settings["clientSecret"].as_str().unwrap()),
        ("code", &code),
        ("redirect_uri", PAGE),
        ("code_verifier", VERIFIER),
    ])
}

async fn post(url: &str, form: &Fields) -> (StatusCode, Value) {
    let client = Client::builder().no_proxy().build().unwrap();
    let response = client.post(url).form(form).send().await.unwrap();
    (response.status(), response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn googles_page_refuses_what_is_not_asked_properly() {
    let fake = FakeGoogle::start(&[PAGE]);
    assert!(fake.visit(&google_url(&fake, "prompt", "consent"), &ada()).is_ok());
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "another"),
        ("redirect_uri", "http://127.0.0.1:9/other"),
        ("scope", "email"),
        ("state", ""),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
        ("code_challenge", "short"),
    ] {
        assert!(fake.visit(&google_url(&fake, name, value), &ada()).is_err(), "{name}={value}");
    }
    let elsewhere = Url::parse("http://127.0.0.1:9/o/oauth2/v2/auth").unwrap();
    assert!(fake.visit(&elsewhere, &ada()).is_err());
}

#[tokio::test]
async fn google_refuses_with_its_own_errors() {
    let fake = FakeGoogle::start(&[PAGE]);
    let url = format!("{}/token", fake.issuer());
    for (name, value, status, error) in [
        ("grant_type", "", 400, "invalid_request"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("client_id", "", 400, "invalid_request"),
        ("client_id", "another", 401, "invalid_client"),
        ("client_secret", "", 400, "invalid_request"),
        ("client_secret", "another", 401, "invalid_client"),
        ("code", "", 400, "invalid_request"),
        ("code", "another", 400, "invalid_grant"),
        ("redirect_uri", "", 400, "invalid_request"),
        ("redirect_uri", "http://127.0.0.1:9/other", 400, "redirect_uri_mismatch"),
        ("code_verifier", "", 400, "invalid_grant"),
        ("code_verifier", "another", 400, "invalid_grant"),
    ] {
        let (found, body) = post(&url, &with(google_form(&fake), name, value)).await;
        assert_eq!((found.as_u16(), &body["error"]), (status, &json!(error)), "{name}={value}");
    }
    let form = google_form(&fake);
    assert_eq!(post(&url, &form).await.0, 200);
    let (status, body) = post(&url, &form).await;
    assert_eq!((status.as_u16(), &body["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn only_forms_are_taken_and_only_as_they_should_come() {
    let (google, apple) = (FakeGoogle::start(&[PAGE]), FakeApple::start(CALLBACK));
    let client = Client::builder().no_proxy().build().unwrap();
    for url in [format!("{}/token", google.issuer()), format!("{}/auth/token", apple.issuer())] {
        assert_eq!(client.get(&url).send().await.unwrap().status(), 405);
        let json = client.post(&url).json(&json!({"grant_type": "authorization_code"})).send().await.unwrap();
        assert_eq!(json.status(), 400);
        assert_eq!(json.json::<Value>().await.unwrap()["error"], "invalid_request");
        let twice = fields(&[("grant_type", "authorization_code"), ("grant_type", "authorization_code")]);
        let (status, body) = post(&url, &twice).await;
        assert_eq!((status.as_u16(), &body["error"]), (400, &json!("invalid_request")));
    }
}

#[tokio::test]
async fn apple_refuses_client_secrets_that_are_not_good() {
    let fake = FakeApple::start(CALLBACK);
    let settings = fake.settings(&[PAGE]);
    let now_s = jiff::Timestamp::now().as_second();
    let good = fake.client_secret(|_, _| {});
    let (message, _) = good.rsplit_once('.').unwrap();
    let pem = settings["privateKey"].as_str().unwrap();
    let stranger = FakeApple::start(CALLBACK).settings(&[PAGE]);
    let of_stranger = EncodingKey::from_ec_pem(stranger["privateKey"].as_str().unwrap().as_bytes()).unwrap();
    let claims = json!({
        "iss": settings["teamId"], "iat": now_s, "exp": now_s + 60, "aud": fake.issuer(), "sub": settings["clientId"],
    });
    let header = Header { typ: None, kid: Some("KEY1234567".to_owned()), ..Header::new(Algorithm::ES256) };
    let ours = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    for (secret, accepted) in [
        (good.clone(), true),
        (encode(&header, &claims, &ours).unwrap(), true),
        (fake.client_secret(|_, claims| claims["exp"] = json!(now_s + 15_700_000)), true),
        (fake.client_secret(|_, claims| claims["exp"] = json!(now_s + 15_777_100)), false),
        (fake.client_secret(|_, claims| claims["exp"] = json!(now_s - 1)), false),
        (fake.client_secret(|_, claims| claims["iat"] = json!(now_s + 60)), false),
        (fake.client_secret(|_, claims| claims["sub"] = json!("another")), false),
        (fake.client_secret(|_, claims| claims["aud"] = json!("https://appleid.apple.com")), false),
        (fake.client_secret(|_, claims| claims["iss"] = json!("TEAM000000")), false),
        (fake.client_secret(|header, _| header["kid"] = json!("KEY0000000")), false),
        (fake.client_secret(|header, _| header["alg"] = json!("none")), false),
        (encode(&header, &claims, &of_stranger).unwrap(), false),
        (format!("{message}.{}", "A".repeat(86)), false),
        // DER, which many libraries make, is longer.
        (format!("{message}.{}", "MEUC".repeat(24)), false),
        ("secret".to_owned(), false),
    ] {
        let form = fields(&[
            ("grant_type", "authorization_code"),
            ("client_id", settings["clientId"].as_str().unwrap()),
            ("client_secret", &secret),
            ("code", "unknown"),
            ("redirect_uri", CALLBACK),
        ]);
        let (status, body) = post(&format!("{}/auth/token", fake.issuer()), &form).await;
        let error = if accepted { "invalid_grant" } else { "invalid_client" };
        assert_eq!((status.as_u16(), &body["error"]), (400, &json!(error)), "{secret}");
    }
}

#[tokio::test]
async fn apples_page_wants_a_form_when_it_should_tell_the_name() {
    let fake = FakeApple::start(CALLBACK);
    let endpoint = format!("{}/auth/authorize", fake.issuer());
    let person = Person::apple("1", "ida@example.com");
    let query = |mode: &'static str| {
        let settings = fake.settings(&[PAGE]);
        let query = fields(&[
            ("response_type", "code"),
            ("client_id", settings["clientId"].as_str().unwrap()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid name"),
            ("state", "s"),
        ]);
        Url::parse_with_params(&endpoint, with(query, "response_mode", mode)).unwrap()
    };
    for mode in ["", "query", "fragment"] {
        assert!(fake.visit(&query(mode), &person).is_err(), "{mode}");
    }
    assert!(fake.visit(&query("form_post"), &person).is_ok());
}
