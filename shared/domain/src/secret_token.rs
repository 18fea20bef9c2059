//! Secret tokens: random text that proves something, of which only the hash is kept.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("no randomness")]
pub struct NoRandomness;

/// A secret token in the clear. It is never stored or logged, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(String);

impl SecretToken {
    /// A new one of 256 random bits: 43 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut random = [0; 32];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| NoRandomness)?;
        Ok(Self(BASE64URL_NOPAD.encode(&random)))
    }

    /// One that somebody sends.
    pub fn received(text: String) -> Self {
        Self(text)
    }

    /// What is stored of it. A plain hash is enough: nobody can guess 256 bits.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The token itself, for its owner.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(…)")
    }
}

/// SHA-256 of a secret token, in hexadecimal: what is stored instead of the token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

impl TokenHash {
    /// Of any text.
    pub fn of(text: &str) -> Self {
        Self(HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref()))
    }

    /// From the hexadecimal digest.
    pub fn from_hex(digest: String) -> Self {
        Self(digest)
    }

    /// The hexadecimal digest.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_hide() {
        let (one, two) = (SecretToken::generate().unwrap(), SecretToken::generate().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), 43);
        assert_eq!(format!("{one:?}"), "SecretToken(…)");
    }

    #[test]
    fn the_hash_is_sha_256_in_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(TokenHash::of("").as_str(), empty);
    }
}
