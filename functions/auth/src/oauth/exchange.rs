//! The provider's code becomes an identity: what signing in and linking have in common.

use app_connectors::oidc::{CodeExchange, Identity, OidcError, ProviderName, pkce};
use app_domain::{Email, Invalid, LinkedIdentity, PersonName, SecretToken, Timestamp, UserId};
use app_http::{ApiError, FieldErrors, Parse, Visitor};
use app_store::PendingSignIns;
use app_vault::{Sealed, Vault};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SignInProviders;
use super::authorize::unlisted;
use super::providers::failed;
use crate::Attempts;

/// What the provider sent back, with what proves that the sender has begun it: the `state` of
/// `GET /auth/oauth/{provider}/authorize`, or the `codeVerifier` and `nonce` of a client that began by itself.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderSignInRequest {
    /// The provider's code. It works once.
    code: String,
    /// The address that the sign-in was begun with.
    redirect_uri: String,
    /// The state of a sign-in that the server has begun.
    state: Option<String>,
    /// The PKCE verifier (RFC 7636) of a sign-in that the client has begun.
    code_verifier: Option<String>,
    /// The nonce of a sign-in that the client has begun.
    nonce: Option<String>,
    /// The person's first name, if the provider told the client: Apple does so the first time only.
    first_name: Option<String>,
    /// Likewise the last name.
    last_name: Option<String>,
}

/// A parsed [`ProviderSignInRequest`].
pub(crate) struct Returned {
    code: String,
    redirect_uri: String,
    begun_by: BegunBy,
    names: Names,
}

enum BegunBy {
    Server { state: SecretToken },
    Client { code_verifier: String, nonce: String },
}

/// A person's names as far as they are known.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) first: Option<PersonName>,
    pub(crate) last: Option<PersonName>,
}

impl Names {
    fn new(first: Option<&str>, last: Option<&str>) -> Self {
        let parse = |name: Option<&str>| name.and_then(|name| PersonName::parse(name).ok());
        Self { first: parse(first), last: parse(last) }
    }

    fn or(self, other: Self) -> Self {
        Self { first: self.first.or(other.first), last: self.last.or(other.last) }
    }
}

impl Parse for ProviderSignInRequest {
    type Parsed = Returned;

    fn parse(self) -> Result<Returned, FieldErrors> {
        let names = Names::new(self.first_name.as_deref(), self.last_name.as_deref());
        let begun_by = match (self.state, self.code_verifier, self.nonce) {
            (Some(state), None, None) => BegunBy::Server { state: SecretToken::received(state) },
            (None, Some(code_verifier), Some(nonce)) if pkce::is_verifier(&code_verifier) => {
                BegunBy::Client { code_verifier, nonce }
            }
            (None, Some(_), Some(_)) => {
                let rule = "must be 43 to 128 letters, digits, -, ., _ or ~";
                return Err(FieldErrors::one("codeVerifier", &Invalid::new(rule)));
            }
            _ => {
                let rule = "is required, alone, unless codeVerifier and nonce are given";
                return Err(FieldErrors::one("state", &Invalid::new(rule)));
            }
        };
        Ok(Returned { code: self.code, redirect_uri: self.redirect_uri, begun_by, names })
    }
}

/// Who the provider says it is.
pub(crate) struct Proven {
    pub(crate) identity: Identity,
    pub(crate) email: Option<Email>,
    pub(crate) names: Names,
    provider: ProviderName,
}

/// Turns what a provider sent back into who it is.
#[derive(Clone)]
pub struct Exchanger {
    providers: SignInProviders,
    pending: PendingSignIns,
    attempts: Attempts,
    vault: Vault,
}

impl Exchanger {
    /// Ends the sign-ins of `pending`; those that fail count in `attempts`; the providers' tokens go into the `vault`.
    pub fn new(
        providers: SignInProviders,
        pending: PendingSignIns,
        attempts: Attempts,
        vault: Vault,
    ) -> Self {
        Self { providers, pending, attempts, vault }
    }

