//! Sending work to a queue.

use std::marker::PhantomData;
use std::sync::Arc;

use aws_sdk_sqs::Client;
use serde::Serialize;

/// A message could not be sent. It may have been all the same: the answer alone can be lost.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not take the message")]
pub struct QueueError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A queue of messages of one type, as JSON. Cloning shares the client.
pub struct Queue<T> {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
    messages: PhantomData<fn(T)>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { client: Arc::clone(&self.client), url: Arc::clone(&self.url), messages: PhantomData }
    }
}

impl<T: Serialize> Queue<T> {
    /// The queue at `url`; `client` is asked for when a message is sent.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), url: url.into(), messages: PhantomData }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If the queue does not say that it has it.
    pub async fn send(&self, message: &T) -> Result<(), QueueError> {
        let body = serde_json::to_string(message).map_err(|error| QueueError(error.into()))?;
        let request = (self.client)().send_message().queue_url(&*self.url).message_body(body);
        request.send().await.map(drop).map_err(|error| QueueError(error.into_service_error().into()))
    }
}
