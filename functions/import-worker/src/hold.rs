//! The hold on a message, and how long there is for it: while it is kept, nobody else gets the message.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app_domain::Timestamp;
use app_runtime::causes;
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;

use crate::failure::Failure;

/// How long a message is held at a time. A worker that dies is followed by the next after this long, instead of after the
/// queue's visibility timeout, which must outlast the longest run.
const HELD_FOR: Duration = Duration::from_secs(60);

/// How often a hold must be renewed, so that a slow moment does not end it.
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// The imports queue, as far as its messages are held. Cloning shares the client.
#[derive(Clone)]
pub struct HeldQueue {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
}

impl HeldQueue {
    /// The queue at `url`; `client` is asked for when a message is held.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), url: url.into() }
    }
}

/// One delivery of a message.
pub(crate) struct Delivery {
    queue: HeldQueue,
    receipt: String,
    /// Whether the message will not be delivered again.
    pub(crate) is_last: bool,
    /// When the work on it has to end.
    until: Timestamp,
    renewed_at: AtomicI64,
    now: fn() -> Timestamp,
}

impl Delivery {
    pub(crate) fn new(
        queue: &HeldQueue,
        message: &SqsMessage,
        is_last: bool,
        until: Timestamp,
        now: fn() -> Timestamp,
    ) -> Self {
        let receipt = message.receipt_handle.clone().unwrap_or_default();
        let renewed_at = AtomicI64::new(Timestamp::MIN.as_millis());
        Self { queue: queue.clone(), receipt, is_last, until, renewed_at, now }
    }

    /// Called between any two steps: keeps the message, and says when there is no time for another step.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn goes_on(&self) -> Result<Timestamp, Failure> {
        let now = (self.now)();
        let renewed_at = Timestamp::from_millis(self.renewed_at.load(Ordering::Relaxed));
        if renewed_at.is_none_or(|renewed_at| now.since(renewed_at) >= RENEW_EVERY) {
            self.renewed_at.store(now.as_millis(), Ordering::Relaxed);
            self.renew().await;
        }
        if now >= self.until { Err(Failure::OutOfTime) } else { Ok(now) }
    }

    /// Holds the message for another while. Best effort: a hold that is lost costs a second attempt, and no more.
    async fn renew(&self) {
        let request = (self.queue.client)().change_message_visibility().queue_url(&*self.queue.url);
        let request = request.receipt_handle(&self.receipt).visibility_timeout(HELD_FOR.as_secs() as i32);
        if let Err(error) = request.send().await {
            tracing::warn!(causes = causes(&error), "could not hold a message");
        }
    }
}
