//! What a token is good for.

use app_domain::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::{Graph, GraphError, http};

/// What Meta knows of a token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TokenInfo {
    /// The app that it was made for; empty if there is no such token.
    #[serde(default)]
    pub app_id: String,
    /// Whether it is good at present.
    pub is_valid: bool,
    /// Until when, if it ends.
    #[serde(default, deserialize_with = "moment")]
    pub expires_at: Option<Timestamp>,
    /// What it allows, such as `whatsapp_business_messaging`.
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    data: TokenInfo,
}

/// Seconds since 1970; zero means never.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let seconds = Option::<i64>::deserialize(deserializer)?.filter(|&seconds| seconds != 0);
    Ok(seconds.and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?)))
}

impl Graph {
    /// Asks what a token is good for. That is asked as the app that one has the secret of.
    ///
    /// # Errors
    /// If that cannot be told, or the app is another.
    pub async fn inspect(
        &self,
        app_id: &str,
        app_secret: &SecretString,
        token: &SecretString,
    ) -> Result<TokenInfo, GraphError> {
        let app = SecretString::from(format!("{app_id}|{}", app_secret.expose_secret()));
        let query = [("input_token", token.expose_secret())];
        let request = self.request(Method::GET, &["debug_token"], &query, &app)?;
        Ok(http::json::<Answer>(request).await?.data)
    }
}
