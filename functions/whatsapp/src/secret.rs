//! A secret that is read when it is needed, so that the function starts without waiting for it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app_http::ApiError;
use app_runtime::{SecretError, Secrets};
use secrecy::SecretString;

type Reading = Pin<Box<dyn Future<Output = Result<SecretString, SecretError>> + Send>>;

/// How old a value may be that is used before it is read anew.
const RECENT: Duration = Duration::from_secs(60 * 60);

/// One secret. Cloning shares what was read.
#[derive(Clone)]
pub struct Secret {
    read: Arc<dyn Fn() -> Reading + Send + Sync>,
    last: Arc<Mutex<Option<(SecretString, Instant)>>>,
}

impl Secret {
    /// The secret with this id or ARN.
    pub fn kept_in(secrets: &Secrets, id: String) -> Self {
        let secrets = secrets.clone();
        Self::new(move || {
            let (secrets, id) = (secrets.clone(), id.clone());
            async move { secrets.get(&id).await }
        })
    }

    /// A secret that `read` gets each time it is needed.
    pub fn new<F>(read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<SecretString, SecretError>> + Send + 'static,
    {
        Self { read: Arc::new(move || Box::pin(read())), last: Arc::default() }
    }

    /// The secret as it is, five minutes old at most.
    ///
    /// # Errors
    /// 503 if it cannot be read.
    pub(crate) async fn read(&self) -> Result<SecretString, ApiError> {
        let value = (self.read)().await.map_err(ApiError::unavailable)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((value.clone(), Instant::now()));
        Ok(value)
    }

    /// The secret as it was when it was last read, if that is not long ago: costs no time. Whoever uses it reads it, too, beside
    /// what else there is to wait for.
    pub(crate) fn recent(&self) -> Option<SecretString> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(_, read_at)| read_at.elapsed() < RECENT).map(|(value, _)| value.clone())
    }
}
