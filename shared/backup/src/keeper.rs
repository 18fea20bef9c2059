//! Keeps a connection's access token fresh: one at a time gets another one, in this process and in all of them, and nobody uses one before what
//! came with it is kept.

use std::sync::Arc;
use std::time::Duration;

use app_connectors::drives::oauth::{Grant, OAuthClient};
use app_connectors::drives::{Bearer, DriveError, DriveErrorClass};
use app_domain::{DriveProvider, StoreError, Timestamp, UserId};
use app_store::{DriveTokens, KeptTokens};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// A token that ends within this time is not used any more: a call may take as long.
const SPARE: Duration = Duration::from_secs(2 * 60);
/// How long the provider is asked for other tokens.
const RENEWING: Duration = Duration::from_secs(30);
/// How long whoever asks has to keep the answer: whoever has not by then is dead.
const LEASE: Duration = Duration::from_secs(60);
/// How long somebody else's lease is waited for: until it runs out.
const PATIENCE: Duration = Duration::from_secs(75);
const POLL: Duration = Duration::from_millis(200);
/// How often it is tried to keep tokens that no provider gives twice.
const KEEPING_TRIES: u32 = 6;

/// Gets other tokens.
#[async_trait]
pub trait Renewal: Send + Sync {
    /// Those that follow a refresh token.
    ///
    /// # Errors
    /// [`NeedsConsent`](DriveErrorClass::NeedsConsent) if the grant is over.
    async fn renew(&self, refresh_token: &SecretString) -> Result<Grant, DriveError>;
}

#[async_trait]
impl Renewal for OAuthClient {
    async fn renew(&self, refresh_token: &SecretString) -> Result<Grant, DriveError> {
        self.refresh(refresh_token).await
    }
}

/// Is told of grants that are over.
#[async_trait]
pub trait Dead: Send + Sync {
    /// The person has to connect the drive again.
    ///
    /// # Errors
    /// If that cannot be noted. It is told again the next time.
    async fn dead(&self, grant: Uuid, reason: &DriveError) -> Result<(), StoreError>;
}

/// The tokens of one connection.
pub struct TokenKeeper(Arc<Keeper>);

struct Keeper {
    owner: UserId,
    provider: DriveProvider,
    /// The connection's grant. Tokens of another one may be for another account.
    grant: Uuid,
    tokens: DriveTokens,
    renewal: Arc<dyn Renewal>,
    dead: Arc<dyn Dead>,
    clock: fn() -> Timestamp,
    /// What was read last. Whoever gets other tokens holds it meanwhile.
    known: Mutex<Option<KeptTokens>>,
}

impl TokenKeeper {
    /// The keeper of a grant.
    pub fn new(
        (owner, provider, grant): (UserId, DriveProvider, Uuid),
        tokens: DriveTokens,
        renewal: Arc<dyn Renewal>,
        dead: Arc<dyn Dead>,
        clock: fn() -> Timestamp,
    ) -> Self {
        let known = Mutex::new(None);
        Self(Arc::new(Keeper { owner, provider, grant, tokens, renewal, dead, clock, known }))
    }
}

