//! Where keys come from: a secret's text, read when asked.

use std::sync::Arc;

use futures_util::future::BoxFuture;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Reading = BoxFuture<'static, Result<String, BoxError>>;

/// Reads a key set. Cloning shares the way to it.
#[derive(Clone)]
pub struct KeySource(Arc<dyn Fn() -> Reading + Send + Sync>);

impl KeySource {
    /// `read` gets the key set's text.
    pub fn new<F, E>(read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self(Arc::new(move || {
            let reading = read();
            Box::pin(async { reading.await.map_err(Into::into) })
        }))
    }

    /// The key set's text as it is now.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn read(&self) -> Result<String, BoxError> {
        (self.0)().await
    }
}
