//! Each key verifies what names it, and only while it is published.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app_http::{KeySource, TokenVerifier};
use app_testing::TestKeys;
use jsonwebtoken::{Algorithm, crypto};
use serde_json::{Value, json};

use crate::forge::{base64url, claims, header, signing_key, with};

fn key_of(keys: &TestKeys) -> Value {
    serde_json::from_str::<Value>(&keys.jwks()).unwrap()["keys"][0].clone()
}

fn publishing(keys: &[Value]) -> TokenVerifier {
    let text = json!({"keys": keys}).to_string();
    TokenVerifier::new(KeySource::new(move || std::future::ready(Ok::<_, std::io::Error>(text.clone()))))
}

fn signed_by(keys: &TestKeys, kid: &str) -> String {
    let header = base64url(with(header(), "kid", json!(kid)).to_string());
    let message = format!("{header}.{}", base64url(claims().to_string()));
    let signature = crypto::sign(message.as_bytes(), &signing_key(keys), Algorithm::RS256).unwrap();
    format!("{message}.{signature}")
}

async fn refusal(verifier: &TokenVerifier, token: &str) -> Option<&'static str> {
    verifier.verify(token).await.err().map(|error| error.kind())
}

#[tokio::test]
async fn a_key_verifies_only_what_names_it() {
    let (old, new) = (TestKeys::shared(), TestKeys::generate());
    let verifier = publishing(&[key_of(&old), key_of(&new)]);
    assert_eq!(refusal(&verifier, &signed_by(&old, old.kid())).await, None);
    assert_eq!(refusal(&verifier, &signed_by(&new, new.kid())).await, None);
    assert_eq!(refusal(&verifier, &signed_by(&old, new.kid())).await, Some("InvalidToken"));
    assert_eq!(refusal(&verifier, &signed_by(&new, old.kid())).await, Some("InvalidToken"));
    let rotated = publishing(&[key_of(&new)]);
    assert_eq!(refusal(&rotated, &signed_by(&old, old.kid())).await, Some("InvalidToken"));
}

#[tokio::test]
async fn keys_of_other_kinds_verify_nothing() {
    let keys = TestKeys::shared();
    let secret = json!({"kty": "oct", "kid": "secret", "k": "c2VjcmV0"});
    let curve = json!({"kty": "EC", "crv": "P-256", "kid": "curve",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let verifier = publishing(&[secret, curve, key_of(&keys)]);
    assert_eq!(refusal(&verifier, &signed_by(&keys, keys.kid())).await, None);
    for kid in ["secret", "curve"] {
        assert_eq!(refusal(&verifier, &signed_by(&keys, kid)).await, Some("InvalidToken"), "{kid}");
        let message = format!(
            "{}.{}",
            base64url(json!({"alg": "HS256", "kid": kid}).to_string()),
            base64url(claims().to_string())
        );
        let key = jsonwebtoken::EncodingKey::from_secret(b"secret");
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        assert_eq!(refusal(&verifier, &format!("{message}.{signature}")).await, Some("InvalidToken"));
    }
}

#[tokio::test]
async fn what_is_refused_by_its_header_does_not_even_cause_a_reading_of_keys() {
    let reads = Arc::new(AtomicUsize::new(0));
    let (counter, jwks) = (Arc::clone(&reads), TestKeys::shared().jwks());
    let verifier = TokenVerifier::new(KeySource::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok::<_, std::io::Error>(jwks.clone()))
    }));
    let unread = [
        String::new(),
        "a.b.c".to_owned(),
        crate::forge::signed(with(header(), "alg", json!("none")), claims()),
        crate::forge::signed(with(header(), "crit", json!(["x"])), claims()),
        crate::forge::signed(with(header(), "kid", Value::Null), claims()),
        "x".repeat(10_000),
    ];
    for token in unread {
        assert_eq!(refusal(&verifier, &token).await, Some("InvalidToken"));
    }
    assert_eq!(reads.load(Ordering::SeqCst), 0);
}
