//! How people let us into their drives: OAuth 2.0 with a code and PKCE (RFC 6749, RFC 7636), as each provider wants it.

mod answer;
mod client;
mod config;
mod provider;

pub use answer::{Grant, GrantError};
pub use client::{Begun, OAuthClient, Revoked};
pub use config::{OAuthConfig, OAuthConfigError, OAuthProviders};
pub use provider::OAuthProvider;
