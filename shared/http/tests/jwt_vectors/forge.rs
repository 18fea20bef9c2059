//! Tokens of any shape.

use app_domain::{Role, UserId};
use app_testing::TestKeys;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

/// What the shared verifier answers to a token that it accepts.
pub(crate) const ACCEPTED: &str = "accepted";

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The header of a good token.
pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": TestKeys::shared().kid()})
}

/// The claims of a good token.
pub(crate) fn claims() -> Value {
    app_testing::claims(UserId::new(jiff::Timestamp::now().into()), Role::Admin)
}

/// The object with one member added, changed, or removed if the value is `null`.
pub(crate) fn with(object: Value, name: &str, value: Value) -> Value {
    let Value::Object(mut members) = object else { return object };
    match value {
        Value::Null => members.remove(name),
        value => members.insert(name.to_owned(), value),
    };
    Value::Object(members)
}

/// The key that signs tokens.
pub(crate) fn signing_key(keys: &TestKeys) -> EncodingKey {
    let secret: Value = serde_json::from_str(&keys.secret()).unwrap();
    EncodingKey::from_rsa_pem(secret["keys"][0]["privateKeyPem"].as_str().unwrap().as_bytes()).unwrap()
}

/// The signature of text by the shared key, whatever the text is.
pub(crate) fn signature(message: &str, algorithm: Algorithm) -> String {
    crypto::sign(message.as_bytes(), &signing_key(&TestKeys::shared()), algorithm).unwrap()
}

/// Two parts as they are, and their signature by the shared key.
pub(crate) fn signed_parts(header: &str, payload: &str) -> String {
    let message = format!("{header}.{payload}");
    format!("{message}.{}", signature(&message, Algorithm::RS256))
}

/// A token of any header and payload, really signed by the shared key with RS256.
pub(crate) fn signed(header: impl ToString, payload: impl ToString) -> String {
    signed_parts(&base64url(header.to_string()), &base64url(payload.to_string()))
}

/// A good token.
pub(crate) fn good() -> String {
    signed(header(), claims())
}

/// What becomes of a token.
pub(crate) async fn verdict(token: &str) -> &'static str {
    match TestKeys::shared().verifier().verify(token).await {
        Ok(_) => ACCEPTED,
        Err(error) => error.kind(),
    }
}

/// Every one of these is no token of ours.
pub(crate) async fn all_invalid(tokens: impl IntoIterator<Item = (impl ToString, String)>) {
    for (name, token) in tokens {
        assert_eq!(verdict(&token).await, "InvalidToken", "{}", name.to_string());
    }
}
