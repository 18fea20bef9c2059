//! Refresh tokens: 256 random bits, of which only the hash is kept.

use app_domain::TokenHash;
use app_http::ApiError;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A refresh token in the clear. It is never stored or logged.
pub(crate) struct RefreshToken(String);

impl RefreshToken {
    /// A new one.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub(crate) fn generate() -> Result<Self, ApiError> {
        let mut random = [0; 32];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| ApiError::internal("no randomness"))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(random)))
    }

    /// One that a client sends.
    pub(crate) fn received(text: String) -> Self {
        Self(text)
    }

    /// What is stored of it. A plain hash is enough: nobody can guess 256 bits.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::from_hex(data_encoding::HEXLOWER.encode(digest(&SHA256, self.0.as_bytes()).as_ref()))
    }

    /// The token itself, for its owner.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
