//! STUB: to be replaced by the real client.
#![allow(missing_docs, clippy::all, unused, clippy::allow_attributes)]
use app_domain::Timestamp;
use std::sync::Arc;
use url::Url;
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderName { Google, Apple }
impl ProviderName { pub const fn as_str(self) -> &'static str { match self { Self::Google => "google", Self::Apple => "apple" } } }
impl std::str::FromStr for ProviderName { type Err = (); fn from_str(s: &str) -> Result<Self, ()> { match s { "google" => Ok(Self::Google), "apple" => Ok(Self::Apple), _ => Err(()) } } }
#[derive(Debug, thiserror::Error)]
#[error("config")]
pub struct ConfigError;
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("refused {0}")] Refused(&'static str),
    #[error("bad {0}")] BadToken(&'static str),
    #[error("unavailable")] Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("misconfigured {0}")] Misconfigured(&'static str),
}
pub struct Providers;
impl Providers { pub fn parse(_: &str) -> Result<Self, ConfigError> { Ok(Self) } pub fn get(&self, _: ProviderName) -> Option<Arc<Provider>> { None } }
pub struct Provider;
impl Provider {
    pub fn accepts_redirect(&self, _: &str) -> bool { false }
    pub fn redirect_for<'a>(&'a self, r: &'a str) -> &'a str { r }
    pub async fn authorization_url(&self, _: &AuthorizationRequest, _: Timestamp) -> Result<Url, OidcError> { Err(OidcError::Misconfigured("stub")) }
    pub async fn sign_in(&self, _: &CodeExchange, _: Timestamp) -> Result<Identity, OidcError> { Err(OidcError::Misconfigured("stub")) }
    pub async fn revoke(&self, _: &str, _: Timestamp) -> Result<(), OidcError> { Ok(()) }
}
pub struct AuthorizationRequest { pub state: String, pub nonce: String, pub code_challenge: String, pub redirect_uri: String }
pub struct CodeExchange { pub code: String, pub redirect_uri: String, pub code_verifier: Option<String>, pub nonce: Option<String> }
pub struct Identity { pub issuer: String, pub subject: String, pub email: Option<String>, pub email_verified: bool, pub email_authoritative: bool, pub is_private_relay: bool, pub first_name: Option<String>, pub last_name: Option<String>, pub refresh_token: Option<String> }
pub struct AppleUser { pub first_name: String, pub last_name: String }
impl AppleUser { pub fn parse(_: &str) -> Option<Self> { None } }
pub mod pkce { pub fn challenge(_: &str) -> String { String::new() } pub fn is_verifier(_: &str) -> bool { true } }
