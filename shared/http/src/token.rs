//! Access tokens: RS256 JWTs (RFC 7519), checked against the published keys.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app_domain::{Permission, Role, Tier};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{ApiError, KeySource};

/// Who issues the tokens.
pub const ISSUER: &str = "memory-app";
/// Whom the tokens are for.
pub const AUDIENCE: &str = "memory-app-users";

/// How long published keys are used before they are read again.
const FRESH_FOR: Duration = Duration::from_secs(5 * 60);
/// How soon an unknown key id may cause another reading, so that forged ids cannot cause one each.
const RELOAD_AFTER: Duration = Duration::from_secs(10);
/// Longer than any token issued here.
const MAX_TOKEN_BYTES: usize = 4096;
/// Any token issued here lives shorter.
const MAX_LIFETIME_S: i64 = 24 * 60 * 60;
/// How far the clocks of those who issue tokens may be ahead.
const MAX_CLOCK_SKEW_S: i64 = 60;

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// The person, again as `userId`.
    pub sub: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// Their e-mail address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// What the role permits.
    pub permissions: Vec<Permission>,
    /// Their tier.
    pub tier: Tier,
    /// This token.
    pub jti: Uuid,
    /// The session it belongs to.
    pub sid: Uuid,
    /// Always [`ISSUER`].
    pub iss: String,
    /// Always [`AUDIENCE`].
    pub aud: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// Only a token that is ours in every other way is told that it has expired.
    fn in_time(&self, now_s: i64) -> Result<(), ApiError> {
        let issued = self.iat <= now_s.saturating_add(MAX_CLOCK_SKEW_S);
        let shortlived = self.exp.saturating_sub(self.iat) <= MAX_LIFETIME_S;
        if !issued || !shortlived || self.sub != self.user_id {
            return Err(not_ours());
        }
        if self.exp > now_s {
            return Ok(());
        }
        Err(ApiError::unauthenticated(
            "TokenExpired",
            "The access token has expired. Refresh it or sign in again.",
        ))
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Keys = HashMap<String, DecodingKey>;

struct Known {
    keys: Arc<Keys>,
    read_at: Instant,
}

/// Checks access tokens. Cloning shares the keys it has read.
#[derive(Clone)]
pub struct TokenVerifier {
    source: KeySource,
    known: Arc<Mutex<Option<Known>>>,
}

impl TokenVerifier {
    /// `source` gives the published keys, a JWK set in JSON (RFC 7517). It is read on first use, every few minutes, and
    /// when a token names a key that is not known, so that a new key works at once.
    pub fn new(source: KeySource) -> Self {
        Self { source, known: Arc::default() }
    }

    /// What the token says, if it is one of ours and still good.
    ///
    /// # Errors
    /// 401 if it is not; 503 if the keys cannot be read.
    pub async fn verify(&self, token: &str) -> Result<Claims, ApiError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(not_ours());
        }
        let header = decode_header(token).map_err(|_| not_ours())?;
        let key_id = named_key(header).ok_or_else(not_ours)?;
        let keys = self.keys(&key_id).await.map_err(ApiError::unavailable)?;
        let key = keys.get(&key_id).ok_or_else(not_ours)?;
        let claims = decode::<Claims>(token, key, &rules()).map_err(|_| not_ours())?.claims;
        claims.in_time(jiff::Timestamp::now().as_second())?;
        Ok(claims)
    }

    async fn keys(&self, wanted: &str) -> Result<Arc<Keys>, BoxError> {
        let mut known = self.known.lock().await;
        if let Some(Known { keys, read_at }) = known.as_ref() {
            let enough = if keys.contains_key(wanted) { FRESH_FOR } else { RELOAD_AFTER };
            if read_at.elapsed() < enough {
                return Ok(Arc::clone(keys));
            }
        }
        let keys = match self.source.read().await.and_then(|text| parse_keys(&text)) {
            Ok(keys) => Arc::new(keys),
            // Keys that are known stay good while the newest cannot be read.
            Err(error) => Arc::clone(&known.as_ref().ok_or(error)?.keys),
        };
        *known = Some(Known { keys: Arc::clone(&keys), read_at: Instant::now() });
        Ok(keys)
    }
}

fn parse_keys(text: &str) -> Result<Keys, BoxError> {
    let set: JwkSet = serde_json::from_str(text)?;
    let named = set.keys.iter().filter_map(|jwk| jwk.common.key_id.clone().map(|id| (id, jwk)));
    named.map(|(id, jwk)| Ok((id, DecodingKey::from_jwk(jwk)?))).collect()
}

/// The key that a header names, unless it says anything that ours do not: another algorithm, a key of its own (`jwk`, `x5u`), or an
/// extension that changes how the token is to be read (`crit`, RFC 7515 section 4.1.11; `b64`, RFC 7797).
fn named_key(header: Header) -> Option<String> {
    let typed = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    let (typ, kid) = (header.typ.clone(), header.kid.clone());
    let ours = typed && header == Header { typ, kid, ..Header::new(Algorithm::RS256) };
    header.kid.filter(|_| ours)
}

/// One algorithm, whatever the token says: this is what stops `none` and HS256 signed with the public key.
fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.leeway = 0;
    // Ours have no `nbf`. One that has says that it is not good yet.
    rules.validate_nbf = true;
    // The library would look at the time before it looks at the rest: `Claims::in_time` does it last.
    rules.validate_exp = false;
    rules
}

fn not_ours() -> ApiError {
    ApiError::unauthenticated("InvalidToken", "The access token is not valid. Sign in again.")
}
