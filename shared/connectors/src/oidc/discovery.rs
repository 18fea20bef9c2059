//! Where a provider's endpoints are (OpenID Connect Discovery 1.0), read once a day.

use std::sync::Arc;
use std::time::Duration;

use app_domain::Timestamp;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::freshness::{Freshness, RETRY_AFTER};
use super::{OidcError, http};
use crate::address::trusted;

const FRESH_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A provider's addresses.
#[derive(Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    /// Not every provider lets tokens be revoked.
    pub(super) revocation: Option<Url>,
}

/// Reads a provider's addresses and remembers them.
pub(super) struct Discovery {
    issuer: String,
    known: Mutex<Option<Known>>,
}

struct Known {
    endpoints: Arc<Endpoints>,
    fresh: Freshness,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    revocation_endpoint: Option<String>,
}

impl Discovery {
    pub(super) fn new(issuer: String) -> Self {
        Self { issuer, known: Mutex::default() }
    }

    /// The addresses, at most a day old. While the provider does not answer, older ones serve on.
    pub(super) async fn endpoints(&self, now: Timestamp) -> Result<Arc<Endpoints>, OidcError> {
        // Held while reading, so that whoever arrives meanwhile shares the one read.
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.fresh.covers(now)) {
            return Ok(Arc::clone(&known.endpoints));
        }
        let (endpoints, span) = match (self.read().await, known.take()) {
            (Ok(endpoints), _) => (Arc::new(endpoints), FRESH_FOR),
            (Err(error @ OidcError::Unavailable(_)), Some(before)) => {
                tracing::warn!(provider.issuer = self.issuer, ?error, "using older addresses of a provider");
                (before.endpoints, RETRY_AFTER)
            }
            (Err(error), _) => return Err(error),
        };
        *known = Some(Known { endpoints: Arc::clone(&endpoints), fresh: Freshness::new(now, span) });
        Ok(endpoints)
    }

    async fn read(&self) -> Result<Endpoints, OidcError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let url = trusted(&url).ok_or(OidcError::Misconfigured("the issuer is no address"))?;
        self.accept(http::get(&url).await?.json()?)
    }

    fn accept(&self, document: Document) -> Result<Endpoints, OidcError> {
        if document.issuer != self.issuer {
            return Err(OidcError::Misconfigured("the provider calls itself by another issuer"));
        }
        let endpoint = |text: &str| {
            trusted(text).ok_or(OidcError::Misconfigured("an endpoint of the provider is not https"))
        };
        Ok(Endpoints {
            authorization: endpoint(&document.authorization_endpoint)?,
            token: endpoint(&document.token_endpoint)?,
            keys: endpoint(&document.jwks_uri)?,
            revocation: document.revocation_endpoint.as_deref().map(endpoint).transpose()?,
        })
    }
}
