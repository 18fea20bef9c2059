//! The hold on a message: while it is kept, nobody else gets the message.

use std::sync::Arc;
use std::time::Duration;

use app_domain::Job;
use app_runtime::{Queue, QueueError, causes};
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;

/// How long a message is held at a time. A worker that dies is followed by the next after this long, instead of after the
/// queue's visibility timeout, which must outlast the longest run.
const HELD_FOR: Duration = Duration::from_secs(60);

/// How often a hold must be renewed, so that a slow moment does not end it.
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(10);

/// The jobs queue, where jobs come from and what is left of them goes. Cloning shares the client.
#[derive(Clone)]
pub struct JobQueue {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
    jobs: Queue<Job>,
}

impl JobQueue {
    /// The queue at `url`; `client` is asked for with every call.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        let (client, url) = (Arc::new(client), url.into());
        let for_jobs = Arc::clone(&client);
        Self { client, jobs: Queue::new(Arc::clone(&url), move || for_jobs()), url }
    }

    /// Sends what is left of a job, to be done by another invocation.
    pub(crate) async fn send(&self, job: &Job) -> Result<(), QueueError> {
        self.jobs.send(job).await
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
