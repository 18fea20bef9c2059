//! What is remembered of a provider, for how long, and what happens while it is down.

use app_connectors::oidc::{Identity, OidcError, Provider};
use app_testing::TestKeys;
use app_testing::oidc::{Endpoint, FakeGoogle, Fault};
use serde_json::{Value, json};

use crate::support::{bad_token, google, in_s, now, sign_in};

/// A sign-in whose token is signed with a key that nobody publishes.
async fn sign_in_with_unknown_key(
    fake: &FakeGoogle,
    provider: &Provider,
    name: String,
    now: app_domain::Timestamp,
) -> Result<Identity, OidcError> {
    fake.forge_next(move |claims, keys| keys.clone().called(&name).sign(&claims));
    sign_in(fake, provider, now).await
}

#[tokio::test]
async fn what_is_published_is_read_once() {
    let (fake, provider) = google();
    for _ in 0..3 {
        sign_in(&fake, &provider, now()).await.unwrap();
    }
    assert_eq!((fake.calls(Endpoint::Discovery), fake.calls(Endpoint::Keys)), (1, 1));
}

#[tokio::test]
async fn a_new_key_works_at_once() {
    let (fake, provider) = google();
    sign_in(&fake, &provider, now()).await.unwrap();
    fake.sign_with(&TestKeys::generate(), true);
    sign_in(&fake, &provider, now()).await.unwrap();
    assert_eq!(fake.calls(Endpoint::Keys), 2);
}

#[tokio::test]
async fn a_key_that_is_no_longer_published_does_not_work() {
    let (fake, provider) = google();
    sign_in(&fake, &provider, now()).await.unwrap();
    let before = TestKeys::shared();
    fake.sign_with(&TestKeys::generate(), false);
    sign_in(&fake, &provider, now()).await.unwrap();
    fake.forge_next(move |claims, _| before.sign(&claims));
    assert_eq!(bad_token(sign_in(&fake, &provider, now()).await), "its key is not one of the provider's");
}

#[tokio::test]
async fn unknown_keys_cause_one_reading_a_minute() {
    let (fake, provider) = google();
    let start = now();
    sign_in(&fake, &provider, start).await.unwrap();
    for n in 0..100 {
        let outcome = sign_in_with_unknown_key(&fake, &provider, format!("made-up-{n}"), start).await;
        assert_eq!(bad_token(outcome), "its key is not one of the provider's");
    }
    assert_eq!(fake.calls(Endpoint::Keys), 2);
    for (after_s, calls) in [(59, 2), (60, 3), (61, 3)] {
        let at = start.plus(std::time::Duration::from_secs(after_s));
        bad_token(sign_in_with_unknown_key(&fake, &provider, "made-up".to_owned(), at).await);
        assert_eq!(fake.calls(Endpoint::Keys), calls, "after {after_s} s");
    }
    assert!(sign_in(&fake, &provider, start).await.is_ok());
}

#[tokio::test]
async fn keys_are_kept_for_as_long_as_the_provider_says_within_bounds() {
    for (says, kept_s) in [
        (Some("public, max-age=3600"), 3600),
        (Some("max-age=1"), 60),
        (Some("no-store"), 60),
        (Some("max-age=31536000"), 24 * 3600),
        (None, 300),
    ] {
        let (fake, provider) = google();
        fake.set_cache_control(says);
        let start = now();
        let after = |seconds| start.plus(std::time::Duration::from_secs(seconds));
        for (at, calls) in [(start, 1), (after(kept_s - 1), 1), (after(kept_s), 2)] {
            sign_in(&fake, &provider, at).await.unwrap();
            assert_eq!(fake.calls(Endpoint::Keys), calls, "{says:?}");
        }
    }
}

#[tokio::test]
async fn older_keys_serve_while_the_provider_is_down() {
    let (fake, provider) = google();
    sign_in(&fake, &provider, now()).await.unwrap();
    for fault in
        [Fault::Status(503), Fault::Body("{}".to_owned()), Fault::Body(json!({"keys": []}).to_string())]
    {
        fake.fail(Endpoint::Keys, fault);
        assert!(sign_in(&fake, &provider, in_s(2 * 3600)).await.is_ok());
    }
    // An outage is not waited for by everybody: it was asked once.
    assert_eq!(fake.calls(Endpoint::Keys), 2);
    assert!(sign_in(&fake, &provider, in_s(2 * 3600 + 120)).await.is_ok());
    assert_eq!(fake.calls(Endpoint::Keys), 3);
    fake.recover(Endpoint::Keys);
    assert!(sign_in(&fake, &provider, in_s(2 * 3600 + 240)).await.is_ok());
    assert_eq!(fake.calls(Endpoint::Keys), 4);
}

