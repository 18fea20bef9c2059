//! What begins and what ends a sign-in.

use std::fmt;

/// A sign-in that begins.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Comes back with the code.
    pub state: String,
    /// Comes back in the id token.
    pub nonce: String,
    /// What [`challenge`](super::pkce::challenge) makes of the verifier.
    pub code_challenge: String,
    /// Where the browser should come back to: a listed address, or what `Provider::redirect_for` makes of it.
    pub redirect_uri: String,
}

/// A sign-in that ends.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeExchange {
    /// The provider's code. It works once.
    pub code: String,
    /// The same as when it began.
    pub redirect_uri: String,
    /// The verifier of the challenge that it began with.
    pub code_verifier: Option<String>,
    /// The nonce that it began with. With one, the id token must have it.
    pub nonce: Option<String>,
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CodeExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeExchange").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}
