//! Queues that keep order: FIFO, one row per group, each message once.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::future::join_all;

use crate::QueueError;

/// What SQS takes in one call: this many messages, and this much in their bodies together.
const BATCH_MESSAGES: usize = 10;
const BATCH_BYTES: usize = 256 * 1024;
/// How many calls are made side by side.
const MAX_LANES: usize = 16;

/// One message as a FIFO queue takes it.
#[derive(Clone)]
pub struct OrderedMessage {
    /// What it says.
    pub body: String,
    /// What it is in one row with: a hash, for the queue shows it in its metadata.
    pub group: String,
    /// What it is known by: within five minutes the queue takes it once.
    pub deduplication: String,
}

/// A FIFO queue. Cloning shares the client.
#[derive(Clone)]
pub struct OrderedQueue {
    url: Arc<str>,
    client: Arc<dyn Fn() -> Client + Send + Sync>,
}

struct Refusal {
    message: OrderedMessage,
    code: String,
}

impl OrderedQueue {
    /// The queue at `url`; `client` is asked for when something is sent.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { url: url.into(), client: Arc::new(client) }
    }

    /// Puts every message into the queue, each group in its order, groups side by side. What is refused is offered once more,
    /// behind its batch.
    ///
    /// # Errors
    /// If any of them is not in the queue afterwards. The others are, unless it did not answer.
    pub async fn send_all(&self, messages: Vec<OrderedMessage>) -> Result<(), QueueError> {
        let sent = join_all(lanes(messages).into_iter().map(|lane| self.send_lane(lane))).await;
        let refused = sent.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
        match refused.last() {
            None => Ok(()),
            Some(code) => {
                Err(QueueError::of(format!("it refused {} messages, the last with {code}", refused.len())))
            }
        }
    }

    /// Opens a connection to the queue, so that the first message does not wait for it. Nothing is offered, which the queue
    /// refuses.
    pub async fn warm(&self) {
        let nothing =
            (self.client)().send_message_batch().queue_url(&*self.url).set_entries(Some(Vec::new()));
        let _refused = nothing.send().await;
    }

    /// Sends one batch after the other; returns why messages were refused, by the message.
    async fn send_lane(&self, messages: Vec<OrderedMessage>) -> Result<Vec<String>, QueueError> {
        let mut refused = Vec::new();
        for batch in batches(messages) {
            let again: Vec<_> = self.offer(batch).await?.into_iter().map(|refusal| refusal.message).collect();
            if !again.is_empty() {
                refused.extend(self.offer(again).await?.into_iter().map(|refusal| refusal.code));
            }
        }
        Ok(refused)
    }

    /// Offers one batch; returns what the queue did not say it took.
    async fn offer(&self, batch: Vec<OrderedMessage>) -> Result<Vec<Refusal>, QueueError> {
        let entries = batch.iter().enumerate().map(|(place, message)| message.entry(place));
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(QueueError::of)?;
        let request = (self.client)().send_message_batch().queue_url(&*self.url).set_entries(Some(entries));
        let answer = request.send().await.map_err(|error| QueueError::of(error.into_service_error()))?;
        let took = |place: usize| answer.successful.iter().any(|taken| taken.id == place.to_string());
        let code = |place: usize| {
            let failed = answer.failed.iter().find(|failed| failed.id == place.to_string());
            failed.map_or_else(|| "no answer".to_owned(), |failed| failed.code.clone())
        };
        let refused = batch.into_iter().enumerate().filter(|(place, _)| !took(*place));
        Ok(refused.map(|(place, message)| Refusal { message, code: code(place) }).collect())
    }
}

impl OrderedMessage {
    fn entry(&self, place: usize) -> Result<SendMessageBatchRequestEntry, BuildError> {
        SendMessageBatchRequestEntry::builder()
            .id(place.to_string())
            .message_body(&self.body)
            .message_group_id(&self.group)
            .message_deduplication_id(&self.deduplication)
            .build()
    }
}

/// Spreads messages over no more lanes than there are batches of them, a group in one lane.
fn lanes(messages: Vec<OrderedMessage>) -> Vec<Vec<OrderedMessage>> {
    let count = messages.len().div_ceil(BATCH_MESSAGES).clamp(1, MAX_LANES);
    let mut lanes = vec![Vec::new(); count];
    let mut lane_of: HashMap<String, usize> = HashMap::new();
    for message in messages {
        let next = lane_of.len() % count;
        let lane = *lane_of.entry(message.group.clone()).or_insert(next);
        lanes[lane].push(message);
    }
    lanes
}

/// Cuts a row of messages into batches that SQS takes, in order.
fn batches(messages: Vec<OrderedMessage>) -> Vec<Vec<OrderedMessage>> {
    let mut batches: Vec<Vec<OrderedMessage>> = Vec::new();
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

    fn message(body: String, group: usize) -> OrderedMessage {
        OrderedMessage { body, group: group.to_string(), deduplication: String::new() }
    }

    fn sizes(bodies: &[usize]) -> Vec<Vec<usize>> {
        let batches = batches(bodies.iter().map(|bytes| message("x".repeat(*bytes), 0)).collect());
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

    #[test]
    fn a_group_stays_in_its_order_and_few_messages_in_one_call() {
        let spread = |messages: usize, groups: usize| {
            lanes((0..messages).map(|n| message(n.to_string(), n % groups)).collect())
        };
        assert_eq!(spread(10, 10).len(), 1);
        let many = spread(1000, 200);
        assert_eq!((many.len(), many.iter().map(Vec::len).sum::<usize>()), (MAX_LANES, 1000));
        for lane in &many {
            let numbers: Vec<usize> = lane.iter().map(|message| message.body.parse().unwrap()).collect();
            assert!(numbers.is_sorted() && (50..=70).contains(&numbers.len()), "{}", numbers.len());
        }
        let of_group = |group: &str| many.iter().filter(|lane| lane.iter().any(|m| m.group == group)).count();
        assert!((0..200).all(|group| of_group(&group.to_string()) == 1));
    }
}
