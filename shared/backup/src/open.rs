//! Drives by their connections: which adapter, at which address, with which tokens.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use app_connectors::drives::oauth::{OAuthProvider, OAuthProviders};
use app_connectors::drives::s3::{Reach, S3Config, S3Drive};
use app_connectors::drives::{
    Bearer, Drive, DriveError, DriveErrorClass, Dropbox, DropboxConfig, GoogleConfig, GoogleDrive, OneDrive,
    OneDriveConfig,
};
use app_domain::{DriveConnection, StoreError, Timestamp};
use app_store::{DriveTokens, KeptTokens};
use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use crate::keeper::of_grant;
use crate::{Dead, TokenKeeper};

/// Opens the drive of a connection.
#[async_trait]
pub trait OpenDrive: Send + Sync {
    /// The drive, ready to be called.
    ///
    /// # Errors
    /// [`NeedsConsent`](DriveErrorClass::NeedsConsent) if there is nothing to open it with; [`Refused`](DriveErrorClass::Refused) if its provider is not
    /// offered here.
    async fn open(&self, connection: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError>;
}

type Offer = Pin<Box<dyn Future<Output = Result<String, Box<dyn Error + Send + Sync>>> + Send>>;

/// People's drives, with the tokens that are kept for them.
pub struct Drives {
    tokens: DriveTokens,
    /// What [`OAuthProviders::parse`] reads.
    offered: Box<dyn Fn() -> Offer + Send + Sync>,
    reach: Reach,
    clock: fn() -> Timestamp,
}

impl Drives {
    /// Drives of the providers in a secret ([`OAuthProviders::parse`]), which is read whenever one is opened, and of buckets: anywhere if
    /// `allow_private`, which is for tests and local clouds, else on the public internet alone.
    pub fn new<F, E>(
        tokens: DriveTokens,
        offered: impl Fn() -> F + Send + Sync + 'static,
        allow_private: bool,
        clock: fn() -> Timestamp,
    ) -> Self
    where
        F: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let offered = move || -> Offer {
            let reading = offered();
            Box::pin(async move { reading.await.map_err(Into::into) })
        };
        let reach = if allow_private { Reach::Anywhere } else { Reach::Public };
        Self { tokens, offered: Box::new(offered), reach, clock }
    }

    /// The drive of a connection that is to be made, with tokens that are not kept yet. They are used as they are.
    ///
    /// # Errors
    /// As for [`OpenDrive::open`].
    pub async fn open_new(
        &self,
        connection: &DriveConnection,
        tokens: &KeptTokens,
    ) -> Result<Arc<dyn Drive>, DriveError> {
        match OAuthProvider::of(connection.provider) {
            Some(provider) => {
                let bearer = Arc::new(AsItIs(tokens.access_token.clone()));
                Ok(adapter(provider, self.offered().await?.origin(provider), bearer))
            }
            None => self.bucket(connection, tokens.clone()),
        }
    }

    async fn offered(&self) -> Result<OAuthProviders, DriveError> {
        let offered = (self.offered)().await.map_err(|error| unavailable(&*error))?;
        OAuthProviders::parse(&offered).map_err(|error| unavailable(&error))
    }

    /// A drive that its provider lets us into.
    async fn granted(
        &self,
        connection: &DriveConnection,
        provider: OAuthProvider,
    ) -> Result<Arc<dyn Drive>, DriveError> {
        let offered = self.offered().await?;
        let client = offered.get(provider).ok_or_else(not_offered)?.clone();
        let keeper = TokenKeeper::new(
            (connection.user_id, connection.provider, connection.grant),
            self.tokens.clone(),
            Arc::new(client),
            Arc::new(LeftToTheCaller),
            self.clock,
        );
        Ok(adapter(provider, offered.origin(provider), Arc::new(keeper)))
    }

    /// A bucket, with the tokens that are kept for it.
    async fn known_bucket(&self, connection: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        let kept = self.tokens.get(connection.user_id, connection.provider).await;
        let kept = kept.map_err(|error| unavailable(&error))?;
        self.bucket(connection, of_grant(kept, connection.grant)?)
    }

    /// A bucket. What stands for the tokens are its keys, which do not end.
    fn bucket(&self, connection: &DriveConnection, tokens: KeptTokens) -> Result<Arc<dyn Drive>, DriveError> {
        let place = connection.place.clone().ok_or(DriveError::of(DriveErrorClass::Refused))?;
        let KeptTokens { access_token, refresh_token, .. } = tokens;
        let drive = S3Drive::new(&S3Config {
            path_style: place.endpoint.is_some(),
            endpoint: place.endpoint,
            region: place.region,
            bucket: place.bucket,
            prefix: place.prefix,
            access_key_id: access_token,
            secret_access_key: refresh_token,
            reach: self.reach,
        })?;
        Ok(Arc::new(drive))
    }
}

fn adapter(provider: OAuthProvider, origin: Option<&str>, bearer: Arc<dyn Bearer>) -> Arc<dyn Drive> {
    match provider {
        OAuthProvider::GoogleDrive => {
            let config = origin.map(GoogleConfig::at).unwrap_or_default();
            Arc::new(GoogleDrive::new(config, bearer))
        }
        OAuthProvider::Dropbox => {
            let config = origin.map(DropboxConfig::at).unwrap_or_default();
            Arc::new(Dropbox::new(config, bearer))
        }
        OAuthProvider::OneDrive => {
            let config = origin.map(OneDriveConfig::at).unwrap_or_default();
            Arc::new(OneDrive::new(config, bearer))
        }
    }
}

#[async_trait]
impl OpenDrive for Drives {
    async fn open(&self, connection: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        match OAuthProvider::of(connection.provider) {
            Some(provider) => self.granted(connection, provider).await,
            None => self.known_bucket(connection).await,
        }
    }
}

/// Whoever called is told by the error. They tell the person before they mark the drive: marked here, nobody might be told.
struct LeftToTheCaller;

#[async_trait]
impl Dead for LeftToTheCaller {
    async fn dead(&self, _: Uuid, _: &DriveError) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A token for what is done at once: nobody gets another one.
struct AsItIs(SecretString);

#[async_trait]
impl Bearer for AsItIs {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        match refused {
            None => Ok(self.0.clone()),
            Some(_) => Err(DriveError::of(DriveErrorClass::NeedsConsent)),
        }
    }
}

fn not_offered() -> DriveError {
    DriveError { code: Some("not-offered".to_owned()), ..DriveError::of(DriveErrorClass::Refused) }
}

fn unavailable(error: &(dyn Error + 'static)) -> DriveError {
    tracing::error!(error = error, "what opens a drive is out of reach");
    DriveError::of(DriveErrorClass::Transient)
}
