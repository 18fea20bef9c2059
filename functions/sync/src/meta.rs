//! What Meta says of a person's own business account.

use std::pin::Pin;
use std::sync::Arc;

use app_connectors::graph::{ErrorClass, Graph, GraphError, TokenInfo};
use app_domain::{ConnectionFault, Timestamp};
use app_http::ApiError;
use secrecy::SecretString;

use crate::whatsapp::TOKEN_CODE;

/// What an access token must be good for.
const SCOPES: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Reading = Pin<Box<dyn Future<Output = Result<String, BoxError>> + Send>>;

/// Meta, as our app asks it. Cloning shares the client.
#[derive(Clone)]
pub struct Meta {
    pub(crate) graph: Graph,
    app_id: Arc<str>,
    app_secret: Arc<dyn Fn() -> Reading + Send + Sync>,
}

/// What an access token is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenState {
    /// It is good, until a time if Meta says one.
    Good(Option<Timestamp>),
    /// It is not, for a reason in words.
    Bad(&'static str),
}

impl Meta {
    /// Our app, with what reads its secret: one, or two while it is changed, one per line.
    pub fn new<F, E>(graph: Graph, app_id: &str, app_secret: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, E>> + Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let read = move || -> Reading {
            let reading = app_secret();
            Box::pin(async { reading.await.map_err(BoxError::from) })
        };
        Self { graph, app_id: app_id.into(), app_secret: Arc::new(read) }
    }

    /// What an access token is worth to us.
    ///
    /// # Errors
    /// If Meta does not say.
    pub(crate) async fn look_at(&self, token: &SecretString, now: Timestamp) -> Result<TokenState, ApiError> {
        Ok(worth(&self.inspect(token).await?, &self.app_id, now))
    }

    /// Asks with each secret of ours until one is taken.
    async fn inspect(&self, token: &SecretString) -> Result<TokenInfo, ApiError> {
        let secrets = (self.app_secret)().await.map_err(ApiError::unavailable)?;
        let mut refused = None;
        for secret in secrets.lines().map(str::trim).filter(|secret| !secret.is_empty()) {
            match self.graph.inspect(&self.app_id, &SecretString::from(secret), token).await {
                Ok(info) => return Ok(info),
                Err(error) if is_temporary(&error) => return Err(ApiError::unavailable(error)),
                Err(error) => refused = Some(error),
            }
        }
        // Our own credentials are wrong: nothing that the person can change.
        Err(refused.map_or_else(|| ApiError::internal("the app has no secret"), ApiError::internal))
    }
}

/// What a token is worth to an app.
fn worth(info: &TokenInfo, app_id: &str, now: Timestamp) -> TokenState {
    let lacks = |scope: &&str| !info.scopes.iter().any(|has| has == scope);
    if !info.is_valid || info.expires_at.is_some_and(|end| end <= now) {
        TokenState::Bad("it is not valid, or not any more")
    } else if info.app_id != app_id {
        TokenState::Bad("it was made for another app")
    } else if SCOPES.iter().any(lacks) {
        TokenState::Bad("it lacks whatsapp_business_messaging or whatsapp_business_management")
    } else {
        TokenState::Good(info.expires_at)
    }
}

/// The answer to a request that Meta refuses on behalf of a person.
pub(crate) fn refused(error: GraphError) -> ApiError {
    match error.class {
        ErrorClass::Token => invalid_token("it is not valid, or not any more"),
        ErrorClass::Permission => invalid_token("it may not use this business account"),
        ErrorClass::NotFound | ErrorClass::Request => {
            let message = "Meta knows no such business account, or the access token may not see it.";
            ApiError::unprocessable("UnknownBusinessAccount", message)
        }
        ErrorClass::Account => {
            let message = "Meta has locked or restricted this business account.";
            ApiError::unprocessable("BusinessAccountRestricted", message)
        }
        _ => ApiError::unavailable(error),
    }
}

/// The answer to a token that cannot be used.
pub(crate) fn invalid_token(reason: &str) -> ApiError {
    ApiError::unprocessable("InvalidAccessToken", format!("The access token cannot be used: {reason}."))
}

/// What is wrong with a connection, if Meta's refusal says so of it; else why nothing is known.
pub(crate) fn fault(error: GraphError, now: Timestamp) -> Result<ConnectionFault, ApiError> {
    let message = match error.class {
        ErrorClass::Token => {
            "Meta does not take the access token any more. Connect the number again with a new one."
        }
        ErrorClass::Permission => "The access token may not use the number any more.",
        ErrorClass::NotFound | ErrorClass::Request => "Meta does not know the number any more.",
        ErrorClass::Account => "Meta has locked or restricted the business account.",
        _ => return Err(ApiError::unavailable(error)),
    };
    Ok(ConnectionFault { code: error.code.unwrap_or(TOKEN_CODE), message: message.to_owned(), at: now })
}

fn is_temporary(error: &GraphError) -> bool {
    use ErrorClass::{Throttled, Transient, Uncertain, Unreachable};
    matches!(error.class, Throttled | Transient | Unreachable | Uncertain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> TokenInfo {
        let scopes = SCOPES.map(str::to_owned).to_vec();
        TokenInfo { app_id: "1".to_owned(), is_valid: true, expires_at: None, scopes }
    }

    #[test]
    fn a_token_is_good_for_our_app_alone_with_both_permissions_until_it_ends() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let is_good = |info: &TokenInfo| matches!(worth(info, "1", now), TokenState::Good(_));
        assert!(is_good(&info()));
        assert!(!is_good(&TokenInfo { app_id: "2".to_owned(), ..info() }));
        assert!(!is_good(&TokenInfo { is_valid: false, ..info() }));
        assert!(!is_good(&TokenInfo { expires_at: Some(now), ..info() }));
        for scope in SCOPES {
            assert!(!is_good(&TokenInfo { scopes: vec![scope.to_owned()], ..info() }));
        }
        let end = now.plus(std::time::Duration::from_secs(1));
        let ending = TokenInfo { expires_at: Some(end), ..info() };
        assert_eq!(worth(&ending, "1", now), TokenState::Good(Some(end)));
    }
}
