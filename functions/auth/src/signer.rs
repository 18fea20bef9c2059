//! Issues access tokens with the active signing key.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_domain::{SecretToken, Session, Timestamp, User};
use app_http::{AUDIENCE, ApiError, Claims, ISSUER, KeySource};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Deserialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::body::Tokens;

/// How long an access token works.
const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How long the signing key is used before it is read again. Shorter than its overlap with the one before.
const FRESH_FOR: Duration = Duration::from_secs(5 * 60);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Issues access tokens. Cloning shares the key.
#[derive(Clone)]
pub struct Signer {
    source: KeySource,
    known: Arc<Mutex<Option<Known>>>,
}

#[derive(Clone)]
struct Known {
    key: Arc<(Header, EncodingKey)>,
    read_at: Instant,
}

/// The signing secret. `infra/keys.py` writes it.
#[derive(Deserialize)]
struct KeySet {
    active: String,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    kid: String,
    private_key_pem: String,
}

impl Signer {
    /// `source` gives the signing secret.
    pub fn new(source: KeySource) -> Self {
        Self { source, known: Arc::default() }
    }

    /// An access token of the session.
    ///
    /// # Errors
    /// 503 if the signing key cannot be read.
    pub(crate) async fn access_token(
        &self,
        user: &User,
        session: &Session,
        now: Timestamp,
    ) -> Result<String, ApiError> {
        let key = self.key().await.map_err(ApiError::unavailable)?;
        let (header, key) = &*key;
        encode(header, &claims(user, session, now), key).map_err(ApiError::internal)
    }

    /// Both tokens, as they are answered.
    pub(crate) fn pair(access_token: String, refresh_token: SecretToken) -> Tokens {
        Tokens {
            access_token,
            refresh_token: refresh_token.into_text(),
            token_type: "Bearer",
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
        }
    }

    async fn key(&self) -> Result<Arc<(Header, EncodingKey)>, BoxError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.read_at.elapsed() < FRESH_FOR) {
            return Ok(Arc::clone(&known.key));
        }
        let key = match self.source.read().await.and_then(|secret| active_key(&secret)) {
            Ok(key) => Arc::new(key),
            // The key that is known still signs while the newest cannot be read.
            Err(error) => Arc::clone(&known.as_ref().ok_or(error)?.key),
        };
        *known = Some(Known { key: Arc::clone(&key), read_at: Instant::now() });
        Ok(key)
    }
}

fn active_key(secret: &str) -> Result<(Header, EncodingKey), BoxError> {
    // The cause is left out: it could quote the secret.
    let set: KeySet = serde_json::from_str(secret).map_err(|_| "the signing secret cannot be read")?;
    let key = set.keys.iter().find(|key| key.kid == set.active).ok_or("the active signing key is missing")?;
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(key.kid.clone());
    Ok((header, EncodingKey::from_rsa_pem(key.private_key_pem.as_bytes())?))
}

fn claims(user: &User, session: &Session, now: Timestamp) -> Claims {
    Claims {
        sub: user.id.as_uuid(),
        user_id: user.id.as_uuid(),
        email: user.email.as_str().to_owned(),
        role: user.role,
        permissions: user.role.permissions().to_vec(),
        tier: user.tier,
        jti: Uuid::new_v4(),
        sid: session.id.as_uuid(),
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        iat: now.as_seconds(),
        exp: now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
    }
}
