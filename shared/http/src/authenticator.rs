//! What every request passes before its handler: the address, the proof of who calls, the session, the rate.

use std::sync::Arc;
use std::time::Duration;

use app_domain::{
    ApiKey, Gate, Grant, IpRules, RateClass, Rates, SessionId, StoreError, Tier, Timestamp, TokenHash, User,
    UserId, counted_as,
};

use crate::limiter::{Limiter, Standing, report_down};
use crate::recent::Recent;
use crate::{ApiError, KeySource, TokenVerifier, Visitor};

/// How long what the table says of a caller is believed without asking again: the longest that a session which was ended, an
/// account which was deactivated or a role which was taken away lives on in a warm environment.
const BELIEVED_FOR: Duration = Duration::from_secs(10);
/// The same for the rules of addresses.
const RULES_BELIEVED_FOR: Duration = Duration::from_secs(60);
/// Before every API key.
pub const API_KEY_PREFIX: &str = "mak_";
/// The length of every API key: the prefix and 256 bits in base64url.
const API_KEY_CHARS: usize = API_KEY_PREFIX.len() + 43;

/// Proves who calls. Cloning shares what it has read.
#[derive(Clone)]
pub struct Authenticator {
    tokens: TokenVerifier,
    gate: Arc<dyn Gate>,
    limiter: Limiter,
    rates: Rates,
    sessions: Recent<(UserId, SessionId), Grant>,
    keys: Recent<TokenHash, (ApiKey, Grant)>,
    rules: Recent<(), IpRules>,
}

/// Who calls, proved.
pub(crate) struct Proved {
    pub(crate) user_id: UserId,
    pub(crate) session_id: Option<SessionId>,
    pub(crate) grant: Grant,
    /// The key, if it was one.
    pub(crate) key: Option<ApiKey>,
    pub(crate) standing: Option<Standing>,
}

impl Authenticator {
    /// `keys` gives the published keys of access tokens, `gate` is what the table knows, `rates` how many requests callers may
    /// make.
    pub fn new(keys: KeySource, gate: impl Gate, rates: Rates) -> Self {
        let (tokens, gate): (_, Arc<dyn Gate>) = (TokenVerifier::new(keys), Arc::new(gate));
        let limiter = Limiter::new(Arc::clone(&gate));
        let (sessions, keys) = (Recent::new(BELIEVED_FOR), Recent::new(BELIEVED_FOR));
        Self { tokens, gate, limiter, rates, sessions, keys, rules: Recent::new(RULES_BELIEVED_FOR) }
    }

    /// Whether the visitor's address may call at all.
    pub(crate) async fn admit(&self, visitor: &Visitor) -> Result<(), ApiError> {
        let rules = match self.rules.get(&()) {
            Some(rules) => rules,
            None => {
                let rules = self.gate.ip_rules().await?;
                self.rules.put((), rules.clone());
                rules
            }
        };
        if rules.admit(visitor.ip) {
            return Ok(());
        }
        Err(ApiError::forbidden("AddressDenied", "Requests from this address are not allowed."))
    }

    /// Who sends this access token. The request counts towards `class`.
    pub(crate) async fn session(
        &self,
        token: &str,
        class: RateClass,
        now: Timestamp,
    ) -> Result<Proved, ApiError> {
        let claims = self.tokens.verify(token).await?;
        let (user_id, session_id) = (UserId::from(claims.user_id), SessionId::from(claims.sid));
        let subject = format!("{}#{user_id}", class.as_str());
        // The tier of the token decides the window, so that counting need not wait for the table's word on the person.
        let rate = self.rates.of(class, claims.tier);
        // Whoever has used up the rate costs no more reads either, whether or not the session lives.
        if let Some(refusal) = self.limiter.refusal(&subject, rate, now) {
            return Err(refusal);
        }
        let (grant, counted) =
            futures_util::join!(self.granted(user_id, session_id), self.limiter.count(&subject, rate, now));
        let grant = grant?.ok_or_else(|| {
            ApiError::unauthenticated("SessionEnded", "The session has ended. Sign in again.")
        })?;
        let standing = open(counted)?;
        Ok(Proved { user_id, session_id: Some(session_id), grant, key: None, standing })
    }

