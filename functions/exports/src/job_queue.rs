//! The queue that carries jobs to the worker.

use std::error::Error;
use std::sync::Arc;

use app_domain::Job;
use aws_sdk_sqs::Client;

/// The jobs queue. Cloning shares the client.
#[derive(Clone)]
pub struct JobQueue {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
}

impl JobQueue {
    /// The queue at `url`; `client` is asked for when a job is sent.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), url: url.into() }
    }

    /// Sends a job. After an error it may have been sent all the same: the answer alone can be lost.
    pub(crate) async fn send(&self, job: &Job) -> Result<(), Box<dyn Error + Send + Sync>> {
        let body = serde_json::to_string(job)?;
        (self.client)().send_message().queue_url(&*self.url).message_body(body).send().await?;
        Ok(())
    }
}
