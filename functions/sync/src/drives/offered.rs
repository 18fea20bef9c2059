//! Which providers can be connected here.

use std::pin::Pin;
use std::sync::Arc;

use app_connectors::drives::oauth::{OAuthClient, OAuthProvider, OAuthProviders};
use app_domain::DriveProvider;
use app_http::ApiError;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Reading = Pin<Box<dyn Future<Output = Result<String, BoxError>> + Send>>;

/// The providers with which the deployer has registered this service. Cloning shares what reads them.
#[derive(Clone)]
pub struct Offered(Arc<dyn Fn() -> Reading + Send + Sync>);

/// Where providers send people's browsers back: a page of the frontend, with `{provider}` in it for the provider's name.
#[derive(Debug, Clone)]
pub struct DriveCallback(pub String);

impl Offered {
    /// Those in a secret, which `read` reads.
    pub fn new<F, E>(read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, E>> + Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        Self(Arc::new(move || {
            let reading = read();
            Box::pin(async { reading.await.map_err(BoxError::from) })
        }))
    }

    /// The client of a provider.
    ///
    /// # Errors
    /// If people's accounts there are not connected here, or the secret cannot be read.
    pub(crate) async fn client(&self, provider: DriveProvider) -> Result<OAuthClient, ApiError> {
        let text = (self.0)().await.map_err(ApiError::unavailable)?;
        let providers = OAuthProviders::parse(&text).map_err(ApiError::internal)?;
        let client = OAuthProvider::of(provider).and_then(|provider| providers.get(provider).cloned());
        client.ok_or_else(|| {
            let message = format!("{} cannot be connected to this service.", provider.title());
            ApiError::unprocessable("ProviderUnavailable", message)
        })
    }
}

impl DriveCallback {
    /// The address for a provider.
    pub(crate) fn of(&self, provider: DriveProvider) -> String {
        self.0.replace("{provider}", provider.as_str())
    }
}
