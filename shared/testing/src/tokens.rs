//! Signing keys and access tokens like those of the auth function, and bad ones.

use std::sync::LazyLock;

use app_domain::{Role, UserId};
use app_http::{AUDIENCE, Claims, ISSUER, KeySource, TokenVerifier};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::gate::session_of;

/// Making an RSA key takes a while, so tests share one.
static SHARED: LazyLock<TestKeys> = LazyLock::new(TestKeys::generate);

/// An RSA key pair: the secret of the auth function, and what it publishes.
#[derive(Clone)]
pub struct TestKeys {
    private_pem: String,
    jwks: Value,
    kid: String,
}

impl TestKeys {
    /// A new pair.
    pub fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("the key as PKCS#8");
        let private_pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let kid = Uuid::new_v4().to_string();
        let public = pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwks = json!({"keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        }]});
        Self { private_pem, jwks, kid }
    }

    /// The same pair under another id.
    #[must_use]
    pub fn called(self, kid: &str) -> Self {
        Self { kid: kid.to_owned(), ..self }
    }

    /// The pair that tests share.
    pub fn shared() -> Self {
        SHARED.clone()
    }

    /// The signing secret, as the auth function reads it.
    pub fn secret(&self) -> String {
        let key = json!({"kid": self.kid, "privateKeyPem": self.private_pem, "createdAt": "2026-01-01T00:00:00.000Z"});
        json!({"active": self.kid, "keys": [key]}).to_string()
    }

    /// The published keys.
    pub fn jwks(&self) -> String {
        self.jwks.to_string()
    }

    /// The modulus of the public key, as it is published.
    pub fn modulus(&self) -> String {
        self.jwks["keys"][0]["n"].as_str().unwrap_or_default().to_owned()
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What checks tokens of this pair.
    pub fn verifier(&self) -> TokenVerifier {
        TokenVerifier::new(always(self.jwks()))
    }

    /// Where the auth function reads its signing secret.
    pub fn signing_source(&self) -> KeySource {
        always(self.secret())
    }

    /// Where the auth function reads the published keys.
    pub fn published_source(&self) -> KeySource {
        always(self.jwks())
    }

    /// A good access token.
    pub fn token(&self, user: UserId, role: Role) -> String {
        self.sign(&claims(user, role))
    }

    /// Signs any claims with this pair.
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        let key = EncodingKey::from_rsa_pem(self.private_pem.as_bytes()).expect("a signing key");
        encode(&header, claims, &key).expect("a token")
    }
}

fn always(text: String) -> KeySource {
    KeySource::new(move || std::future::ready(Ok::<_, std::io::Error>(text.clone())))
}

/// The claims of a good token: change one to make it bad.
pub fn claims(user: UserId, role: Role) -> Value {
    let now = jiff::Timestamp::now().as_second();
    let claims = Claims {
        sub: user.as_uuid(),
        user_id: user.as_uuid(),
        email: "ada@example.com".to_owned(),
        role,
        permissions: role.permissions().to_vec(),
        tier: role.tier(),
        jti: Uuid::new_v4(),
        sid: session_of(role),
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        iat: now,
        exp: now + 900,
    };
    serde_json::to_value(claims).expect("claims as JSON")
}

/// A new person's id and a good token of theirs, signed with the shared pair.
pub fn caller(role: Role) -> (UserId, String) {
    let user = UserId::new(jiff::Timestamp::now().into());
    (user, TestKeys::shared().token(user, role))
}
