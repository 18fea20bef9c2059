//! What a deployer says about a model that one can talk with.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::Window;
use crate::openai::limits::Retries;
use crate::openai::server::{ConfigError, KeyHeader, Server};

/// A model that one can talk with behind an address, and how it is spoken to.
#[derive(Clone)]
pub struct OpenAiChatConfig {
    pub(super) server: Server,
    pub(super) window: Window,
    pub(super) role: InstructionsRole,
    pub(super) answer_limit: AnswerLimit,
    pub(super) patience: Patience,
    pub(super) retries: Retries,
}

/// Under which role instructions are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InstructionsRole {
    /// `system`, which everybody knows.
    #[default]
    System,
    /// `developer`, as the vendor calls it for newer models.
    Developer,
}

/// In which field the longest answer is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnswerLimit {
    /// `max_completion_tokens`, as the vendor wants it.
    #[default]
    MaxCompletionTokens,
    /// `max_tokens`, for servers that know only that.
    MaxTokens,
}

/// How long a model may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// From a request to the first byte of its answer.
    pub(super) first_byte: Duration,
    /// Between two bytes of it.
    pub(super) idle: Duration,
    /// From the call to the end of the answer, with all attempts.
    pub(super) whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first_byte: seconds(20), idle: seconds(20), whole: seconds(120) }
    }
}

impl OpenAiChatConfig {
    /// A model behind a base URL such as `https://api.openai.com/v1`. A query in it, such as `?api-version=…`, is kept.
    ///
    /// # Errors
    /// If texts must not be sent there, or there can be no such model, window or key.
    pub fn new(
        base_url: &str,
        key: Option<SecretString>,
        model: &str,
        window: Window,
    ) -> Result<Self, ConfigError> {
        let server = Server::new(base_url, key, model)?;
        if window.answer_tokens == 0 || window.answer_tokens >= window.tokens {
            return Err(ConfigError("the window has no place for a question and its answer"));
        }
        Ok(Self {
            server,
            window,
            role: InstructionsRole::default(),
            answer_limit: AnswerLimit::default(),
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

    /// Sends instructions under another role.
    #[must_use]
    pub fn instructions_role(mut self, role: InstructionsRole) -> Self {
        self.role = role;
        self
    }

    /// Says in another field how long an answer may be.
    #[must_use]
    pub fn answer_limit(mut self, field: AnswerLimit) -> Self {
        self.answer_limit = field;
        self
    }

    /// How long to wait for the first byte of an answer, between two bytes of it, and for the whole with all attempts. No
    /// first byte is waited for longer than half of the whole, whatever is said here.
    #[must_use]
    pub fn patience(mut self, first_byte: Duration, idle: Duration, whole: Duration) -> Self {
        self.patience = Patience { first_byte, idle, whole };
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

impl fmt::Debug for OpenAiChatConfig {
    /// Neither the key nor the address: some put a key there, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiChatConfig({})", self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(
        base_url: &str,
        key: &str,
        tokens: u32,
        answer_tokens: u32,
    ) -> Result<OpenAiChatConfig, ConfigError> {
        let window = Window { tokens, answer_tokens };
        OpenAiChatConfig::new(base_url, Some(key.to_owned().into()), "m", window)
    }

    #[test]
    fn what_cannot_work_is_refused_at_once() {
        let good = "https://api.openai.com/v1";
        assert!(config(good, "sk-1", 2, 1).is_ok());
        for (base_url, key, tokens, answer_tokens) in [
            ("http://api.openai.com/v1", "sk-1", 2, 1),
            (good, "two words", 2, 1),
            (good, "sk-1", 2, 0),
            (good, "sk-1", 2, 2),
            (good, "sk-1", 0, 0),
        ] {
            assert!(config(base_url, key, tokens, answer_tokens).is_err(), "{base_url} {tokens}");
        }
    }

    #[test]
    fn the_key_is_never_shown() {
        let config = config("https://a.example/hidden?key=hidden", "sk-hidden", 2, 1).unwrap();
        assert!(!format!("{config:?} {config:#?}").contains("hidden"));
    }
}
