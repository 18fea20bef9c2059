//! Secrets, kept in the warm environment for a while.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::Aws;

/// How long a value is used before it is asked for again: the longest that a rotated secret goes unnoticed.
const FRESH_FOR: Duration = Duration::from_secs(5 * 60);

/// A secret could not be read. Names the secret, never its value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not give it.
    #[error("the secret {id} could not be read")]
    Unreadable {
        /// Its id or ARN.
        id: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It holds no text.
    #[error("the secret {0} has no value yet")]
    Empty(String),
}

/// A secret's text, on its way.
pub type Reading = Pin<Box<dyn Future<Output = Result<String, SecretError>> + Send>>;

/// Reads secrets and remembers them. Cloning shares the memory.
#[derive(Clone)]
pub struct Secrets {
    aws: Aws,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

#[derive(Clone)]
struct Known {
    value: SecretString,
    read_at: Instant,
}

impl Secrets {
    /// Secrets of this account.
    pub fn new(aws: Aws) -> Self {
        Self { aws, known: Arc::default() }
    }

    /// The secret's text, at most five minutes old. While Secrets Manager does not answer, an older value serves on.
    ///
    /// # Errors
    /// If it has never been read and cannot be read now.
    pub async fn get(&self, id: &str) -> Result<SecretString, SecretError> {
        // Held while reading, so that callers who arrive meanwhile share the one read.
        let mut known = self.known.lock().await;
        let before = known.get(id).cloned();
        if let Some(before) = before.as_ref().filter(|before| before.read_at.elapsed() < FRESH_FOR) {
            return Ok(before.value.clone());
        }
        match self.fetch(id).await {
            Ok(value) => {
                known.insert(id.to_owned(), Known { value: value.clone(), read_at: Instant::now() });
                Ok(value)
            }
            Err(error) => match before {
                Some(before) => {
                    tracing::warn!(secret.id = id, error = %error, "using an older value of a secret");
                    // Not asked for again at once: callers should not wait for an outage one by one.
                    known.insert(id.to_owned(), Known { read_at: Instant::now(), ..before.clone() });
                    Ok(before.value)
                }
                None => Err(error),
            },
        }
    }

    /// Reads one secret as it is now, whenever called: for what keeps its own memory of it.
    pub fn reader(&self, id: String) -> impl Fn() -> Reading + Send + Sync + 'static {
        let secrets = self.clone();
        move || {
            let (secrets, id) = (secrets.clone(), id.clone());
            Box::pin(async move { Ok(secrets.fetch(&id).await?.expose_secret().to_owned()) })
        }
    }

    /// Reads one secret as [`Self::get`] does: for what anyone may ask for as often as they like.
    pub fn cached_reader(&self, id: String) -> impl Fn() -> Reading + Send + Sync + 'static {
        let secrets = self.clone();
        move || {
            let (secrets, id) = (secrets.clone(), id.clone());
            Box::pin(async move { Ok(secrets.get(&id).await?.expose_secret().to_owned()) })
        }
    }

    /// The secret's text as it is now.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn fetch(&self, id: &str) -> Result<SecretString, SecretError> {
        let answer = self.aws.secrets_manager().get_secret_value().secret_id(id).send().await;
        let answer = answer.map_err(|error| SecretError::Unreadable {
            id: id.to_owned(),
            source: Box::new(error.into_service_error()),
        })?;
        answer.secret_string.map(SecretString::from).ok_or_else(|| SecretError::Empty(id.to_owned()))
    }
}
