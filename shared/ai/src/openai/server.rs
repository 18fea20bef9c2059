//! A server, the key that it is asked with, and the model that it is asked for.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::address::is_private;

/// Longer names are a mistake, and would not fit beside vectors.
const MAX_NAME_BYTES: usize = 128;

/// Why a model cannot be used as it is set up. Holds nothing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the model is not set up as it should be: {0}")]
pub struct ConfigError(pub(super) &'static str);

impl ConfigError {
    pub(super) const KEY: Self = Self("the key is empty or not plain");
    /// The index has another number of dimensions than the model.
    pub const DIMENSIONS: Self = Self("the model has not the dimensions that it should have");
}

/// In which header a key is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyHeader {
    /// `Authorization: Bearer …`, as nearly everybody wants it.
    #[default]
    Authorization,
    /// `api-key: …`, as Azure wants it.
    ApiKey,
}

/// A model behind an address.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: Url,
    pub(super) key: Option<SecretString>,
    pub(super) key_header: KeyHeader,
    pub(super) model: String,
}

impl Server {
    /// A model behind a base URL such as `https://api.openai.com/v1`. A query in it, such as `?api-version=…`, is kept.
    ///
    /// # Errors
    /// If texts must not be sent there, or there can be no such model or key.
    pub(super) fn new(base_url: &str, key: Option<SecretString>, model: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(base_url).map_err(|_| ConfigError("the base URL is no URL"))?;
        if !is_private(&url) {
            return Err(ConfigError("the base URL is neither https nor in a private network"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(ConfigError("the base URL holds more than an address"));
        }
        if !is_visible(model) || model.len() > MAX_NAME_BYTES {
            return Err(ConfigError("the model's name is empty, too long or not plain"));
        }
        let keyless = Self { url, key: None, key_header: KeyHeader::default(), model: model.to_owned() };
        match key {
            Some(key) => keyless.keyed(key),
            None => Ok(keyless),
        }
    }

    /// The same with another key.
    ///
    /// # Errors
    /// If there can be no such key.
    pub(super) fn keyed(self, key: SecretString) -> Result<Self, ConfigError> {
        if is_visible(key.expose_secret()) {
            Ok(Self { key: Some(key), ..self })
        } else {
            Err(ConfigError::KEY)
        }
    }

    /// Where it is, without what may be secret: some put a key into an address.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// Whether a name or a key can stand in a request.
fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model, self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(base_url: &str, key: &str, model: &str) -> Result<Server, ConfigError> {
        Server::new(base_url, Some(key.to_owned().into()), model)
    }

    #[test]
    fn what_cannot_work_is_refused_at_once() {
        let good = "https://api.openai.com/v1";
        assert!(server(good, "sk-1", "m").is_ok());
        for (base_url, key, model) in [
            ("api.openai.com", "sk-1", "m"),
            ("http://api.openai.com/v1", "sk-1", "m"),
            ("https://ada:secret@api.openai.com/v1", "sk-1", "m"),
            ("https://api.openai.com/v1#x", "sk-1", "m"),
            (good, "", "m"),
            (good, "sk-1\r\nX-Other: 1", "m"),
            (good, "schlüssel", "m"),
            (good, "sk-1", ""),
            (good, "sk-1", "two words"),
            (good, "sk-1", &"m".repeat(129)),
        ] {
            assert!(server(base_url, key, model).is_err(), "{base_url} {model}");
        }
    }
}
