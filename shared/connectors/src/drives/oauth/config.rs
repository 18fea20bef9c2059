//! With which providers the deployer has registered us: a secret in JSON.

use oauth2::{AuthUrl, TokenUrl};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{OAuthClient, OAuthProvider};
use crate::address::trusted;

/// Work and personal accounts alike.
const ANY_TENANT: &str = "common";

/// The settings are of no use. Quotes none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthConfigError {
    /// They are not the JSON that was expected.
    #[error("the drives' settings cannot be read at line {line}, column {column}")]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// Likewise.
        column: usize,
    },
    /// A setting has no text, or text that cannot be.
    #[error("{provider:?}: {setting} is of no use")]
    Useless {
        /// Whose.
        provider: OAuthProvider,
        /// Its name.
        setting: &'static str,
    },
}

/// Our registration with a provider, and where that is.
#[derive(Debug, Clone)]
pub struct OAuthConfig {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) authorize: AuthUrl,
    pub(super) token: TokenUrl,
    pub(super) revoke: Option<Url>,
}

impl OAuthConfig {
    /// A registration with a provider itself; with `tenant`, of Microsoft, for the accounts of one organisation. With `origin` all of the provider's
    /// addresses are below that one: whoever is there plays it.
    ///
    /// # Errors
    /// Names the first setting that is of no use.
    pub fn new(
        provider: OAuthProvider,
        client_id: &str,
        client_secret: SecretString,
        tenant: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, OAuthConfigError> {
        let useless = |setting| OAuthConfigError::Useless { provider, setting };
        let tenant = tenant.unwrap_or(ANY_TENANT);
        if client_id.trim().is_empty() {
            return Err(useless("clientId"));
        }
        if client_secret.expose_secret().trim().is_empty() {
            return Err(useless("clientSecret"));
        }
        if tenant.is_empty() || !tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)) {
            return Err(useless("tenant"));
        }
        let origin = origin.map(|origin| trusted(origin).ok_or_else(|| useless("origin"))).transpose()?;
        let at = |address: &str| {
            let address = Url::parse(address).map_err(|_| useless("tenant"))?;
            let Some(origin) = &origin else { return Ok(address) };
            origin.join(address.path()).map_err(|_| useless("origin"))
        };
        let (authorize, token, revoke) = provider.endpoints(tenant);
        Ok(Self {
            client_id: client_id.to_owned(),
            client_secret,
            authorize: AuthUrl::from_url(at(&authorize)?),
            token: TokenUrl::from_url(at(&token)?),
            revoke: revoke.map(|revoke| at(&revoke)).transpose()?,
        })
    }
}

/// The providers with which the deployer has registered us.
#[derive(Debug, Clone, Default)]
pub struct OAuthProviders {
    google_drive: Option<Registered>,
    dropbox: Option<Registered>,
    onedrive: Option<Registered>,
}

#[derive(Debug, Clone)]
struct Registered {
    client: OAuthClient,
    origin: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Settings {
    google_drive: Option<Registration>,
    dropbox: Option<Registration>,
    onedrive: Option<Registration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Registration {
    client_id: String,
    client_secret: SecretText,
    tenant: Option<String>,
    origin: Option<String>,
}

/// Wiped when it is no longer needed.
#[derive(Deserialize)]
#[serde(from = "String")]
struct SecretText(SecretString);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl OAuthProviders {
    /// Reads the secret:
    ///
    /// ```json
    /// {"google-drive": {"clientId": "…", "clientSecret": "…"}, "dropbox": {"clientId": "…", "clientSecret": "…"},
    ///  "onedrive": {"clientId": "…", "clientSecret": "…", "tenant": "…"}}
    /// ```
    ///
    /// Each may be missing, and is not offered then. Each may have an `origin`, where somebody plays the provider.
    ///
    /// # Errors
    /// Names the first setting that is of no use.
    pub fn parse(json: &str) -> Result<Self, OAuthConfigError> {
        let settings: Settings = serde_json::from_str(json)
            .map_err(|error| OAuthConfigError::Unreadable { line: error.line(), column: error.column() })?;
        let read = |provider, registration: Option<Registration>| {
            registration.map(|registration| registration.into_registered(provider)).transpose()
        };
        Ok(Self {
            google_drive: read(OAuthProvider::GoogleDrive, settings.google_drive)?,
            dropbox: read(OAuthProvider::Dropbox, settings.dropbox)?,
            onedrive: read(OAuthProvider::OneDrive, settings.onedrive)?,
        })
    }

    /// No provider at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// One of them, if it is set up.
    pub fn get(&self, provider: OAuthProvider) -> Option<&OAuthClient> {
        Some(&self.of(provider)?.client)
    }

    /// Where somebody plays it, if somebody does.
    pub fn origin(&self, provider: OAuthProvider) -> Option<&str> {
        self.of(provider)?.origin.as_deref()
    }

    fn of(&self, provider: OAuthProvider) -> Option<&Registered> {
        match provider {
            OAuthProvider::GoogleDrive => self.google_drive.as_ref(),
            OAuthProvider::Dropbox => self.dropbox.as_ref(),
            OAuthProvider::OneDrive => self.onedrive.as_ref(),
        }
    }
}

impl Registration {
    fn into_registered(self, provider: OAuthProvider) -> Result<Registered, OAuthConfigError> {
        if self.tenant.is_some() && provider != OAuthProvider::OneDrive {
            return Err(OAuthConfigError::Useless { provider, setting: "tenant" });
        }
        let (tenant, origin) = (self.tenant.as_deref(), self.origin.as_deref());
        let config = OAuthConfig::new(provider, &self.client_id, self.client_secret.0, tenant, origin)?;
        Ok(Registered { client: OAuthClient::new(provider, config), origin: self.origin })
    }
}
