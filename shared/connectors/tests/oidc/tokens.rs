//! Id tokens that are not good: each is refused for its own reason.

use app_connectors::oidc::{CodeExchange, ProviderName};
use app_testing::TestKeys;
use app_testing::oidc::FakeGoogle;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::support::{PAGE, ada, bad_token, come_back, google, now, provider, sign_in, signed};

/// Why a sign-in is refused whose id token is what this makes of the good claims.
async fn broken(forge: impl FnOnce(Value, &TestKeys) -> String + Send + 'static) -> &'static str {
    let (fake, provider) = google();
    fake.forge_next(forge);
    bad_token(sign_in(&fake, &provider, now()).await)
}

/// The same with one claim changed, or removed.
async fn broken_with(name: &'static str, value: Value) -> &'static str {
    broken(move |mut claims, keys| {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        keys.sign(&claims)
    })
    .await
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let broken = broken(|claims, keys| {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        format!("{}.{}.", part(&json!({"alg": "none", "kid": keys.kid()})), part(&claims))
    });
    assert_eq!(broken.await, "its header cannot be read");
}

#[tokio::test]
async fn an_hmac_made_with_the_public_key_is_refused() {
    for public in [TestKeys::modulus, TestKeys::jwks] {
        let broken = broken(move |claims, keys| {
            let header = Header { kid: Some(keys.kid().to_owned()), ..Header::new(Algorithm::HS256) };
            encode(&header, &claims, &EncodingKey::from_secret(public(keys).as_bytes())).unwrap()
        });
        assert_eq!(broken.await, "its algorithm is not RS256");
    }
}

#[tokio::test]
async fn another_rsa_algorithm_is_refused_even_with_the_right_key() {
    for (algorithm, name) in [(Algorithm::RS384, "RS384"), (Algorithm::PS256, "PS256")] {
        let broken = broken(move |claims, keys| {
            signed(keys, algorithm, &json!({"alg": name, "kid": keys.kid()}), &claims.to_string())
        });
        assert_eq!(broken.await, "its algorithm is not RS256");
    }
}

#[tokio::test]
async fn another_key_under_the_same_name_is_refused() {
    let broken = broken(|claims, keys| TestKeys::generate().called(keys.kid()).sign(&claims));
    assert_eq!(broken.await, "its signature is not the provider's");
}

#[tokio::test]
async fn changed_claims_are_refused() {
    let broken = broken(|mut claims, keys| {
        let good = keys.sign(&claims);
        claims["sub"] = json!("somebody else");
        let changed = URL_SAFE_NO_PAD.encode(claims.to_string());
        let parts: Vec<&str> = good.split('.').collect();
        [parts[0], &changed, parts[2]].join(".")
    });
    assert_eq!(broken.await, "its signature is not the provider's");
}

#[tokio::test]
async fn a_token_has_to_name_its_key() {
    let header = json!({"alg": "RS256"});
    let broken = broken(move |claims, keys| signed(keys, Algorithm::RS256, &header, &claims.to_string()));
    assert_eq!(broken.await, "it names no key");
}

#[tokio::test]
async fn what_must_be_understood_and_is_not_is_refused() {
    let broken = broken(|claims, keys| {
        let header = json!({"alg": "RS256", "kid": keys.kid(), "crit": ["exp"], "exp": 1});
        signed(keys, Algorithm::RS256, &header, &claims.to_string())
    });
    assert_eq!(broken.await, "its header demands what is not understood here");
}

#[tokio::test]
async fn a_claim_given_twice_is_refused() {
    for (name, value) in [("sub", "\"somebody else\""), ("picture", "\"a\",\"picture\":\"b\"")] {
        let broken = broken(move |claims, keys| {
            let claims = claims.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1);
            signed(keys, Algorithm::RS256, &json!({"alg": "RS256", "kid": keys.kid()}), &claims)
        });
        assert_eq!(broken.await, "its claims cannot be read, or one is given twice");
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    for (text, why) in [
        ("", "its header cannot be read"),
        ("a", "its header cannot be read"),
        ("a.b.c", "its header cannot be read"),
        ("a.b.c.d.e", "its header cannot be read"),
    ] {
        assert_eq!(broken(move |_, _| text.to_owned()).await, why, "{text}");
    }
    let long = broken(|mut claims, keys| {
        claims["picture"] = json!("a".repeat(16 * 1024));
        keys.sign(&claims)
    });
    assert_eq!(long.await, "it is too long");
}

#[tokio::test]
async fn every_claim_is_checked() {
    let now_s = now().as_seconds();
    for (name, value, why) in [
        ("iss", json!("https://accounts.google.com"), "its issuer is another"),
        ("aud", json!("another app"), "it is for somebody else"),
        ("exp", json!(now_s - 3600), "it has expired"),
        ("iat", json!(now_s + 3600), "it is from the future"),
        ("nonce", json!("another"), "its nonce is another"),
        ("nonce", Value::Null, "its nonce is another"),
        ("at_hash", json!("7BoHY1b3yl3m-Imbo8RgiQ"), "it belongs to another access token"),
        ("sub", json!(""), "its subject is malformed"),
        ("sub", json!("a".repeat(256)), "its subject is malformed"),
        ("iss", Value::Null, "a claim is missing or malformed"),
        ("aud", Value::Null, "a claim is missing or malformed"),
        ("exp", Value::Null, "a claim is missing or malformed"),
        ("iat", Value::Null, "a claim is missing or malformed"),
        ("sub", Value::Null, "a claim is missing or malformed"),
        ("sub", json!(7), "a claim is missing or malformed"),
        ("exp", json!("tomorrow"), "a claim is missing or malformed"),
        ("email_verified", json!("yes"), "a claim is missing or malformed"),
    ] {
        assert_eq!(broken_with(name, value.clone()).await, why, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_hash_of_the_nonce_counts_with_apple_alone() {
    let hashed = app_domain::TokenHash::of("nonce-of-this-sign-in");
    assert_eq!(broken_with("nonce", json!(hashed.as_str())).await, "its nonce is another");
}

#[tokio::test]
async fn a_sign_in_without_a_nonce_needs_none() {
    let (fake, provider) = google();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    assert!(provider.sign_in(&CodeExchange { nonce: None, ..end }, now()).await.is_ok());
}

#[tokio::test]
async fn tokens_for_further_clients_of_ours_are_accepted() {
    let fake = FakeGoogle::start(&[PAGE]);
    let mut settings = fake.settings();
    settings["audiences"] = json!(["ios.apps.googleusercontent.com"]);
    let provider = provider(ProviderName::Google, &settings);
    fake.forge_next(|mut claims, keys| {
        claims["aud"] = json!(["another app", "ios.apps.googleusercontent.com"]);
        keys.sign(&claims)
    });
    assert!(sign_in(&fake, &provider, now()).await.is_ok());
}
