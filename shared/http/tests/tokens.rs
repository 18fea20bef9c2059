//! Access tokens: ours are accepted, everything else is refused.
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{Role, UserId};
use app_http::{ApiError, KeySource, TokenVerifier};
use app_testing::{TestKeys, claims};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn good_claims() -> Value {
    claims(UserId::new(jiff::Timestamp::now().into()), Role::Premium)
}

async fn refusal(token: &str) -> ApiError {
    TestKeys::shared().verifier().verify(token).await.expect_err("the token must be refused")
}

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut claims = good_claims();
    change(&mut claims);
    TestKeys::shared().sign(&claims)
}

#[tokio::test]
async fn accepts_a_token_of_ours() {
    let claims = good_claims();
    let verified = TestKeys::shared().verifier().verify(&TestKeys::shared().sign(&claims)).await.unwrap();
    assert_eq!(verified.user_id.to_string(), claims["userId"]);
}

#[tokio::test]
async fn says_when_a_token_has_expired() {
    let expired = with(|claims| claims["exp"] = json!(jiff::Timestamp::now().as_second() - 1));
    assert_eq!(refusal(&expired).await.kind(), "TokenExpired");
}

#[tokio::test]
async fn refuses_tokens_for_or_from_somebody_else() {
    let bad = [
        with(|claims| claims["iss"] = json!("somebody-else")),
        with(|claims| claims["aud"] = json!("other-users")),
        with(|claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
        with(|claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        TestKeys::generate().sign(&good_claims()),
        TestKeys::generate().called(TestKeys::shared().kid()).sign(&good_claims()),
    ];
    for token in bad {
        assert_eq!(refusal(&token).await.kind(), "InvalidToken");
    }
}

#[tokio::test]
async fn refuses_an_unsigned_token() {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = part(json!({"alg": "none", "typ": "JWT", "kid": TestKeys::shared().kid()}));
    let unsigned = format!("{header}.{}.", part(good_claims()));
    assert_eq!(refusal(&unsigned).await.kind(), "InvalidToken");
}

#[tokio::test]
async fn refuses_an_hmac_made_with_the_public_key() {
    let keys = TestKeys::shared();
    let header = Header { kid: Some(keys.kid().to_owned()), ..Header::new(Algorithm::HS256) };
    for public in [keys.jwks(), keys.modulus()] {
        let forged = encode(&header, &good_claims(), &EncodingKey::from_secret(public.as_bytes())).unwrap();
        assert_eq!(refusal(&forged).await.kind(), "InvalidToken");
    }
}

#[tokio::test]
async fn refuses_a_token_whose_claims_were_changed() {
    let token = TestKeys::shared().sign(&good_claims());
    let mut parts: Vec<&str> = token.split('.').collect();
    let mut other = good_claims();
    other["role"] = json!("admin");
    let forged = URL_SAFE_NO_PAD.encode(other.to_string());
    parts[1] = &forged;
    assert_eq!(refusal(&parts.join(".")).await.kind(), "InvalidToken");
}

#[tokio::test]
async fn refuses_what_is_no_token() {
    let huge = "a".repeat(5000);
    for text in ["", "a", "a.b.c", "..", &huge] {
        assert_eq!(refusal(text).await.kind(), "InvalidToken", "{text}");
    }
}

#[tokio::test]
async fn an_unknown_key_id_rereads_the_keys_but_not_every_time() {
    let reads = Arc::new(AtomicUsize::new(0));
    let (counter, jwks) = (Arc::clone(&reads), TestKeys::shared().jwks());
    let verifier = TokenVerifier::new(KeySource::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok::<_, std::io::Error>(jwks.clone()))
    }));
    let stranger = TestKeys::generate();
    for _ in 0..20 {
        assert!(verifier.verify(&stranger.sign(&good_claims())).await.is_err());
    }
    assert!(verifier.verify(&TestKeys::shared().sign(&good_claims())).await.is_ok());
    assert_eq!(reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_our_fault() {
    let verifier = TokenVerifier::new(KeySource::new(|| std::future::ready(Err::<String, _>("no answer"))));
    let refused = verifier.verify(&TestKeys::shared().sign(&good_claims())).await.unwrap_err();
    assert_eq!(refused.kind(), "Unavailable");
}
