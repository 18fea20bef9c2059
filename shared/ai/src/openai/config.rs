//! What a deployer says about a model that makes vectors.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use super::limits::{Limits, Patience, Retries};
use super::server::{ConfigError, KeyHeader, Server};

/// Far longer than what models ask for.
const MAX_PREFIX_BYTES: usize = 80;
/// More dimensions than any index takes.
const MAX_DIMENSIONS: usize = 4096;

/// A model that makes vectors behind an address, and how it is spoken to.
#[derive(Clone)]
pub struct OpenAiConfig {
    pub(super) server: Server,
    pub(super) dimensions: usize,
    pub(super) sends_dimensions: bool,
    pub(super) query_prefix: String,
    pub(super) document_prefix: String,
    pub(super) limits: Limits,
    pub(super) patience: Patience,
    pub(super) retries: Retries,
}

impl OpenAiConfig {
    /// A model behind a base URL such as `https://api.openai.com/v1`. A query in it, such as `?api-version=…`, is kept.
    ///
    /// # Errors
    /// If texts must not be sent there, or there can be no such model or key.
    pub fn new(
        base_url: &str,
        key: Option<SecretString>,
        model: &str,
        dimensions: usize,
    ) -> Result<Self, ConfigError> {
        let server = Server::new(base_url, key, model)?;
        if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
            return Err(ConfigError("the dimensions are none or too many"));
        }
        Ok(Self {
            server,
            dimensions,
            // The models that can be asked for fewer dimensions than they have. Others refuse the field.
            sends_dimensions: model.starts_with("text-embedding-3-"),
            query_prefix: String::new(),
            document_prefix: String::new(),
            limits: Limits::default(),
            patience: Patience::default(),
            retries: Retries::default(),
        })
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

    /// Whether the model is asked for its dimensions. By default those are whose name says that they can be.
    #[must_use]
    pub fn sends_dimensions(mut self, sends: bool) -> Self {
        self.sends_dimensions = sends;
        self
    }

    /// What stands before every query and every document, for models that want to be told which is which.
    ///
    /// # Errors
    /// If one is too long.
    pub fn prefixes(mut self, query: &str, document: &str) -> Result<Self, ConfigError> {
        if query.len().max(document.len()) > MAX_PREFIX_BYTES {
            return Err(ConfigError("a prefix is too long"));
        }
        query.clone_into(&mut self.query_prefix);
        document.clone_into(&mut self.document_prefix);
        Ok(self)
    }

    /// What one request may hold, for servers that take less than the vendor does. Zero counts as one.
    #[must_use]
    pub fn limits(mut self, inputs: usize, input_tokens: usize, request_tokens: usize) -> Self {
        let (inputs, input_tokens) = (inputs.max(1), input_tokens.max(1));
        self.limits = Limits { inputs, input_tokens, request_tokens: request_tokens.max(input_tokens) };
        self
    }

    /// How long a call may take in all, for a query and for documents, and each attempt in it. No attempt takes more than
    /// half of its call, whatever is said here.
    #[must_use]
    pub fn patience(mut self, query: Duration, documents: Duration, attempt: Duration) -> Self {
        self.patience = Patience { query, documents, attempt };
        self
    }

    /// How often a request is made before it counts as failed, and about how long to wait before the second time. The wait
    /// doubles with each.
    #[must_use]
    pub fn retries(mut self, attempts: u32, pause: Duration) -> Self {
        self.retries = Retries::new(attempts, pause);
        self
    }

    /// Names the space of the vectors: the model, its dimensions, and what stands before documents.
    pub fn space(&self) -> String {
        let (model, dimensions) = (&self.server.model, self.dimensions);
        match self.document_prefix.as_str() {
            "" => format!("{model}/{dimensions}"),
            prefix => format!("{model}/{dimensions}/{prefix}"),
        }
    }
}

impl fmt::Display for OpenAiConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.space(), self.server.host())
    }
}

impl fmt::Debug for OpenAiConfig {
    /// Neither the key nor the address: some put a key there, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiConfig({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(
        base_url: &str,
        key: &str,
        model: &str,
        dimensions: usize,
    ) -> Result<OpenAiConfig, ConfigError> {
        OpenAiConfig::new(base_url, Some(key.to_owned().into()), model, dimensions)
    }

    #[test]
    fn what_cannot_work_is_refused_at_once() {
        let good = "https://api.openai.com/v1";
        assert!(config(good, "sk-1", "m", 1).is_ok());
        for (base_url, key, model, dimensions) in [
            ("http://api.openai.com/v1", "sk-1", "m", 1),
            (good, "", "m", 1),
            (good, "sk-1", "two words", 1),
            (good, "sk-1", "m", 0),
            (good, "sk-1", "m", 4097),
        ] {
            assert!(config(base_url, key, model, dimensions).is_err(), "{base_url} {model} {dimensions}");
        }
        let model = config(good, "sk-1", "m", 1).unwrap();
        assert!(model.clone().key("two words".to_owned().into()).is_err());
        assert!(model.prefixes("", &"x".repeat(81)).is_err());
    }

    #[test]
    fn a_space_is_named_by_all_that_decides_where_a_text_lies() {
        let plain = config("https://api.openai.com/v1", "sk-1", "text-embedding-3-small", 512).unwrap();
        assert_eq!(plain.space(), "text-embedding-3-small/512");
        let marked = plain.clone().prefixes("query: ", "passage: ").unwrap();
        assert_eq!(marked.space(), "text-embedding-3-small/512/passage: ");
        let longest = config("https://a.example/", "sk-1", &"m".repeat(128), 4096).unwrap();
        assert!(longest.prefixes("", &"x".repeat(80)).unwrap().space().len() <= 255);
    }

    #[test]
    fn dimensions_are_sent_to_models_that_take_them() {
        for (model, sends) in
            [("text-embedding-3-large", true), ("text-embedding-ada-002", false), ("nomic-embed-text", false)]
        {
            let config = config("https://a.example/", "sk-1", model, 256).unwrap();
            assert_eq!(config.sends_dimensions, sends);
            assert!(config.sends_dimensions(true).sends_dimensions);
        }
    }

    #[test]
    fn the_key_is_never_shown() {
        let config = config("https://a.example/hidden?key=hidden", "sk-hidden", "m", 1).unwrap();
        assert!(!format!("{config:?} {config:#?} {config}").contains("hidden"));
    }
}