#[tokio::test]
async fn without_keys_nobody_can_say_that_a_token_is_bad() {
    let (fake, provider) = google();
    for fault in
        [Fault::Status(503), Fault::Body("k".repeat(300_000)), Fault::Redirect(fake.issuer().to_owned())]
    {
        fake.fail(Endpoint::Keys, fault);
        let outcome = sign_in(&fake, &provider, now()).await;
        assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
    }
    fake.recover(Endpoint::Keys);
    sign_in(&fake, &provider, now()).await.unwrap();
    // Nor that the key of a token is not a new one.
    fake.fail(Endpoint::Keys, Fault::Status(503));
    let outcome = sign_in_with_unknown_key(&fake, &provider, "made-up".to_owned(), now()).await;
    assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn keys_of_other_kinds_are_passed_over() {
    let (fake, provider) = google();
    let keys: Value = serde_json::from_str(&TestKeys::shared().jwks()).unwrap();
    let mut for_encryption = keys["keys"][0].clone();
    for_encryption["use"] = json!("enc");
    let others = [
        json!({"kty": "EC", "crv": "P-256", "kid": TestKeys::shared().kid(), "x": "AA", "y": "AA"}),
        json!({"kty": "oct", "kid": TestKeys::shared().kid(), "k": "AA"}),
        json!({"kty": "something new"}),
        for_encryption,
    ];
    fake.fail(Endpoint::Keys, Fault::Body(json!({"keys": others}).to_string()));
    let outcome = sign_in(&fake, &provider, now()).await;
    assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
    let all: Vec<&Value> = others.iter().chain(keys["keys"].as_array().unwrap()).collect();
    fake.fail(Endpoint::Keys, Fault::Body(json!({"keys": all}).to_string()));
    assert!(sign_in(&fake, &provider, now()).await.is_ok());
}

#[tokio::test]
async fn addresses_are_read_once_a_day_and_older_ones_serve_while_the_provider_is_down() {
    let (fake, provider) = google();
    let day_s = 24 * 3600;
    let start = now();
    let after = |seconds| start.plus(std::time::Duration::from_secs(seconds));
    for (at, calls) in [(start, 1), (after(day_s - 1), 1), (after(day_s), 2)] {
        sign_in(&fake, &provider, at).await.unwrap();
        assert_eq!(fake.calls(Endpoint::Discovery), calls);
    }
    fake.fail(Endpoint::Discovery, Fault::Status(503));
    for (at, calls) in [(after(2 * day_s), 3), (after(2 * day_s + 59), 3), (after(2 * day_s + 60), 4)] {
        sign_in(&fake, &provider, at).await.unwrap();
        assert_eq!(fake.calls(Endpoint::Discovery), calls);
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_trusted_is_the_deployers_fault() {
    let (fake, provider) = google();
    let issuer = fake.issuer().to_owned();
    let good = json!({
        "issuer": issuer, "authorization_endpoint": "https://a.example/", "token_endpoint": "https://a.example/",
        "jwks_uri": "https://a.example/",
    });
    let (other_issuer, not_https) =
        ("the provider calls itself by another issuer", "an endpoint of the provider is not https");
    for (name, value, why) in [
        ("issuer", "https://accounts.google.com", other_issuer),
        ("issuer", &format!("{issuer}/"), other_issuer),
        ("authorization_endpoint", "http://a.example/", not_https),
        ("token_endpoint", "http://a.example/", not_https),
        ("jwks_uri", "file:///etc/passwd", not_https),
        ("revocation_endpoint", "http://10.0.0.1/", not_https),
    ] {
        let mut document = good.clone();
        document[name] = json!(value);
        fake.fail(Endpoint::Discovery, Fault::Body(document.to_string()));
        let outcome = provider.revoke("r-token", now()).await;
        assert!(
            matches!(outcome, Err(OidcError::Misconfigured(found)) if found == why),
            "{name}: {outcome:?}"
        );
    }
    assert_eq!(fake.calls(Endpoint::Keys), 0);
    fake.fail(Endpoint::Discovery, Fault::Body(good.to_string()));
    let outcome = provider.revoke("r-token", now()).await;
    assert!(
        matches!(outcome, Err(OidcError::Misconfigured("the provider revokes no tokens"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_an_outage() {
    let (fake, provider) = google();
    let elsewhere = Fault::Redirect(format!("{}/oauth2/v3/certs", fake.issuer()));
    for fault in
        [Fault::Status(503), Fault::Body("{}".to_owned()), Fault::Body("d".repeat(300_000)), elsewhere]
    {
        fake.fail(Endpoint::Discovery, fault);
        let outcome = provider.revoke("r-token", now()).await;
        assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(fake.calls(Endpoint::Keys), 0);
}
