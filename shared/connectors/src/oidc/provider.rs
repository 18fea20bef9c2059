//! One provider, as somebody who signs people in uses it.

use std::fmt;

use app_domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::apple::ClientSecrets;
use super::discovery::Discovery;
use super::id_token::Expected;
use super::keys::Keys;
use super::{
    AuthorizationRequest, CodeExchange, Identity, OidcError, ProviderName, Refusal, claims, exchange, pkce,
};

/// Longer than any code.
const MAX_CODE_BYTES: usize = 4 * 1024;

/// A provider that people sign in with.
pub struct Provider {
    registration: Registration,
    /// Whom id tokens may be for: the client itself first.
    audiences: Vec<String>,
    discovery: Discovery,
    keys: Keys,
}

/// How we are known to a provider.
pub(super) struct Registration {
    pub(super) name: ProviderName,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) further_audiences: Vec<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(super) credentials: Credentials,
}

/// How we prove to a provider who we are.
pub(super) enum Credentials {
    Google {
        client_secret: SecretString,
    },
    Apple {
        client_secrets: ClientSecrets,
        /// Where Apple's form goes: to our API, which sends the browser on.
        callback_url: String,
    },
}

impl Provider {
    pub(super) fn new(mut registration: Registration) -> Self {
        let mut audiences = vec![registration.client_id.clone()];
        audiences.append(&mut registration.further_audiences);
        let discovery = Discovery::new(registration.issuer.clone());
        Self { registration, audiences, discovery, keys: Keys::default() }
    }

    /// Which one it is.
    pub fn name(&self) -> ProviderName {
        self.registration.name
    }

    /// Whether the deployer has listed this redirect address, letter by letter.
    pub fn accepts_redirect(&self, uri: &str) -> bool {
        self.registration.redirect_uris.iter().any(|listed| listed == uri)
    }

    /// Where the provider sends the browser: to the requested address, or to our own callback, because Apple answers with a
    /// form that a page cannot receive.
    pub fn redirect_for<'a>(&'a self, requested: &'a str) -> &'a str {
        self.callback_url().unwrap_or(requested)
    }

    /// Where to send the browser to begin a sign-in.
    ///
    /// # Errors
    /// If the redirect address is not listed, or the provider's addresses cannot be read.
    pub async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        now: Timestamp,
    ) -> Result<Url, OidcError> {
        let redirect_uri = self.redirect_of(&request.redirect_uri)?;
        let endpoints = self.discovery.endpoints(now).await?;
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.registration.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", self.scope())
            .append_pair("state", &request.state)
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &request.code_challenge)
            .append_pair("code_challenge_method", "S256");
        if self.name() == ProviderName::Apple {
            // Apple tells names and addresses in no other way.
            url.query_pairs_mut().append_pair("response_mode", "form_post");
        }
        Ok(url)
    }

    /// Who has signed in. The code is sent to the provider once, and never again whatever happens.
    ///
    /// # Errors
    /// Says whose fault it is: the person's, the token's, the provider's or the deployer's.
    pub async fn sign_in(&self, exchange: &CodeExchange, now: Timestamp) -> Result<Identity, OidcError> {
        let redirect_uri = self.redirect_of(&exchange.redirect_uri)?;
        if exchange.code.is_empty() || exchange.code.len() > MAX_CODE_BYTES {
            return Err(OidcError::Refused(Refusal::Code));
        }
        if exchange.code_verifier.as_deref().is_some_and(|verifier| !pkce::is_verifier(verifier)) {
            return Err(OidcError::Refused(Refusal::Verifier));
        }
        let endpoints = self.discovery.endpoints(now).await?;
        let secret = self.client_secret(now)?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", self.registration.client_id.as_str()),
            ("client_secret", secret.expose_secret()),
            ("code", exchange.code.as_str()),
            ("redirect_uri", redirect_uri),
        ];
        form.extend(exchange.code_verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
        let tokens = exchange::tokens(&endpoints.token, &form).await?;

        let key_id = claims::key_id(&tokens.id_token)?;
        let key = self.keys.get(&key_id, &endpoints.keys, now).await?;
        let expected = Expected {
            provider: self.name(),
            issuer: &self.registration.issuer,
            audiences: &self.audiences,
            nonce: exchange.nonce.as_deref(),
            access_token: tokens.access_token.as_deref(),
            now,
        };
        let identity = expected.identity(claims::read(&tokens.id_token, &key)?)?;
        Ok(Identity { refresh_token: tokens.refresh_token, ..identity })
    }

    /// Tells the provider that the person has left. A token that is not good any more is as good as revoked.
    ///
    /// # Errors
    /// If the provider does not answer, refuses us, or cannot revoke tokens.
    pub async fn revoke(&self, refresh_token: &str, now: Timestamp) -> Result<(), OidcError> {
        let endpoints = self.discovery.endpoints(now).await?;
        let revocation = endpoints.revocation.as_ref();
        let revocation = revocation.ok_or(OidcError::Misconfigured("the provider revokes no tokens"))?;
        let secret = self.client_secret(now)?;
        let form = [
            ("client_id", self.registration.client_id.as_str()),
            ("client_secret", secret.expose_secret()),
            ("token", refresh_token),
            ("token_type_hint", "refresh_token"),
        ];
        exchange::revoke(revocation, &form).await
    }

    /// Where the provider is told to send the browser, if this is an address that we know.
    fn redirect_of<'a>(&'a self, uri: &'a str) -> Result<&'a str, OidcError> {
        if self.accepts_redirect(uri) || self.callback_url() == Some(uri) {
            Ok(self.redirect_for(uri))
        } else {
            Err(OidcError::Refused(Refusal::Redirect))
        }
    }

    fn callback_url(&self) -> Option<&str> {
        match &self.registration.credentials {
            Credentials::Google { .. } => None,
            Credentials::Apple { callback_url, .. } => Some(callback_url),
        }
    }

    fn scope(&self) -> &'static str {
        match self.name() {
            ProviderName::Google => "openid email profile",
            ProviderName::Apple => "openid name email",
        }
    }

    fn client_secret(&self, now: Timestamp) -> Result<SecretString, OidcError> {
        let Registration { client_id, issuer, credentials, .. } = &self.registration;
        match credentials {
            Credentials::Google { client_secret } => Ok(client_secret.clone()),
            Credentials::Apple { client_secrets, .. } => client_secrets.make(client_id, issuer, now),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Registration { name, issuer, .. } = &self.registration;
        f.debug_struct("Provider").field("name", name).field("issuer", issuer).finish_non_exhaustive()
    }
}
