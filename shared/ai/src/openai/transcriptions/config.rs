//! What a deployer says about a model that writes down what is said.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::openai::limits::Retries;
use crate::openai::server::{ConfigError, KeyHeader, Server};

/// A model that writes down what is said behind an address, and how it is spoken to.
#[derive(Clone)]
pub struct OpenAiTranscriberConfig {
    pub(super) server: Server,
    pub(super) patience: Patience,
    pub(super) retries: Retries,
}

/// How long a model may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// From the call to its result, with all attempts.
    pub(super) whole: Duration,
    /// For one of the attempts in it.
    pub(super) attempt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { whole: Duration::from_secs(120), attempt: Duration::from_secs(60) }
    }
}

impl OpenAiTranscriberConfig {
    /// A model behind a base URL such as `https://api.openai.com/v1`. A query in it, such as `?api-version=…`, is kept.
    ///
    /// # Errors
    /// If recordings must not be sent there, or there can be no such model or key.
    pub fn new(base_url: &str, key: Option<SecretString>, model: &str) -> Result<Self, ConfigError> {
        let server = Server::new(base_url, key, model)?;
        Ok(Self { server, patience: Patience::default(), retries: Retries::default() })
    }

    /// The same with a key.
    ///
    /// # Errors
    /// If there can be no such key.
    pub fn key(self, key: SecretString) -> Result<Self, ConfigError> {
        Ok(Self { server: self.server.keyed(key)?, ..self })
    }

    /// Sends the key in another header.
    #[must_use]
    pub fn key_header(mut self, header: KeyHeader) -> Self {
        self.server.key_header = header;
        self
    }

    /// How long a call may take in all, and each attempt in it. No attempt takes more than half of its call, whatever is said
    /// here.
    #[must_use]
    pub fn patience(mut self, whole: Duration, attempt: Duration) -> Self {
        self.patience = Patience { whole, attempt };
        self
    }

    /// How often a request is made before it counts as failed, and about how long to wait before the second time. The wait
    /// doubles with each.
    #[must_use]
    pub fn retries(mut self, attempts: u32, pause: Duration) -> Self {
        self.retries = Retries::new(attempts, pause);
        self
    }
}

impl fmt::Debug for OpenAiTranscriberConfig {
    /// Neither the key nor the address: some put a key there, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiTranscriberConfig({})", self.server)
    }
}
