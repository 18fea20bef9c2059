//! Which providers the deployer has set up: a secret in JSON.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::apple::ClientSecrets;
use super::provider::{Credentials, Registration};
use super::{Provider, ProviderName};
use crate::address::trusted;

/// The providers' settings are of no use. Quotes none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// They are not the JSON that was expected: a setting is missing, misspelt, or of another type.
    #[error("the providers' settings cannot be read at line {line}, column {column}")]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// Likewise.
        column: usize,
    },
    /// A setting has no text.
    #[error("{provider}: {setting} is empty")]
    Empty {
        /// Whose.
        provider: ProviderName,
        /// Its name.
        setting: &'static str,
    },
    /// An address is neither https nor on this machine, or has parts that it must not have.
    #[error("{provider}: {setting} must be https, or http on this machine, with no user and no fragment")]
    Address {
        /// Whose.
        provider: ProviderName,
        /// Its name.
        setting: &'static str,
    },
    /// Apple's key is of another kind.
    #[error("apple: privateKey is not a P-256 key in PKCS#8 PEM")]
    PrivateKey,
}

/// The providers that the deployer has set up. Cloning shares what they remember of the outside: keep them while the secret
/// stays the same.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    google: Option<Arc<Provider>>,
    apple: Option<Arc<Provider>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    google: Option<Google>,
    apple: Option<Apple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Google {
    #[serde(default = "google_issuer")]
    issuer: String,
    client_id: String,
    client_secret: SecretText,
    /// Further clients of ours, whose id tokens are as good: those of apps.
    #[serde(default)]
    audiences: Vec<String>,
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Apple {
    #[serde(default = "apple_issuer")]
    issuer: String,
    client_id: String,
    team_id: String,
    key_id: String,
    private_key: SecretText,
    callback_url: String,
    redirect_uris: Vec<String>,
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

fn google_issuer() -> String {
    "https://accounts.google.com".to_owned()
}

fn apple_issuer() -> String {
    "https://appleid.apple.com".to_owned()
}

impl Providers {
    /// Reads the secret:
    ///
    /// ```json
    /// {"google": {"clientId": "…", "clientSecret": "…", "redirectUris": ["https://app…/callback"]},
    ///  "apple": {"clientId": "…", "teamId": "…", "keyId": "…", "privateKey": "-----BEGIN PRIVATE KEY-----…",
    ///            "callbackUrl": "https://api…/api/auth/apple/callback", "redirectUris": ["https://app…/callback"]}}
    /// ```
    ///
    /// Either may be missing. Both may have an `issuer`, Google also `audiences`: further client ids whose tokens are accepted.
    ///
    /// # Errors
    /// Names the first setting that is of no use.
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let settings: Settings = serde_json::from_str(json)
            .map_err(|error| ConfigError::Unreadable { line: error.line(), column: error.column() })?;
        let google = settings.google.map(Google::into_provider).transpose()?;
        let apple = settings.apple.map(Apple::into_provider).transpose()?;
        Ok(Self { google: google.map(Arc::new), apple: apple.map(Arc::new) })
    }

    /// No provider at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// One of them, if it is set up.
    pub fn get(&self, name: ProviderName) -> Option<Arc<Provider>> {
        match name {
            ProviderName::Google => self.google.clone(),
            ProviderName::Apple => self.apple.clone(),
        }
    }
}

impl Google {
    fn into_provider(self) -> Result<Provider, ConfigError> {
        let rules = Rules(ProviderName::Google);
        rules.filled("clientId", &self.client_id)?;
        rules.filled("clientSecret", self.client_secret.0.expose_secret())?;
        for audience in &self.audiences {
            rules.filled("audiences", audience)?;
        }
        rules.issuer(&self.issuer)?;
        rules.redirects(&self.redirect_uris)?;
        Ok(Provider::new(Registration {
            name: ProviderName::Google,
            issuer: self.issuer,
            client_id: self.client_id,
            further_audiences: self.audiences,
            redirect_uris: self.redirect_uris,
            credentials: Credentials::Google { client_secret: self.client_secret.0 },
        }))
    }
}

impl Apple {
    fn into_provider(self) -> Result<Provider, ConfigError> {
        let rules = Rules(ProviderName::Apple);
        rules.filled("clientId", &self.client_id)?;
        rules.filled("teamId", &self.team_id)?;
        rules.filled("keyId", &self.key_id)?;
        rules.issuer(&self.issuer)?;
        rules.address("callbackUrl", &self.callback_url)?;
        rules.redirects(&self.redirect_uris)?;
        let private_key = self.private_key.0.expose_secret();
        let secrets = ClientSecrets::new(self.team_id, self.key_id, private_key);
        let client_secrets = secrets.ok_or(ConfigError::PrivateKey)?;
        Ok(Provider::new(Registration {
            name: ProviderName::Apple,
            issuer: self.issuer,
            client_id: self.client_id,
            further_audiences: Vec::new(),
            redirect_uris: self.redirect_uris,
            credentials: Credentials::Apple { client_secrets, callback_url: self.callback_url },
        }))
    }
}

/// What all settings of one provider have to be.
struct Rules(ProviderName);

impl Rules {
    fn filled(&self, setting: &'static str, text: &str) -> Result<(), ConfigError> {
        if text.trim().is_empty() { Err(ConfigError::Empty { provider: self.0, setting }) } else { Ok(()) }
    }

    fn address(&self, setting: &'static str, text: &str) -> Result<(), ConfigError> {
        match trusted(text) {
            Some(_) => Ok(()),
            None => Err(ConfigError::Address { provider: self.0, setting }),
        }
    }

    fn issuer(&self, text: &str) -> Result<(), ConfigError> {
        // Discovery 1.0, section 3: an issuer has no query, because paths are appended to it.
        if text.contains('?') {
            return Err(ConfigError::Address { provider: self.0, setting: "issuer" });
        }
        self.address("issuer", text)
    }

    fn redirects(&self, uris: &[String]) -> Result<(), ConfigError> {
        uris.iter().try_for_each(|uri| self.address("redirectUris", uri))
    }
}