    /// Exchanges the code.
    ///
    /// # Errors
    /// 401 if the provider or our own checks refuse it.
    pub(crate) async fn exchange(
        &self,
        name: ProviderName,
        returned: Returned,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Proven, ApiError> {
        self.attempts.allow_address(visitor, now).await?;
        let provider = self.providers.get(name).await?;
        if !provider.accepts_redirect(&returned.redirect_uri) {
            return Err(unlisted("redirectUri").into());
        }
        let (exchange, names) = self.begun(name, returned, visitor, now).await?;
        let exchange = CodeExchange {
            redirect_uri: provider.redirect_for(&exchange.redirect_uri).to_owned(),
            ..exchange
        };
        let identity = match provider.sign_in(&exchange, now).await {
            Ok(identity) => identity,
            Err(error) => {
                if matches!(error, OidcError::Refused(_) | OidcError::BadToken(_)) {
                    self.attempts.failed_address(visitor, now).await?;
                }
                return Err(failed(error));
            }
        };
        let email = identity.email.as_deref().and_then(|email| Email::parse(email).ok());
        let told = Names::new(identity.first_name.as_deref(), identity.last_name.as_deref());
        Ok(Proven { email, names: told.or(names), provider: name, identity })
    }

    /// What was begun, with what the provider needs to see that it is the same that ends.
    async fn begun(
        &self,
        name: ProviderName,
        returned: Returned,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(CodeExchange, Names), ApiError> {
        let Returned { code, redirect_uri, begun_by, names } = returned;
        let (code_verifier, nonce, names) = match begun_by {
            BegunBy::Client { code_verifier, nonce } => (code_verifier, nonce, names),
            BegunBy::Server { state } => {
                let begun = self.pending.end(&state.hash(), now).await?;
                let begun = begun
                    .filter(|begun| begun.provider == name.as_str() && begun.redirect_uri == redirect_uri);
                let Some(begun) = begun else {
                    self.attempts.failed_address(visitor, now).await?;
                    let message = "This sign-in was not begun here, is over, or has been used. Begin again.";
                    return Err(ApiError::unauthenticated("UnknownState", message));
                };
                let told = Names::new(begun.first_name.as_deref(), begun.last_name.as_deref());
                (begun.code_verifier, begun.nonce, told.or(names))
            }
        };
        let exchange =
            CodeExchange { code, redirect_uri, code_verifier: Some(code_verifier), nonce: Some(nonce) };
        Ok((exchange, names))
    }

    /// What is kept of an identity, for its new owner.
    ///
    /// # Errors
    /// If the provider's token cannot be sealed.
    pub(crate) async fn linked(
        &self,
        proven: &Proven,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<LinkedIdentity, ApiError> {
        let (identity, provider) = (&proven.identity, proven.provider.as_str());
        let refresh_token = match &identity.refresh_token {
            Some(token) => {
                let sealed = self.vault.seal(user_id, &record(provider), token.as_bytes()).await;
                Some(sealed.map_err(ApiError::unavailable)?.as_str().to_owned())
            }
            None => None,
        };
        Ok(LinkedIdentity {
            user_id,
            provider: provider.to_owned(),
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            email: proven.email.clone(),
            refresh_token,
            linked_at: now,
        })
    }

    /// Tells a provider that a person has left, if it gave a token to say so with.
    ///
    /// # Errors
    /// If the token cannot be opened, or the provider does not listen.
    pub(crate) async fn leave(
        &self,
        name: ProviderName,
        identity: &LinkedIdentity,
        now: Timestamp,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Some(sealed) = &identity.refresh_token else { return Ok(()) };
        let opened =
            self.vault.open(identity.user_id, &record(name.as_str()), &Sealed::parse(sealed)?).await?;
        let token = SecretToken::received(String::from_utf8(opened.to_vec())?);
        let provider = self.providers.get(name).await.map_err(|error| error.to_string())?;
        Ok(provider.revoke(token.expose(), now).await?)
    }
}

/// The name of the sealed field.
fn record(provider: &str) -> String {
    format!("IDENTITY#{provider}/refreshToken")
}