impl Keeper {
    /// A token to call with: see [`Bearer::token`].
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        let mut known = self.known.lock().await;
        let kept = match known.take() {
            Some(kept) if self.is_usable(&kept, refused) => kept,
            _ => self.fresh(refused).await?,
        };
        Ok(known.insert(kept).access_token.clone())
    }

    /// The tokens as they are kept.
    async fn kept(&self) -> Result<KeptTokens, DriveError> {
        of_grant(self.tokens.get(self.owner, self.provider).await.map_err(unavailable)?, self.grant)
    }

    fn is_usable(&self, kept: &KeptTokens, refused: Option<&SecretString>) -> bool {
        let is_refused =
            refused.is_some_and(|refused| refused.expose_secret() == kept.access_token.expose_secret());
        !is_refused && kept.ends_at > (self.clock)().plus(SPARE)
    }

    /// Tokens that can be used: those that are kept, or others.
    async fn fresh(&self, refused: Option<&SecretString>) -> Result<KeptTokens, DriveError> {
        let started = Instant::now();
        loop {
            let kept = self.kept().await?;
            if self.is_usable(&kept, refused) {
                return Ok(kept);
            }
            let leased_at = (self.clock)();
            let lease = self.tokens.lease(self.owner, self.provider, &kept, leased_at, LEASE).await;
            if lease.map_err(unavailable)? {
                if let Some(renewed) = self.renewed(&kept, leased_at).await? {
                    return Ok(renewed);
                }
            } else if started.elapsed() > PATIENCE {
                return Err(DriveError::of(DriveErrorClass::Transient));
            } else {
                sleep(POLL).await;
            }
        }
    }

    /// Other tokens, which are kept already. `None` if somebody else was faster.
    async fn renewed(
        &self,
        before: &KeptTokens,
        leased_at: Timestamp,
    ) -> Result<Option<KeptTokens>, DriveError> {
        let too_slow = |_| DriveError::of(DriveErrorClass::Transient);
        let asked = timeout(RENEWING, self.renewal.renew(&before.refresh_token)).await;
        match asked.map_err(too_slow).and_then(|answer| answer) {
            Ok(grant) => {
                let ends_at = (self.clock)().plus(grant.expires_in);
                let after = before.renewed(grant.access_token, ends_at, grant.refresh_token);
                Ok(self.keep(before, &after).await?.then_some(after))
            }
            Err(error) if error.class == DriveErrorClass::NeedsConsent => {
                // Somebody whose lease had run out may have been faster after all, and used the refresh token up.
                let now = self.kept().await?;
                if now.generation != before.generation {
                    return Ok(None);
                }
                self.dead.dead(self.grant, &error).await.map_err(unavailable)?;
                self.release(leased_at).await?;
                Err(error)
            }
            Err(error) => {
                self.release(leased_at).await?;
                Err(error)
            }
        }
    }

    /// Gives the lease back, so that nobody waits for its end.
    async fn release(&self, leased_at: Timestamp) -> Result<(), DriveError> {
        let release = self.tokens.release(self.owner, self.provider, leased_at, LEASE).await;
        release.map_err(unavailable)
    }

    /// Keeps tokens. What is lost here is lost for good, so it is tried for a while. Whether nobody else was faster.
    async fn keep(&self, before: &KeptTokens, after: &KeptTokens) -> Result<bool, DriveError> {
        let mut wait = POLL;
        for _ in 1..KEEPING_TRIES {
            match self.tokens.replace(self.owner, self.provider, before, after).await {
                Ok(is_kept) => return Ok(is_kept),
                Err(error) => tracing::warn!(error = %error, "tokens of a drive cannot be kept yet"),
            }
            sleep(wait).await;
            wait *= 2;
        }
        self.tokens.replace(self.owner, self.provider, before, after).await.map_err(unavailable)
    }
}

#[async_trait]
impl Bearer for TokenKeeper {
    /// Goes on if whoever asks does not wait for the answer: between the provider's answer and its keeping there must be no end.
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        let (keeper, refused) = (Arc::clone(&self.0), refused.cloned());
        let asking = tokio::spawn(async move { keeper.token(refused.as_ref()).await });
        asking.await.map_err(|_| DriveError::of(DriveErrorClass::Transient))?
    }
}

/// Tokens that are a grant's. Those of another one say that the drive was connected anew meanwhile: whoever reads the connection again has the
/// right one.
pub(crate) fn of_grant(kept: Option<KeptTokens>, grant: Uuid) -> Result<KeptTokens, DriveError> {
    match kept {
        Some(kept) if kept.grant == grant => Ok(kept),
        Some(_) => Err(DriveError::of(DriveErrorClass::Transient)),
        None => Err(DriveError::of(DriveErrorClass::NeedsConsent)),
    }
}

/// The store fails. That is noted here: a drive's error has no place for it.
fn unavailable(error: StoreError) -> DriveError {
    tracing::warn!(error = %error, "the tokens of a drive are out of reach");
    DriveError::of(DriveErrorClass::Transient)
}
