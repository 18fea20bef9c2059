//! The providers that the deployer has set up, as the secret says.

use std::sync::Arc;

use app_connectors::oidc::{OidcError, Provider, ProviderName, Providers};
use app_http::{ApiError, KeySource};
use tokio::sync::Mutex;

/// The providers. Cloning shares what they remember of the outside: their keys and addresses.
#[derive(Clone)]
pub struct SignInProviders {
    source: KeySource,
    known: Arc<Mutex<Option<Known>>>,
}

struct Known {
    text: String,
    providers: Providers,
}

impl SignInProviders {
    /// `source` gives the secret's text, and may be asked as often as people sign in.
    pub fn new(source: KeySource) -> Self {
        Self { source, known: Arc::default() }
    }

    /// One provider.
    ///
    /// # Errors
    /// 404 if it is not set up.
    pub(crate) async fn get(&self, name: ProviderName) -> Result<Arc<Provider>, ApiError> {
        let text = self.source.read().await.map_err(ApiError::unavailable)?;
        let mut known = self.known.lock().await;
        let known = match known.take() {
            Some(same) if same.text == text => known.insert(same),
            _ => {
                let providers = Providers::parse(&text).map_err(ApiError::internal)?;
                known.insert(Known { text, providers })
            }
        };
        known.providers.get(name).ok_or_else(|| ApiError::not_found("sign-in provider"))
    }
}

/// What a provider's refusal is to our client.
pub(crate) fn failed(error: OidcError) -> ApiError {
    match error {
        OidcError::Refused(_) => ApiError::unauthenticated(
            "SignInRefused",
            "The provider does not accept this sign-in. It may have been used or have expired: begin again.",
        ),
        OidcError::BadToken(_) => ApiError::unauthenticated(
            "InvalidIdToken",
            "The provider's answer does not prove who you are. Begin again.",
        ),
        OidcError::Unavailable(_) => ApiError::unavailable(error),
        OidcError::Misconfigured(_) => ApiError::internal(error),
    }
}
