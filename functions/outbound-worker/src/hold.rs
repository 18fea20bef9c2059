//! Keeping a message in the queue until it is worth another try.

use std::sync::Arc;
use std::time::Duration;

use app_runtime::causes;
use aws_sdk_sqs::Client;

/// Holds messages of one queue back. Cloning shares the client.
#[derive(Clone)]
pub struct Holds {
    url: Arc<str>,
    client: Arc<dyn Fn() -> Client + Send + Sync>,
}

impl Holds {
    /// Of the queue at `url`; `client` is asked for when a message is held back.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { url: url.into(), client: Arc::new(client) }
    }

    /// Has a message that was received come again after `wait`. Best effort: without it, it comes again when its time in the queue's settings is
    /// over.
    pub(crate) async fn hold(&self, receipt: &str, wait: Duration) {
        let request =
            (self.client)().change_message_visibility().queue_url(&*self.url).receipt_handle(receipt);
        let seconds = i32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(i32::MAX);
        if let Err(error) = request.visibility_timeout(seconds).send().await {
            let causes = causes(&error.into_service_error());
            tracing::warn!(causes, "could not say when a message is to come again");
        }
    }
}
