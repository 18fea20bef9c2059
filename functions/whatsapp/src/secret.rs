//! A secret that is read when it is needed, so that the function starts without waiting for it.

use std::pin::Pin;
use std::sync::Arc;

use app_http::ApiError;
use app_runtime::{SecretError, Secrets};
use secrecy::SecretString;

type Reading = Pin<Box<dyn Future<Output = Result<SecretString, SecretError>> + Send>>;

/// One secret. Cloning shares what was read.
#[derive(Clone)]
pub struct Secret(Arc<dyn Fn() -> Reading + Send + Sync>);

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
        Self(Arc::new(move || Box::pin(read())))
    }

    /// # Errors
    /// 503 if it cannot be read.
    pub(crate) async fn read(&self) -> Result<SecretString, ApiError> {
        (self.0)().await.map_err(ApiError::unavailable)
    }
}
