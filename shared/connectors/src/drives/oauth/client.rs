//! Asking people, and getting, renewing and giving back tokens.

use std::borrow::Cow;
use std::time::Duration;

use app_domain::{NoRandomness, SecretToken};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope,
};
use secrecy::{ExposeSecret, SecretString};

use super::answer::failure;
use super::{Grant, GrantError, OAuthConfig, OAuthProvider};
use crate::drives::http::{Answer, authorized, client, now, once, patiently};
use crate::drives::{DriveError, DriveErrorClass};

/// Token endpoints answer within a second. Renewing takes less, in all, than the lease under which it is done.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);

type Endpoints = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Us, as a provider knows us.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    provider: OAuthProvider,
    config: OAuthConfig,
}

/// A consent that has begun. It ends with a code for who has the verifier.
#[derive(Debug)]
pub struct Begun {
    /// Where the person's browser goes.
    pub url: String,
    /// What comes back with the code.
    pub state: SecretString,
    /// PKCE's secret.
    pub verifier: SecretString,
}

/// What came of giving tokens back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// No token works any more.
    Done,
    /// The provider has no place for that: the person can do it on their account's page there.
    NotOffered,
}

impl OAuthClient {
    /// Us, registered as in `config`.
    pub fn new(provider: OAuthProvider, config: OAuthConfig) -> Self {
        Self { provider, config }
    }

    /// Where a person is asked, and what ends it.
    ///
    /// # Errors
    /// If the redirect address is none, or the system has no randomness.
    pub fn authorize(&self, redirect_uri: &str) -> Result<Begun, DriveError> {
        let secret = || SecretToken::generate().map(SecretToken::into_text).map_err(no_randomness);
        let (state, verifier) = (secret()?, secret()?);
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
        let redirect = redirect(redirect_uri)?;
        let (endpoints, sent) = (self.endpoints(), state.clone());
        let mut request = endpoints
            .authorize_url(move || CsrfToken::new(sent))
            .set_redirect_uri(Cow::Owned(redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(self.provider.scopes().iter().map(|scope| Scope::new((*scope).to_owned())));
        for (name, value) in self.provider.wishes() {
            request = request.add_extra_param(*name, *value);
        }
        let (url, _) = request.url();
        Ok(Begun { url: url.into(), state: state.into(), verifier: verifier.into() })
    }

    /// The tokens for a code, which works once: nothing is tried twice. They are good for all that we do.
    ///
    /// # Errors
    /// [`NeedsConsent`](DriveErrorClass::NeedsConsent) if the code is good for nothing. See [`GrantError`] for the rest.
    pub async fn exchange(
        &self,
        code: &str,
        verifier: &SecretString,
        redirect_uri: &str,
    ) -> Result<Grant, GrantError> {
        let answer = self
            .endpoints()
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_redirect_uri(Cow::Owned(redirect(redirect_uri)?))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request_async(&call)
            .await
            .map_err(failure)?;
        Grant::of(self.provider, &answer).sufficient(self.provider)
    }

    /// Another access token. A refresh token that is another one than before has to be stored before the access token is used.
    ///
    /// # Errors
    /// [`NeedsConsent`](DriveErrorClass::NeedsConsent) if the grant is over. Everything else leaves it alone.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Grant, DriveError> {
        let (endpoints, token) =
            (self.endpoints(), RefreshToken::new(refresh_token.expose_secret().to_owned()));
        let refresh = || async {
            let mut request = endpoints.exchange_refresh_token(&token);
            if self.provider == OAuthProvider::OneDrive {
                // Without, Microsoft gives what it gave the last time to any of our clients.
                request = request
                    .add_scopes(self.provider.scopes().iter().map(|scope| Scope::new((*scope).to_owned())));
            }
            request.request_async(&call).await.map_err(failure)
        };
        let mut grant = Grant::of(self.provider, &patiently(refresh).await?);
        let is_same = |new: &SecretString| new.expose_secret() == refresh_token.expose_secret();
        grant.refresh_token = grant.refresh_token.filter(|new| !is_same(new));
        Ok(grant)
    }

    /// Gives tokens back, so that none of the person's works any more. Those that do not are given back.
    ///
    /// # Errors
    /// If the provider fails. Then they still work.
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<Revoked, DriveError> {
        let Some(address) = &self.config.revoke else { return Ok(Revoked::NotOffered) };
        // Dropbox takes an access token that works, and stops all that are of the same grant.
        let access = match self.provider {
            OAuthProvider::Dropbox => match self.refresh(refresh_token).await {
                Ok(grant) => Some(grant.access_token),
                Err(error) if error.class == DriveErrorClass::NeedsConsent => return Ok(Revoked::Done),
                Err(error) => return Err(error),
            },
            _ => None,
        };
        let revoke = || async {
            let request = client()?.post(address.clone()).timeout(CALL_TIMEOUT);
            let request = match &access {
                Some(access) => authorized(request, access)?,
                None => request.form(&[("token", refresh_token.expose_secret())]),
            };
            let answer = heard(once(request).await?)?;
            // 400 and 401 are for tokens that do not work.
            match answer.status.as_u16() {
                200..300 | 400 | 401 => Ok(Revoked::Done),
                status => Err(DriveError::told(DriveErrorClass::Refused, status, None)),
            }
        };
        patiently(revoke).await
    }

    fn endpoints(&self) -> Endpoints {
        BasicClient::new(ClientId::new(self.config.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.config.client_secret.expose_secret().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(self.config.authorize.clone())
            .set_token_uri(self.config.token.clone())
    }
}

/// One call of a token endpoint, over the client of this process.
async fn call(request: HttpRequest) -> Result<HttpResponse, DriveError> {
    let refused = || DriveError::of(DriveErrorClass::Refused);
    let (parts, body) = request.into_parts();
    let request = client()?.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
    let answer = heard(once(request.timeout(CALL_TIMEOUT)).await?)?;
    let mut response = HttpResponse::new(answer.body.to_vec());
    *response.status_mut() = answer.status;
    if let Some(kind) = answer.headers.get("content-type") {
        response.headers_mut().insert("content-type", kind.clone());
    }
    if response.body().is_empty() { Err(refused()) } else { Ok(response) }
}

/// An answer, unless the provider is busy or fails.
fn heard(answer: Answer) -> Result<Answer, DriveError> {
    let class = match answer.status.as_u16() {
        429 => DriveErrorClass::Throttled,
        408 | 500.. => DriveErrorClass::Transient,
        _ => return Ok(answer),
    };
    let wait = answer.retry_after(now());
    Err(DriveError::told(class, answer.status.as_u16(), None).after(wait))
}

fn redirect(address: &str) -> Result<RedirectUrl, DriveError> {
    RedirectUrl::new(address.to_owned()).map_err(|_| DriveError::of(DriveErrorClass::Refused))
}

fn no_randomness(_: NoRandomness) -> DriveError {
    DriveError::of(DriveErrorClass::Transient)
}
