//! Meta's Graph API, as far as WhatsApp needs it: messages out, media in, and whose a token and a number are.
//!
//! A call is made once. Whether it may be made again follows from the [`ErrorClass`]: [`ErrorClass::Unreachable`] was never
//! sent, [`ErrorClass::Uncertain`] may have happened. Nothing of what is sent or answered is logged or shown.

mod accounts;
mod codes;
mod config;
mod download;
mod error;
mod http;
mod inspect;
mod mark_read;
mod media;
mod send;

use std::fmt;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use accounts::NumberInfo;
pub use config::GraphConfig;
pub use download::Download;
pub use error::{ErrorClass, GraphError};
pub use inspect::TokenInfo;
pub use media::MediaInfo;
pub use send::Sending;

use crate::address::trusted;

/// The longest id that is put into an address.
const MAX_ID_BYTES: usize = 64;

/// A client of one version of the API. Connects to nothing before it is used.
#[derive(Clone)]
pub struct Graph {
    base: Url,
    version: String,
    /// How long a call may take, and how long a download may stand still.
    patience: (Duration, Duration),
    max_download_bytes: u64,
}

impl Graph {
    /// A client as the deployer wants it.
    ///
    /// # Errors
    /// If tokens must not be sent there, or there can be no such version.
    pub fn new(config: GraphConfig) -> Result<Self, GraphError> {
        let base = trusted(&config.base_url).filter(|_| config.has_version()).ok_or(GraphError::UNFIT)?;
        Ok(Self {
            base,
            version: config.version,
            patience: (Duration::from_secs(10), Duration::from_secs(20)),
            // The largest that WhatsApp itself takes.
            max_download_bytes: 100 * 1024 * 1024,
        })
    }

    /// How long a call may take in all, and how long a download may stand still.
    #[must_use]
    pub fn patience(mut self, call: Duration, chunk: Duration) -> Self {
        self.patience = (call, chunk);
        self
    }

    /// The longest download.
    #[must_use]
    pub fn max_download_bytes(mut self, bytes: u64) -> Self {
        self.max_download_bytes = bytes;
        self
    }

    /// A request with a token and nothing else.
    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        token: &SecretString,
    ) -> Result<RequestBuilder, GraphError> {
        let is_id = |id: &&str| {
            (1..=MAX_ID_BYTES).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if !path.iter().all(is_id) {
            return Err(GraphError::UNFIT);
        }
        let mut url = self.base.clone();
        let below = format!("{}/{}/{}", url.path().trim_end_matches('/'), self.version, path.join("/"));
        url.set_path(&below);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = http::client()?.request(method, url).timeout(self.patience.0);
        Ok(request.header("authorization", http::bearer(token.expose_secret())?))
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({} at {})", self.version, self.base.host_str().unwrap_or_default())
    }
}
