//! A person who has agreed, and the tokens that came of it.

use app_connectors::drives::oauth::{OAuthClient, OAuthConfig, OAuthProvider};
use app_connectors::drives::{Bearer, DriveError};
use app_testing::drives::PlayedDrive;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

pub(crate) const REDIRECT: &str = "https://app.example.com/drives/callback";

/// Tokens in memory that are renewed at the provider when they are refused.
pub(crate) struct Tokens {
    client: OAuthClient,
    /// The access token and the refresh token.
    tokens: Mutex<(SecretString, SecretString)>,
}

/// Us, as a played provider knows us.
pub(crate) fn client(
    provider: OAuthProvider,
    played: &dyn PlayedDrive,
    client_id: &str,
    client_secret: &str,
) -> OAuthClient {
    let origin = played.origin();
    let config = OAuthConfig::new(provider, client_id, client_secret.into(), None, Some(&origin));
    OAuthClient::new(provider, config.unwrap())
}

/// What the provider sends the browser back with.
pub(crate) fn code_and_state(back: &str) -> (String, String) {
    let back = Url::parse(back).unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    let of = |wanted: &str| {
        let mut pairs = back.query_pairs();
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    (of("code"), of("state"))
}

/// The tokens of somebody who agrees.
pub(crate) async fn connected(
    provider: OAuthProvider,
    played: &dyn PlayedDrive,
    client_id: &str,
    client_secret: &str,
) -> Tokens {
    let client = client(provider, played, client_id, client_secret);
    let begun = client.authorize(REDIRECT).unwrap();
    let (code, state) = code_and_state(&played.consent(&begun.url).unwrap());
    assert_eq!(state, begun.state.expose_secret());
    let grant = client.exchange(&code, &begun.verifier, REDIRECT).await.unwrap();
    let tokens = Mutex::new((grant.access_token, grant.refresh_token.unwrap()));
    Tokens { client, tokens }
}

#[async_trait]
impl Bearer for Tokens {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        let mut tokens = self.tokens.lock().await;
        let is_refused = refused.is_some_and(|refused| refused.expose_secret() == tokens.0.expose_secret());
        if is_refused {
            let grant = self.client.refresh(&tokens.1).await?;
            tokens.0 = grant.access_token;
            if let Some(rotated) = grant.refresh_token {
                tokens.1 = rotated;
            }
        }
        Ok(tokens.0.clone())
    }
}
