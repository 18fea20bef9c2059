//! Sending work to a queue.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::Serialize;

/// A message could not be sent. It may have been all the same: the answer alone can be lost.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not take the message")]
pub struct QueueError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl QueueError {
    pub(crate) fn of(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

/// The most messages that one call sends.
const SENT_AT_ONCE: usize = 10;

/// A queue of messages of one type, as JSON. Cloning shares the client.
pub struct Queue<T> {
    pub(crate) client: Arc<dyn Fn() -> Client + Send + Sync>,
    pub(crate) url: Arc<str>,
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
        self.send_later(message, Duration::ZERO).await
    }

    /// Sends a message that the queue holds back for a while, or as long as it can, which is 15 minutes: whoever gets it too
    /// early sends it again.
    ///
    /// # Errors
    /// If the queue does not say that it has it.
    pub async fn send_later(&self, message: &T, wait: Duration) -> Result<(), QueueError> {
        let body = serde_json::to_string(message).map_err(QueueError::of)?;
        let request = (self.client)().send_message().queue_url(&*self.url).message_body(body);
        let request = request.set_delay_seconds(delay(wait));
        request.send().await.map(drop).map_err(|error| QueueError::of(error.into_service_error()))
    }

    /// Sends several messages, ten in a call.
    ///
    /// # Errors
    /// If the queue does not say that it has all of them. It may have some.
    pub async fn send_all(&self, messages: &[T]) -> Result<(), QueueError> {
        let now: Vec<(&T, Duration)> = messages.iter().map(|message| (message, Duration::ZERO)).collect();
        self.send_in_tens(&now).await
    }

    /// The same of messages that the queue holds back, each for a while of its own: up to 15 minutes.
    ///
    /// # Errors
    /// If the queue does not say that it has all of them. It may have some.
    pub async fn send_all_later(&self, messages: &[(T, Duration)]) -> Result<(), QueueError> {
        let later: Vec<(&T, Duration)> = messages.iter().map(|(message, wait)| (message, *wait)).collect();
        self.send_in_tens(&later).await
    }

    async fn send_in_tens(&self, messages: &[(&T, Duration)]) -> Result<(), QueueError> {
        for messages in messages.chunks(SENT_AT_ONCE) {
            let mut request = (self.client)().send_message_batch().queue_url(&*self.url);
            for (place, (message, wait)) in messages.iter().enumerate() {
                let body = serde_json::to_string(message).map_err(QueueError::of)?;
                let entry = SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(body);
                let entry = entry.set_delay_seconds(delay(*wait));
                request = request.entries(entry.build().map_err(QueueError::of)?);
            }
            let answer = request.send().await.map_err(|error| QueueError::of(error.into_service_error()))?;
            if let Some(refused) = answer.failed().first() {
                return Err(QueueError::of(refused.code()));
            }
        }
        Ok(())
    }
}

/// The longest that a queue holds a message back.
const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// In whole seconds, rather too many than too few. Fifo queues take no delay of a single message, not even none.
fn delay(wait: Duration) -> Option<i32> {
    let seconds = wait.min(LONGEST_DELAY).as_secs_f64().ceil() as i32;
    (seconds > 0).then_some(seconds)
}