    /// Whose API key this is. The request counts towards `class`, and towards the key's month.
    pub(crate) async fn api_key(
        &self,
        text: &str,
        class: RateClass,
        now: Timestamp,
    ) -> Result<Proved, ApiError> {
        let unknown = || ApiError::unauthenticated("InvalidApiKey", "The API key is not valid.");
        if text.len() != API_KEY_CHARS || !text.starts_with(API_KEY_PREFIX) {
            return Err(unknown());
        }
        let hash = TokenHash::of(text);
        let (key, grant) = match self.keys.get(&hash) {
            Some(known) => known,
            None => {
                let known = self.gate.api_key(&hash).await?.ok_or_else(unknown)?;
                self.keys.put(hash, known.clone());
                known
            }
        };
        if key.has_expired(now) {
            return Err(ApiError::unauthenticated("ApiKeyExpired", "The API key has expired."));
        }
        let standing = self.count_key(&key, class, grant.tier, now).await?;
        Ok(Proved { user_id: key.owner, session_id: None, grant, key: Some(key), standing })
    }

    async fn count_key(
        &self,
        key: &ApiKey,
        class: RateClass,
        tier: Tier,
        now: Timestamp,
    ) -> Result<Option<Standing>, ApiError> {
        let rate = self.rates.of(class, tier);
        let (subject, window) = (format!("{}#{}", class.as_str(), key.id), rate.window_at(now));
        if let Some(refusal) = self.limiter.refusal(&subject, rate, now) {
            return Err(refusal);
        }
        match self.gate.count_key(key, class, window, &now.month()).await {
            Ok(usage) => {
                // The window is judged even if the month is used up: a key that goes on calling is soon refused without a write.
                let judged = self.limiter.judge(&subject, rate, usage.in_window, window, now);
                if usage.in_month > u64::from(key.usage_limit) {
                    return Err(ApiError::quota_used_up(in_whole_seconds(now.until_next_month())));
                }
                judged.map(Some)
            }
            Err(error) => {
                report_down(&error);
                Ok(None)
            }
        }
    }

    /// Counts an attempt of somebody who is not signed in: to sign in to `account`, or to register it.
    ///
    /// # Errors
    /// 429 if it is one too many. While attempts cannot be counted there are none: 503.
    pub async fn attempt(&self, visitor: &Visitor, account: &str, now: Timestamp) -> Result<(), ApiError> {
        let ip = counted_as(visitor.ip);
        let subject = format!("auth#{}", TokenHash::of(&format!("{ip} {account}")).as_str());
        let counted = self.limiter.count(&subject, self.rates.of(RateClass::Auth, Tier::Free), now).await;
        counted.inspect_err(report_down)?.map(drop)
    }

    /// Counts a request of somebody who is known without having sent an access token: by a refresh token.
    ///
    /// # Errors
    /// 429 if it is one too many.
    pub async fn count(&self, user: &User, now: Timestamp) -> Result<(), ApiError> {
        let (class, rate) = (RateClass::Api, self.rates.of(RateClass::Api, user.tier));
        let subject = format!("{}#{}", class.as_str(), user.id);
        open(self.limiter.count(&subject, rate, now).await).map(drop)
    }

    async fn granted(&self, user: UserId, session: SessionId) -> Result<Option<Grant>, StoreError> {
        if let Some(grant) = self.sessions.get(&(user, session)) {
            return Ok(Some(grant));
        }
        let grant = self.gate.session(user, session).await?;
        if let Some(grant) = grant {
            self.sessions.put((user, session), grant);
        }
        Ok(grant)
    }

    /// Forgets what was known of callers: whoever has just changed it wants to see the change.
    pub fn forget(&self) {
        self.sessions.clear();
        self.keys.clear();
        self.rules.clear();
    }
}

/// Rounded up: whoever waits that long must not come a moment too early.
fn in_whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// While requests cannot be counted, they pass.
fn open(counted: Result<Result<Standing, ApiError>, StoreError>) -> Result<Option<Standing>, ApiError> {
    match counted {
        Ok(standing) => standing.map(Some),
        Err(error) => {
            report_down(&error);
            Ok(None)
        }
    }
}
