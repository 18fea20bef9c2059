//! Signing in with Google and Apple: OpenID Connect, authorization code with PKCE, RS256 alone.
//!
//! [`Providers`] are what the deployer has set up. A sign-in begins with [`Provider::authorization_url`], to which the browser
//! is sent, and ends with [`Provider::sign_in`], which turns the code that comes back into an [`Identity`]. What a provider
//! publishes, its addresses and keys, is remembered in the [`Provider`].
//!
//! Nothing here stores anything, and nothing of what a provider says is logged.

mod apple;
mod claims;
mod config;
mod discovery;
mod error;
mod exchange;
mod freshness;
mod http;
mod id_token;
mod identity;
mod keys;
mod name;
pub mod pkce;
mod provider;
mod request;

pub use apple::AppleUser;
pub use config::{ConfigError, Providers};
pub use error::{OidcError, Refusal};
pub use identity::Identity;
pub use name::{ProviderName, UnknownProvider};
pub use provider::Provider;
pub use request::{AuthorizationRequest, CodeExchange};
