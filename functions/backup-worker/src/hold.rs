//! The drives queue, and the hold on a message of it: while it is kept, nobody else gets the message.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{DriveTask, Timestamp};
use app_runtime::{Queue, QueueError, causes};
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;

use crate::failure::Failure;

/// How long a message is held at a time. A worker that dies is followed by the next after this long, instead of after the
/// queue's visibility timeout, which must outlast the longest run.
const HELD_FOR: Duration = Duration::from_secs(60);

/// How often a hold is renewed. A call to a provider may take longer than a hold lasts, so it is renewed beside the work.
const RENEW_EVERY: Duration = Duration::from_secs(15);

/// The longest that the queue holds a message back.
pub(crate) const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// The drives queue, where tasks come from and what is left of them goes. Cloning shares the client.
#[derive(Clone)]
pub struct DriveQueue {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
    tasks: Queue<DriveTask>,
}

impl DriveQueue {
    /// The queue at `url`; `client` is asked for with every call.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        let (client, url): (Arc<dyn Fn() -> Client + Send + Sync>, Arc<str>) = (Arc::new(client), url.into());
        let for_tasks = Arc::clone(&client);
        Self { client, tasks: Queue::new(Arc::clone(&url), move || for_tasks()), url }
    }

    /// Sends a task, to be done by another invocation.
    pub(crate) async fn send(&self, task: &DriveTask) -> Result<(), QueueError> {
        self.tasks.send(task).await
    }

    /// The same after a while, or as late as the queue can: whoever gets it too early sends it again.
    pub(crate) async fn send_later(&self, task: &DriveTask, wait: Duration) -> Result<(), QueueError> {
        self.tasks.send_later(task, wait.clamp(Duration::from_secs(1), LONGEST_DELAY)).await
    }
}

/// One delivery of a message.
pub(crate) struct Delivery {
    queue: DriveQueue,
    receipt: String,
    /// Whether the message will not be delivered again.
    pub(crate) is_last: bool,
    /// When the work on it has to end.
    until: Timestamp,
    now: fn() -> Timestamp,
}

impl Delivery {
    pub(crate) fn new(
        queue: &DriveQueue,
        message: &SqsMessage,
        is_last: bool,
        until: Timestamp,
        now: fn() -> Timestamp,
    ) -> Self {
        let receipt = message.receipt_handle.clone().unwrap_or_default();
        Self { queue: queue.clone(), receipt, is_last, until, now }
    }

    /// Does some work and keeps the message meanwhile.
    pub(crate) async fn held<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            self.renew().await;
            if let Ok(done) = tokio::time::timeout(RENEW_EVERY, work.as_mut()).await {
                return done;
            }
        }
    }

    /// What time it is, if there is any left for another step.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn goes_on(&self) -> Result<Timestamp, Failure> {
        let now = (self.now)();
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
