//! Tokens as Google and Apple make them, and one claim at a time that makes them bad.

use serde_json::{Value, json};

use super::*;

const NOW_S: i64 = 1_795_000_000;
const NONCE: &str = "n-0S6_WzA2Mj";

fn expected(provider: ProviderName, audiences: &[String]) -> Expected<'_> {
    let issuer = match provider {
        ProviderName::Google => GOOGLE,
        ProviderName::Apple => "https://appleid.apple.com",
    };
    let now = Timestamp::from_millis(NOW_S * 1000).unwrap();
    Expected { provider, issuer, audiences, nonce: Some(NONCE), access_token: None, now }
}

/// A good token of this provider, changed.
fn judged(provider: ProviderName, changes: &Value) -> Result<Identity, OidcError> {
    let audiences = ["web".to_owned(), "android".to_owned()];
    let expected = expected(provider, &audiences);
    let mut claims = json!({
        "iss": expected.issuer, "sub": "10769150350006150715113082367", "aud": "web", "nonce": NONCE,
        "iat": NOW_S - 1, "exp": NOW_S + 3599, "email": "ada@example.com", "email_verified": true,
    });
    let claims_map = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        claims_map.insert(name.clone(), value.clone());
    }
    expected.identity(serde_json::from_value(claims).unwrap())
}

fn broken(provider: ProviderName, changes: &Value) -> Option<&'static str> {
    match judged(provider, changes) {
        Ok(_) => None,
        Err(OidcError::BadToken(broken)) => Some(broken),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn googles_older_issuer_is_the_same_account() {
    let identity = judged(ProviderName::Google, &json!({"iss": "accounts.google.com"})).unwrap();
    assert_eq!(identity.issuer, GOOGLE);
    assert!(broken(ProviderName::Apple, &json!({"iss": "appleid.apple.com"})).is_some());
    assert!(broken(ProviderName::Apple, &json!({"iss": "accounts.google.com"})).is_some());
    for issuer in
        ["https://accounts.google.com/", "http://accounts.google.com", "accounts.google.com.example.com"]
    {
        assert!(broken(ProviderName::Google, &json!({"iss": issuer})).is_some(), "{issuer}");
    }
}

#[test]
fn googles_older_issuer_counts_for_google_alone() {
    let audiences = ["web".to_owned()];
    let other = Expected { issuer: "http://127.0.0.1:1", ..expected(ProviderName::Google, &audiences) };
    let claims = json!({"iss": GOOGLE_BEFORE, "sub": "1", "aud": "web", "iat": NOW_S, "exp": NOW_S + 1, "nonce": NONCE});
    assert!(other.identity(serde_json::from_value(claims).unwrap()).is_err());
}

#[test]
fn a_token_is_for_one_of_our_clients() {
    for (claims, good) in [
        (json!({"aud": "web"}), true),
        (json!({"aud": "android"}), true),
        (json!({"aud": ["web"]}), true),
        (json!({"aud": "web", "azp": "somebody else's app"}), true),
        (json!({"aud": ["web", "other"], "azp": "web"}), true),
        (json!({"aud": ["web", "other"], "azp": "other"}), false),
        (json!({"aud": ["web", "other"]}), false),
        (json!({"aud": ["other"], "azp": "web"}), false),
        (json!({"aud": "other"}), false),
        (json!({"aud": "web "}), false),
        (json!({"aud": []}), false),
    ] {
        assert_eq!(broken(ProviderName::Google, &claims).is_none(), good, "{claims}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    for (claims, good) in [
        (json!({"exp": NOW_S - 59}), true),
        (json!({"exp": NOW_S - 60}), false),
        (json!({"exp": NOW_S - 3600}), false),
        (json!({"exp": NOW_S as f64 + 0.5}), true),
        (json!({"iat": NOW_S + 60}), true),
        (json!({"iat": NOW_S + 61}), false),
        (json!({"nbf": NOW_S + 60}), true),
        (json!({"nbf": NOW_S + 61}), false),
    ] {
        assert_eq!(broken(ProviderName::Google, &claims).is_none(), good, "{claims}");
    }
}

#[test]
fn the_nonce_is_the_one_that_was_sent() {
    let hashed = TokenHash::of(NONCE);
    for (provider, nonce, good) in [
        (ProviderName::Google, json!(NONCE), true),
        (ProviderName::Google, json!("another"), false),
        (ProviderName::Google, json!(null), false),
        (ProviderName::Google, json!(hashed.as_str()), false),
        (ProviderName::Apple, json!(NONCE), true),
        (ProviderName::Apple, json!(hashed.as_str()), true),
        (ProviderName::Apple, json!(TokenHash::of("another").as_str()), false),
    ] {
        assert_eq!(broken(provider, &json!({"nonce": nonce})).is_none(), good, "{provider} {nonce}");
    }
}

#[test]
fn the_access_token_is_the_one_that_was_signed_with_it() {
    assert_eq!(access_token_hash("ya29.example-access-token"), "7BoHY1b3yl3m-Imbo8RgiQ");
    let audiences = ["web".to_owned()];
    let with = |token| Expected { access_token: token, ..expected(ProviderName::Google, &audiences) };
    let claims = json!({
        "iss": GOOGLE, "sub": "1", "aud": "web", "iat": NOW_S, "exp": NOW_S + 1, "nonce": NONCE,
        "at_hash": "7BoHY1b3yl3m-Imbo8RgiQ",
    });
    let claims: Claims = serde_json::from_value(claims).unwrap();
    assert!(with(Some("ya29.example-access-token")).identity(claims.clone()).is_ok());
    assert!(with(Some("ya29.another")).identity(claims.clone()).is_err());
    assert!(with(None).identity(claims).is_err());
}

#[test]
fn a_subject_is_up_to_255_printable_characters() {
    for (subject, good) in [
        ("000123.4a5b.0001".to_owned(), true),
        ("a".repeat(255), true),
        ("a".repeat(256), false),
        (String::new(), false),
        ("a\nb".to_owned(), false),
        ("ä".to_owned(), false),
    ] {
        assert_eq!(broken(ProviderName::Google, &json!({"sub": subject})).is_none(), good, "{subject}");
    }
}

#[test]
fn an_address_counts_as_far_as_the_provider_vouches_for_it() {
    for (provider, claims, expected) in [
        // (has an address, it is verified, the provider decides about it, it is a relay)
        (ProviderName::Google, json!({}), (true, true, false, false)),
        (ProviderName::Google, json!({"email_verified": false}), (true, false, false, false)),
        (ProviderName::Google, json!({"hd": "example.com"}), (true, true, true, false)),
        (ProviderName::Google, json!({"email": "ada@gmail.com"}), (true, true, true, false)),
        (ProviderName::Google, json!({"email": null}), (false, false, false, false)),
        (ProviderName::Google, json!({"email": "a".repeat(255)}), (false, false, false, false)),
        (ProviderName::Apple, json!({"email_verified": "true"}), (true, true, true, false)),
        (ProviderName::Apple, json!({"email_verified": "false"}), (true, false, false, false)),
        (ProviderName::Apple, json!({"is_private_email": "true"}), (true, true, true, true)),
        (ProviderName::Apple, json!({"email": "x@privaterelay.appleid.com"}), (true, true, true, true)),
        (ProviderName::Apple, json!({"email": null, "is_private_email": true}), (false, false, false, false)),
    ] {
        let identity = judged(provider, &claims).unwrap();
        let found = (
            identity.email.is_some(),
            identity.email_verified,
            identity.email_authoritative,
            identity.is_private_relay,
        );
        assert_eq!(found, expected, "{provider} {claims}");
    }
}
