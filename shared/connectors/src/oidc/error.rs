//! What can go wrong at a provider, by whose fault it is.

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A provider has not told who somebody is. No text in here comes from the provider, so that none of it can hold a token.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The person or their client did something wrong, or was too late.
    #[error("the sign-in is refused: {0}")]
    Refused(Refusal),
    /// The id token is not good. Says which check failed.
    #[error("the id token is not good: {0}")]
    BadToken(&'static str),
    /// The provider is down, wants fewer requests, or says what cannot be read.
    #[error("the provider is not available")]
    Unavailable(#[source] BoxError),
    /// The deployer's settings are wrong, here or at the provider.
    #[error("the provider is not set up as it should be: {0}")]
    Misconfigured(&'static str),
}

/// Why a sign-in is refused. Safe to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The code was used, is too old, or belongs to another verifier or redirect address.
    #[error("the code is not accepted")]
    Code,
    /// The redirect address is none of those that are set up.
    #[error("the redirect address is not listed")]
    Redirect,
    /// It is not what RFC 7636 calls a code verifier.
    #[error("the code verifier is malformed")]
    Verifier,
}

/// Why a provider's answer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Useless {
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("its answer is too large")]
    TooLarge,
    #[error("its answer cannot be read")]
    Unreadable,
    #[error("it publishes no key that can be used")]
    NoKeys,
}

impl From<Useless> for OidcError {
    fn from(useless: Useless) -> Self {
        Self::Unavailable(useless.into())
    }
}

impl From<reqwest::Error> for OidcError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unavailable(error.without_url().into())
    }
}
