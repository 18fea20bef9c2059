//! The hold on a message: while it is kept, nobody else gets the message.

use std::sync::Arc;
use std::time::Duration;

use app_runtime::causes;
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;

/// How long a message is held at a time. A worker that dies is followed by the next after this long, instead of after the
/// queue's visibility timeout, which must outlast the longest run.
const HELD_FOR: Duration = Duration::from_secs(60);

/// How often a hold must be renewed, so that a slow moment does not end it.
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(10);

/// The jobs queue. Cloning shares the client.
#[derive(Clone)]
pub struct JobQueue {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
}

impl JobQueue {
    /// The queue at `url`; `client` is asked for when a message is held.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), url: url.into() }
    }

    /// The hold on a message that has just been received.
    pub(crate) fn hold(&self, message: &SqsMessage) -> Hold {
        Hold { queue: self.clone(), receipt: message.receipt_handle.clone().unwrap_or_default() }
    }
}

/// The hold on one message.
pub(crate) struct Hold {
    queue: JobQueue,
    receipt: String,
}

impl Hold {
    /// Holds the message for another while. Best effort: a hold that is lost costs a second attempt, and no more.
    pub(crate) async fn renew(&self) {
        let request = (self.queue.client)().change_message_visibility().queue_url(&*self.queue.url);
        let request = request.receipt_handle(&self.receipt).visibility_timeout(HELD_FOR.as_secs() as i32);
        if let Err(error) = request.send().await {
            tracing::warn!(causes = causes(&error), "could not hold a message");
        }
    }
}
