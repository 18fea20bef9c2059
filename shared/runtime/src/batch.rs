//! Batches of a queue: each message is dealt with on its own, and those that could not be come again.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use serde::de::DeserializeOwned;

/// A message of a queue, as a worker gets it.
#[derive(Debug)]
pub struct QueueMessage<T> {
    /// What the queue calls it, for the log.
    pub id: String,
    /// What it says.
    pub body: T,
    /// How often it has been received, this time included.
    pub receives: u32,
    /// By what [`crate::Queue::hold`] holds it.
    pub receipt: String,
}

/// Deals with the messages of a batch one by one. Those of which `deal` says that they are not dealt with are named, and come again; so are those
/// that cannot be read. What fails every time ends among the dead letters, where somebody will look. `work` is what the log calls a message.
pub async fn one_by_one<T: DeserializeOwned, Dealt: Future<Output = bool>>(
    event: SqsEvent,
    work: &str,
    deal: impl Fn(QueueMessage<T>) -> Dealt,
) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in event.records {
        let receives = receives(&message);
        let SqsMessage { message_id, body, receipt_handle, .. } = message;
        let id = message_id.unwrap_or_default();
        let is_dealt_with = match serde_json::from_str(&body.unwrap_or_default()) {
            Ok(body) => {
                let receipt = receipt_handle.unwrap_or_default();
                deal(QueueMessage { id: id.clone(), body, receives, receipt }).await
            }
            Err(_) => {
                // Nothing of the error: its words could quote the body.
                tracing::error!(messageId = id, outcome = "unreadable", "{work}");
                false
            }
        };
        if !is_dealt_with {
            answer.add_failure(id);
        }
    }
    answer
}

/// How often a message has been received, this time included.
pub fn receives(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}
