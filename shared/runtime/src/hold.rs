//! The hold on a message of a queue: while it is kept, nobody else gets the message.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;

use crate::{Queue, causes};

/// How long a message is held at a time. A worker that dies is followed by the next after this long, instead of after the
/// queue's visibility timeout, which must outlast the longest run.
const HELD_FOR: Duration = Duration::from_secs(60);

/// The hold on one message.
#[derive(Clone)]
pub struct Hold {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    url: Arc<str>,
    receipt: String,
}

impl<T> Queue<T> {
    /// The hold on a message that has just been received, by its receipt.
    pub fn hold(&self, receipt: String) -> Hold {
        Hold { client: Arc::clone(&self.client), url: Arc::clone(&self.url), receipt }
    }
}

impl Hold {
    /// How often a hold must be renewed, so that a slow moment does not end it.
    pub const RENEW_EVERY: Duration = Duration::from_secs(10);

    /// Holds the message for another while. Best effort: a hold that is lost costs a second attempt, and no more.
    pub async fn renew(&self) {
        let request = (self.client)().change_message_visibility().queue_url(&*self.url);
        let request = request.receipt_handle(&self.receipt).visibility_timeout(HELD_FOR.as_secs() as i32);
        if let Err(error) = request.send().await {
            tracing::warn!(causes = causes(&error), "could not hold a message");
        }
    }
}
