//! What opens encrypted backups, and only their owner knows.

use std::fmt;

use app_domain::Invalid;
use secrecy::{ExposeSecret, SecretString};

/// A passphrase: 10–256 characters that can be typed into a terminal.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 10;
    /// The most.
    pub const MAX_CHARS: usize = 256;
    /// The fewest that differ.
    const MIN_DIFFERENT: usize = 5;

    /// # Errors
    /// If it is too short or too long, is made of very few characters, or has some that no terminal takes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let count = text.chars().count();
        if count < Self::MIN_CHARS {
            return Err(Invalid::new(format!("must have at least {} characters", Self::MIN_CHARS)));
        }
        if count > Self::MAX_CHARS {
            return Err(Invalid::new(format!("must have at most {} characters", Self::MAX_CHARS)));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new("must not contain line breaks or control characters"));
        }
        if text.trim() != text {
            return Err(Invalid::new("must not begin or end with a space"));
        }
        let mut different: Vec<char> = text.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < Self::MIN_DIFFERENT {
            return Err(Invalid::new("must not be made of so few different characters"));
        }
        Ok(Self(SecretString::from(text)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Not what it is.
impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}
