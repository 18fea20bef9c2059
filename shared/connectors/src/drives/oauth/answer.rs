//! What token endpoints answer.

use std::fmt;
use std::time::Duration;

use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{RequestTokenError, TokenResponse};
use secrecy::SecretString;

use super::OAuthProvider;
use crate::drives::{DriveError, DriveErrorClass};

/// How long a token is taken to work whose end the provider does not tell.
const UNTOLD: Duration = Duration::from_secs(30 * 60);

/// Tokens.
#[derive(Clone)]
pub struct Grant {
    /// What calls are made with.
    pub access_token: SecretString,
    /// How long it works.
    pub expires_in: Duration,
    /// What others can be had with; after a refresh, only if it is another one than before.
    pub refresh_token: Option<SecretString>,
    /// What was agreed to, in the provider's words.
    pub scope: Vec<String>,
}

/// Why a code brought no grant that we can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The person agreed to less than we need.
    #[error("{0} was not agreed to")]
    TooLittle(&'static str),
    /// There is nothing to come back with.
    #[error("the provider gave no refresh token")]
    NoRefreshToken,
    /// The provider refuses or fails.
    #[error(transparent)]
    Drive(#[from] DriveError),
}

/// Not the tokens.
impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant({:?}, for {:?})", self.scope, self.expires_in)
    }
}

impl Grant {
    /// The tokens of an answer. Without scopes in it, what was asked for was granted (RFC 6749, section 5.1).
    pub(super) fn of(provider: OAuthProvider, answer: &BasicTokenResponse) -> Self {
        let asked = || provider.scopes().iter().map(|scope| (*scope).to_owned()).collect();
        let granted = |scopes: &Vec<oauth2::Scope>| {
            // Some put commas between them.
            let scopes = scopes.iter().flat_map(|scope| scope.split([' ', ',']));
            scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        };
        Self {
            access_token: answer.access_token().secret().clone().into(),
            expires_in: answer.expires_in().unwrap_or(UNTOLD),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone().into()),
            scope: answer.scopes().map_or_else(asked, granted),
        }
    }

    /// A grant that we can use for all that we do.
    pub(super) fn sufficient(self, provider: OAuthProvider) -> Result<Self, GrantError> {
        let missing = provider.scopes().iter().find(|wanted| !provider.has_granted(wanted, &self.scope));
        match missing {
            Some(missing) => Err(GrantError::TooLittle(missing)),
            None if self.refresh_token.is_none() => Err(GrantError::NoRefreshToken),
            None => Ok(self),
        }
    }
}

/// What is to be done about an answer without tokens. What the provider says in words is left out: it could quote what was sent.
pub(super) fn failure(error: RequestTokenError<DriveError, BasicErrorResponse>) -> DriveError {
    let told = match error {
        RequestTokenError::Request(error) => return error,
        RequestTokenError::ServerResponse(told) => told,
        // Whoever answers so is a proxy or a page about maintenance.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            return DriveError::of(DriveErrorClass::Transient);
        }
    };
    let class = match told.error() {
        BasicErrorResponseType::InvalidGrant => DriveErrorClass::NeedsConsent,
        BasicErrorResponseType::Extension(code) => match code.as_str() {
            "interaction_required" | "consent_required" | "login_required" | "access_denied" => {
                DriveErrorClass::NeedsConsent
            }
            "temporarily_unavailable" | "server_error" => DriveErrorClass::Transient,
            _ => DriveErrorClass::Refused,
        },
        // Our registration is wrong, which is nothing that the person could mend.
        _ => DriveErrorClass::Refused,
    };
    DriveError::told(class, 400, Some(told.error().as_ref()))
}
