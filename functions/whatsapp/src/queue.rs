//! The inbound queue: FIFO, one group per sender, each message once.

use std::sync::Arc;

use app_connectors::whatsapp::Delivery;
use app_http::ApiError;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

/// What SQS takes in one call: this many messages, and this much in their bodies together.
const BATCH_MESSAGES: usize = 10;
const BATCH_BYTES: usize = Delivery::MAX_BODY_BYTES;

/// The queue that the worker reads. Cloning shares the client.
#[derive(Clone)]
pub struct InboundQueue {
    url: Arc<str>,
    client: Arc<dyn Fn() -> Client + Send + Sync>,
}

/// Why messages are not in the queue.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// A message could not be written.
    #[error("a message could not be written for the queue")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The queue does not answer.
    #[error("the queue does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The queue refused some messages twice; the others are in it.
    #[error("the queue refused {count} messages, the last with {code}")]
    Refused {
        /// How many.
        count: usize,
        /// The last reason given.
        code: String,
    },
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        Self::unavailable(error)
    }
}

/// One message as the queue takes it. The hashes keep phone numbers out of the queue's metadata, and ids within its limits.
#[derive(Clone)]
struct Message {
    body: String,
    group: String,
    deduplication: String,
}

struct Refusal {
    message: Message,
    code: String,
}

impl InboundQueue {
    /// The queue at this URL; `client` is called whenever one is needed.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { url: url.into(), client: Arc::new(client) }
    }

    /// Puts every delivery into the queue, in order. What is refused is offered once more, behind its batch: order within a
    /// group is a courtesy to the sender, for memories sort by the time of sending.
    ///
    /// # Errors
    /// If any of them is not in the queue afterwards.
    pub async fn send(&self, deliveries: &[Delivery]) -> Result<(), QueueError> {
        let messages = deliveries.iter().map(Message::of).collect::<Result<Vec<_>, _>>()?;
        let mut refused = Vec::new();
        for batch in batches(messages) {
            let again: Vec<_> = self.offer(batch).await?.into_iter().map(|refusal| refusal.message).collect();
            if !again.is_empty() {
                refused.extend(self.offer(again).await?);
            }
        }
        match refused.last() {
            None => Ok(()),
            Some(last) => Err(QueueError::Refused { count: refused.len(), code: last.code.clone() }),
        }
    }

    /// Offers one batch; returns what the queue did not say it took.
    async fn offer(&self, batch: Vec<Message>) -> Result<Vec<Refusal>, QueueError> {
        let entries = batch.iter().enumerate().map(|(place, message)| message.entry(place));
        let entries =
            entries.collect::<Result<Vec<_>, _>>().map_err(|error| QueueError::Unwritable(error.into()))?;
        let request = (self.client)().send_message_batch().queue_url(&*self.url).set_entries(Some(entries));
        let answer = request.send().await.map_err(|error| QueueError::Unreachable(error.into()))?;
        let took = |place: usize| answer.successful.iter().any(|taken| taken.id == place.to_string());
        let code = |place: usize| {
            let failed = answer.failed.iter().find(|failed| failed.id == place.to_string());
            failed.map_or_else(|| "no answer".to_owned(), |failed| failed.code.clone())
        };
        let refused = batch.into_iter().enumerate().filter(|(place, _)| !took(*place));
        Ok(refused.map(|(place, message)| Refusal { message, code: code(place) }).collect())
    }
}

impl Message {
    fn of(delivery: &Delivery) -> Result<Self, QueueError> {
        let body = delivery.to_body().map_err(|error| QueueError::Unwritable(error.into()))?;
        Ok(Self { body, group: delivery.sender_hash(), deduplication: delivery.message_hash() })
    }

    fn entry(&self, place: usize) -> Result<SendMessageBatchRequestEntry, BuildError> {
        SendMessageBatchRequestEntry::builder()
            .id(place.to_string())
            .message_body(&self.body)
            .message_group_id(&self.group)
            .message_deduplication_id(&self.deduplication)
            .build()
    }
}

/// Cuts a row of messages into batches that SQS takes, in order.
fn batches(messages: Vec<Message>) -> Vec<Vec<Message>> {
    let mut batches: Vec<Vec<Message>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        bytes += message.body.len();
        match batches.last_mut().filter(|batch| batch.len() < BATCH_MESSAGES && bytes <= BATCH_BYTES) {
            Some(batch) => batch.push(message),
            None => {
                bytes = message.body.len();
                batches.push(vec![message]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(bodies: &[usize]) -> Vec<Vec<usize>> {
        let message = |bytes: &usize| Message {
            body: "x".repeat(*bytes),
            group: String::new(),
            deduplication: String::new(),
        };
        let batches = batches(bodies.iter().map(message).collect());
        batches.iter().map(|batch| batch.iter().map(|message| message.body.len()).collect()).collect()
    }

    #[test]
    fn a_batch_has_ten_messages_at_most() {
        let batches = sizes(&[1; 25]);
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
        assert!(sizes(&[]).is_empty());
    }

    #[test]
    fn a_batch_is_not_larger_than_sqs_takes() {
        let half = BATCH_BYTES / 2;
        assert_eq!(sizes(&[half, half, 1, half, half]), [vec![half, half], vec![1, half], vec![half]]);
        assert_eq!(sizes(&[BATCH_BYTES, BATCH_BYTES, 5]), [vec![BATCH_BYTES], vec![BATCH_BYTES], vec![5]]);
    }
}
