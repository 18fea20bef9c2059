//! Apple's client secrets: tokens that the client signs with its own key, checked without the library that makes them.

use app_domain::Timestamp;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Apple's limit, about six months.
const MAX_LIFETIME_S: i64 = 15_777_000;
/// Two numbers of 32 bytes, one after the other: not DER.
const SIGNATURE_BYTES: usize = 64;

/// The client's key, which its developer has downloaded from Apple.
pub(super) struct ClientKey {
    pair: EcdsaKeyPair,
    pub(super) key_id: &'static str,
    pub(super) team_id: &'static str,
}

impl ClientKey {
    pub(super) fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key");
        Self { pair, key_id: "KEY1234567", team_id: "TEAM123456" }
    }

    /// The file that its developer has downloaded.
    pub(super) fn pem(&self) -> String {
        let der = self.pair.to_pkcs8v1().expect("the key as PKCS#8");
        let base64 = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            base64.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    }

    /// Signs any header and claims.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The header and claims of a good secret: change one to make it bad.
    pub(super) fn good(&self, client_id: &str, issuer: &str, now: Timestamp) -> (Value, Value) {
        let now_s = now.as_seconds();
        let claims =
            json!({"iss": self.team_id, "iat": now_s, "exp": now_s + 300, "aud": issuer, "sub": client_id});
        (json!({"alg": "ES256", "kid": self.key_id}), claims)
    }

    /// Whether this is a secret of this client for this issuer, now.
    pub(super) fn accepts(&self, secret: &str, client_id: &str, issuer: &str, now_s: i64) -> bool {
        self.read(secret).is_some_and(|(header, claims)| {
            let (iat, exp) =
                (claims["iat"].as_i64().unwrap_or(i64::MAX), claims["exp"].as_i64().unwrap_or(0));
            header == json!({"alg": "ES256", "kid": self.key_id})
                && claims["iss"] == self.team_id
                && claims["aud"] == issuer
                && claims["sub"] == client_id
                && iat <= now_s
                && now_s < exp
                && exp - iat <= MAX_LIFETIME_S
        })
    }

    /// Header and claims, if this key has signed them.
    fn read(&self, secret: &str) -> Option<(Value, Value)> {
        let (message, signature) = secret.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let signature = decode(signature).filter(|signature| signature.len() == SIGNATURE_BYTES)?;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.pair.public_key().as_ref());
        public.verify(message.as_bytes(), &signature).ok()?;
        let json = |part: &str| serde_json::from_slice(&decode(part)?).ok();
        Some((json(header)?, json(claims)?))
    }
}
